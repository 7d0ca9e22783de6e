import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPrivateDatabase, setPageSize } from '../../src/sqlite/database.ts';
import { makeDir, makeRoot } from '../support/place.ts';

const root = makeRoot();

test('a large transaction in a database with large pages takes no more memory than its cache may', async () => {
  const db = openPrivateDatabase(join(await makeDir(root()), 'large.db'), { nativeBinding: undefined });
  setPageSize(db, 65_536);
  db.exec('CREATE TABLE block (id INTEGER PRIMARY KEY, content BLOB)');
  const insert = db.prepare<[Buffer]>('INSERT INTO block (content) VALUES (?)');
  const content = Buffer.alloc(500_000);
  const before = process.memoryUsage().rss;
  db.exec('BEGIN');
  for (let row = 0; row < 400; row += 1) insert.run(content);
  const grown = process.memoryUsage().rss - before;
  db.exec('COMMIT');
  db.close();
  expect(grown / 1e6).toBeLessThan(80);
});
