import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withRows } from '../../src/inspect/rows.ts';
import type { StoredValue } from '../../src/model/search.ts';
import { readRowHistory } from '../../src/search/row-history.ts';
import { asHost, makePlace, makeRoot, open, type Place, putSnapshot } from '../support/place.ts';
import { dump } from './apply-directly.ts';

const root = makeRoot();
const THEN = 'rewind/20260101T000000Z';

const SCHEMA = `CREATE TABLE things (v, k PRIMARY KEY);
  CREATE TABLE pairs (v, a TEXT COLLATE NOCASE, b, PRIMARY KEY (b, a)) WITHOUT ROWID;
  CREATE TABLE keyless (v, k)`;

/** Values that are easily taken for one another. */
const keys = fc.constantFrom<Exclude<StoredValue, null>>(
  ...['', '1', '01', 'é', 'É', '{"base64": "AQ=="}', '9007199254740993'],
  ...[1n, -1n, 9007199254740993n, 1.5, 2 ** 60],
  new Uint8Array([1]),
  new Uint8Array([0xff]),
);
const rows = fc.array(
  fc.record({
    table: fc.constantFrom('things', 'pairs', 'keyless'),
    a: keys,
    b: keys,
    v: fc.constantFrom(1n, 2n, '1', null),
  }),
  { maxLength: 8 },
);

function write(place: Place, list: typeof rows extends fc.Arbitrary<infer T> ? T : never): void {
  asHost(place, (db) => {
    db.exec('DELETE FROM things; DELETE FROM pairs; DELETE FROM keyless');
    for (const { table, a, b, v } of list) {
      const [columns, values] = table === 'pairs' ? ['v, a, b', [v, String(a), b]] : ['v, k', [v, b]];
      db.prepare(
        `INSERT OR IGNORE INTO ${table} (${columns}) VALUES (${values.map(() => '?').join(', ')})`,
      ).run(...values);
    }
  });
}

test('the key of a row that differs leads to its history, which holds what it was and what it becomes', async () => {
  await fc.assert(
    fc.asyncProperty(rows, rows, async (then, now) => {
      const place = await makePlace(root(), SCHEMA, { tables: ['things', 'pairs', 'keyless'] });
      write(place, then);
      const folder = await open(place);
      await putSnapshot(place, THEN, await readFile(await dump(folder, 'then')));
      write(place, now);
      const lines = await withRows(folder, { snapshotId: THEN, otherId: null }, {}, async (all) =>
        ['things', 'pairs', 'keyless'].flatMap((table) => {
          const request = { table, change: null, filter: null, sort: null };
          const { columns } = all.shape(request);
          const window = { offset: 0, limit: 100, firstColumn: 0, columnCount: 3 };
          return all.page(request, window).rows.map(({ line }) => ({
            table,
            key: all.key(table, line),
            names: columns.map(({ name }) => name),
            row: all.row(table, line),
          }));
        }),
      );
      for (const { table, key, names, row } of lines) {
        expect(key === null, table).toBe(table === 'keyless');
        if (key === null) continue;
        const { versions } = await readRowHistory(folder, { table, key });
        const valuesOf = (from: 'now' | 'then') => {
          const one = versions.find(({ live, in: ids }) => (from === 'now' ? live : ids.includes(THEN)));
          return one === undefined ? null : names.map((name) => new Map(one.row).get(name));
        };
        expect(valuesOf('now')).toEqual(row?.before ?? null);
        expect(valuesOf('then')).toEqual(row?.after ?? null);
      }
    }),
    { numRuns: 40 },
  );
});
