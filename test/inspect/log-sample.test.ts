import { expect, test } from 'vitest';
import { sampleTable } from '../../src/inspect/log-sample.ts';
import { openReadDatabase } from '../../src/sqlite/database.ts';
import { readSchema } from '../../src/sqlite/schema.ts';
import { makePlace, makeRoot } from '../support/place.ts';

const root = makeRoot();

const COLUMNS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

test.each(['', 'WITHOUT ROWID'])(
  'the sample of a table with huge rows is small, and from all over it %s',
  async (kind) => {
    const columns = COLUMNS.map((name) => `${name} BLOB`).join(', ');
    const values = COLUMNS.map(() => 'zeroblob(200000)').join(', ');
    const { databaseFile } = await makePlace(
      root(),
      `CREATE TABLE huge (id INTEGER PRIMARY KEY, ${columns}) ${kind}; INSERT INTO huge
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 96) SELECT i, ${values} FROM n;`,
    );
    const db = openReadDatabase(databaseFile, { nativeBinding: undefined });
    const table = readSchema(db).tables.get('huge');
    const { rows } = table === undefined ? { rows: [] } : sampleTable(db, table);
    db.close();
    const bytes = rows
      .flat()
      .reduce((sum: number, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0);
    expect(bytes).toBeLessThan(64e6);
    expect(new Set(rows.map(([id]) => (Number(id) - 1) >> 2)).size).toBeGreaterThanOrEqual(
      kind === '' ? 24 : 1,
    );
  },
);
