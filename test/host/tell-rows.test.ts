import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashLiveTable, tellRows } from '../../src/host/content-hash.ts';
import type { SqlValue } from '../../src/sqlite/row-hash.ts';
import { findTable, readSchema } from '../../src/sqlite/schema.ts';
import { sqlValues } from '../support/arbitraries.ts';

/** How a table is told in bulk, and by its content hash. */
async function tell(rows: readonly SqlValue[][], where: (index: number) => number) {
  const db = Object.assign(new Database(':memory:'), { access: 'write' } as const);
  try {
    db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)');
    // Written in another order, so that equal tables have other pages.
    for (const [index, row] of [...rows.entries()].sort(([i], [j]) => where(i) - where(j))) {
      const raw = row.map((value) => typeof value === 'object' && value !== null && 'rawText' in value);
      const bound = row.map((value) =>
        typeof value === 'object' && value !== null && 'rawText' in value
          ? Buffer.from(value.rawText)
          : value,
      );
      const places = raw.map((isRaw) => (isRaw ? 'CAST(? AS TEXT)' : '?'));
      db.prepare(`INSERT INTO t VALUES (${[index, ...places].join(', ')})`).run(...bound);
    }
    const schema = readSchema(db);
    const table = findTable(schema, 't');
    if (table === null) throw new TypeError('There is no table.');
    return {
      told: await tellRows({ db, schema }, table, {}),
      hash: await hashLiveTable({ db, schema }, table, ['id', 'a', 'b'], {}),
    };
  } finally {
    db.close();
  }
}

test('two tables are told alike exactly if all their rows are equal to the last bit', async () => {
  const rows = fc.array(fc.array(sqlValues, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(rows, sqlValues, fc.nat(), async (one, value, at) => {
      const other = one.map((row) => [...row]);
      const changed = other[at % other.length] ?? [];
      changed[at % 2] = value;
      const [a, same, b] = [
        await tell(one, (i) => i),
        await tell(one, (i) => -i),
        await tell(other, (i) => i),
      ];
      expect(a.told).not.toBe(null);
      expect(same.told).toBe(a.told);
      expect(a.told === b.told).toBe(a.hash === b.hash);
    }),
    { numRuns: 400 },
  );
});

test('a table without rows is told by its columns', async () => {
  const [none, one] = [await tell([], (i) => i), await tell([[null, null]], (i) => i)];
  expect([none.told === null, none.told === one.told]).toEqual([false, false]);
});
