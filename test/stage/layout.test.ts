import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openPrivateDatabase } from '../../src/sqlite/database.ts';
import { readSchema } from '../../src/sqlite/schema.ts';
import { createLayout } from '../../src/stage/layout.ts';
import { makeRoot } from '../support/place.ts';

const root = makeRoot();

test('invalid texts arrive unchanged in any columns of a row, with one statement per column', () => {
  const db = openPrivateDatabase(join(root(), 'stage.db'), { nativeBinding: undefined });
  try {
    const names = Array.from({ length: 8 }, (_, index) => `v${index}`);
    db.exec(`CREATE TABLE live (${names.join(', ')})`);
    const live = readSchema(db).tables.get('live');
    if (live === undefined) throw new TypeError('There is no table.');
    const layout = createLayout(db, { name: 't0', live, fileColumns: names, rowid: 'key' });
    const prepared = vi.spyOn(db, 'prepare');
    for (let row = 0; row < 256; row += 1)
      layout.insert(
        row,
        names.map((_, index) => {
          const bytes = Buffer.from([0xff, index]);
          return ((row >> index) & 1) === 1 ? { rawText: bytes } : bytes;
        }),
      );
    expect(prepared.mock.calls.length).toBeLessThanOrEqual(names.length);
    prepared.mockRestore();
    const values = names.map((_, index) => `typeof(c${index}) || hex(c${index})`);
    const read = db
      .prepare<[], string[]>(`SELECT ${values.join(', ')} FROM t0 ORDER BY rowid`)
      .raw()
      .all();
    expect(read).toEqual(
      Array.from({ length: 256 }, (_, row) =>
        names.map((_, index) => `${((row >> index) & 1) === 1 ? 'text' : 'blob'}FF0${index}`),
      ),
    );
  } finally {
    db.close();
  }
});
