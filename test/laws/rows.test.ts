import { readFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { diffSnapshot } from '../../src/index.ts';
import { type ExactRow, type Rows, withRows } from '../../src/inspect/rows.ts';
import type { RowsRequest, RowsSubject } from '../../src/model/rows.ts';
import type { SqlValue } from '../../src/sqlite/row-hash.ts';
import { settle } from '../support/arbitraries-place.ts';
import type { TableSpec } from '../support/arbitraries-schema.ts';
import { change, worlds } from '../support/arbitraries-world.ts';
import { makeRoot, putSnapshot } from '../support/place.ts';
import { quote } from '../support/sql.ts';
import { applyDirectly, dump } from './apply-directly.ts';

/*
 * The rows that are shown are the rows that are counted are the rows that a restore changes. Shown rows are taken as a
 * patch, and what a restore really made of the table is read by a connection of its own.
 */

const root = makeRoot();
const THEN = 'rewind/20260101T000000Z';
const SINCE = 'rewind/20260102T000000Z';
const ALL = { change: null, filter: null, sort: null } as const;

/** A value as a text that only the very same value has. */
function mark(value: SqlValue, encoding: 'UTF-8' | 'UTF-16le'): string {
  if (typeof value === 'bigint') return `i${value}`;
  if (typeof value === 'number') return `r${Object.is(value, -0) ? '-0' : value}`;
  if (typeof value === 'string')
    return `t${Buffer.from(value, encoding === 'UTF-8' ? 'utf8' : 'utf16le').toString('hex')}`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('hex')}`;
  return value === null ? 'n' : `t${Buffer.from(value.rawText).toString('hex')}`;
}

/** The rows of a table, each as such texts of what both states have. */
function readMarks(file: string, table: string, shown: Pick<Shown, 'columns' | 'places'>): string[] {
  const columns = shown.places.map((place) => shown.columns[place] ?? '');
  const db = new Database(file, { readonly: true });
  try {
    const parts = columns.map(quote).flatMap((name) => [`typeof(${name})`, `CAST(${name} AS BLOB)`, name]);
    return db
      .prepare<[], unknown[]>(`SELECT ${parts.join(', ')} FROM ${quote(table)}`)
      .raw()
      .safeIntegers()
      .all()
      .map((row) =>
        columns
          .map((_, index) => {
            const [type, bytes, value] = row.slice(index * 3, index * 3 + 3);
            const hex = bytes instanceof Uint8Array ? Buffer.from(bytes).toString('hex') : '';
            if (type === 'text') return `t${hex}`;
            if (type === 'blob') return `b${hex}`;
            if (type === 'real') return `r${Object.is(value, -0) ? '-0' : String(value)}`;
            return type === 'integer' ? `i${String(value)}` : 'n';
          })
          .join(' '),
      );
  } finally {
    db.close();
  }
}

type Shown = {
  readonly columns: readonly string[];
  /** Where the columns are that both states have. */
  readonly places: readonly number[];
  readonly rows: readonly ExactRow[];
};

function show(rows: Rows, table: string, rest: Omit<RowsRequest, 'table'> = ALL): Shown {
  const request = { table, ...rest };
  const { columns, total, counts } = rows.shape(request);
  const found: ExactRow[] = [];
  // In pages of an odd size, so that their edges fall anywhere.
  for (let offset = 0; offset < total; offset += 3) found.push(...rows.exact(request, { offset, limit: 3 }));
  expect(found).toHaveLength(total);
  if (rest === ALL)
    for (const one of ['added', 'changed', 'removed'] as const)
      expect(found.filter((row) => row.change === one)).toHaveLength(counts[one]);
  const names = columns.map(({ name }) => name);
  const places = columns.flatMap((column, place) => (column.in === 'both' ? [place] : []));
  return { columns: names, places, rows: found };
}

function showAll(folder: DataFolder, subject: RowsSubject): Promise<ReadonlyMap<string, Shown>> {
  return withRows(folder, subject, {}, async (rows) => {
    const { tables } = rows.overview;
    for (const { name, added, changed, removed } of tables)
      expect([name, rows.shape({ table: name, ...ALL }).counts]).toStrictEqual([
        name,
        { added, changed, removed },
      ]);
    return new Map(tables.map(({ name }) => [name, show(rows, name)]));
  });
}

/** Gives every table a column that the snapshot does not have. */
function growColumns(file: string, tables: readonly TableSpec[]): void {
  const db = new Database(file);
  try {
    for (const { name } of tables)
      db.exec(`ALTER TABLE ${quote(name)} ADD COLUMN "later on" TEXT DEFAULT 'by default'`);
  } finally {
    db.close();
  }
}

/** The rows as texts of what both states have: the change, the row before and the row after. */
function textsOf({ rows, places }: Shown, encoding: 'UTF-8' | 'UTF-16le'): readonly (readonly string[])[] {
  const text = (row: readonly SqlValue[] | null) =>
    row === null ? '-' : places.map((place) => mark(row[place] ?? null, encoding)).join(' ');
  return rows.map(({ change, before, after }) => [change, text(before), text(after)]);
}

const REVERSED: Readonly<Record<string, string>> = { added: 'removed', removed: 'added', changed: 'changed' };
const sorted = (texts: readonly (readonly string[])[]) => texts.map((one) => one.join('\n')).toSorted();

test('rows shown, rows counted and rows that a restore changes are the same, against now and against another snapshot', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, fc.boolean(), async (world, grows) => {
      const folder = await settle(root(), world);
      const file = folder.databaseFile;
      const then = await dump(folder, 'then');
      await putSnapshot(folder, THEN, await readFile(then));
      change(file, world, world.since);
      if (grows) growColumns(file, world.tables);
      await putSnapshot(folder, SINCE, await readFile(await dump(folder, 'since')));
      const shown = await showAll(folder, { snapshotId: THEN, otherId: null });
      const between = await showAll(folder, { snapshotId: THEN, otherId: SINCE });
      const back = await showAll(folder, { snapshotId: SINCE, otherId: THEN });
      const { tables } = await diffSnapshot(folder, THEN);
      const before = new Map([...shown].map(([name, one]) => [name, readMarks(file, name, one)]));
      await applyDirectly(folder, then, file, 'differing');
      for (const { name, added, changed, removed } of tables) {
        const one = shown.get(name);
        const texts = one === undefined ? [] : textsOf(one, world.encoding);
        expect(texts).toHaveLength(added + changed + removed);
        if (one === undefined) continue;
        const left = [...(before.get(name) ?? [])];
        for (const [kind, was = '', is = ''] of texts) {
          expect([was === '-', is === '-']).toStrictEqual([kind === 'added', kind === 'removed']);
          expect(was).not.toBe(is);
          if (was === '-') continue;
          const at = left.indexOf(was);
          expect(at).toBeGreaterThanOrEqual(0);
          left.splice(at, 1);
        }
        left.push(...texts.flatMap(([, , is = '-']) => (is === '-' ? [] : [is])));
        expect([name, left.toSorted()]).toStrictEqual([name, readMarks(file, name, one).toSorted()]);
        // A restore keeps what the snapshot says nothing about.
        for (const { change: kind, before: was, after: is } of one.rows)
          if (kind === 'changed' && grows) expect(is?.at(-1)).toStrictEqual(was?.at(-1));
        const both = between.get(name);
        expect(both && sorted(textsOf(both, world.encoding))).toStrictEqual(sorted(texts));
        const reversed = back.get(name);
        expect(reversed && sorted(textsOf(reversed, world.encoding))).toStrictEqual(
          sorted(texts.map(([kind = '', was = '', is = '']) => [REVERSED[kind] ?? '', is, was])),
        );
      }
    }),
    { numRuns: 40 },
  );
});

test('a filter and a sort only choose and order: every row that holds the text, once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      fc.constantFrom('a', '1', 'B', 'é', '-'),
      fc.boolean(),
      async (world, text, descending) => {
        const folder = await settle(root(), world);
        await putSnapshot(folder, THEN, await readFile(await dump(folder, 'then')));
        change(folder.databaseFile, world, world.since);
        await withRows(folder, { snapshotId: THEN, otherId: null }, {}, async (rows) => {
          for (const { name } of rows.overview.tables) {
            const all = show(rows, name);
            const column = all.columns.at(-1) ?? '';
            const key = (row: ExactRow) =>
              JSON.stringify(row, (_, value: unknown) =>
                typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? [...value] : value,
              );
            const ordered = show(rows, name, { change: null, filter: null, sort: { column, descending } });
            const numbers = ordered.rows.flatMap((row) => {
              const value = (row.after ?? row.before)?.at(-1);
              return typeof value === 'bigint' || typeof value === 'number' ? [value] : [];
            });
            for (const [at, value] of numbers.entries()) {
              const next = numbers[at + 1] ?? value;
              expect(descending ? value >= next : value <= next).toBe(true);
            }
            expect(ordered.rows.map(key).toSorted()).toStrictEqual(all.rows.map(key).toSorted());
            const filtered = show(rows, name, {
              change: 'changed',
              filter: { column: null, text },
              sort: null,
            });
            const holds = (value: SqlValue) =>
              (typeof value === 'string' || typeof value === 'bigint') &&
              String(value).normalize('NFKC').toLowerCase().includes(text.toLowerCase());
            const certain = all.rows.filter(
              (row) => row.change === 'changed' && [...(row.before ?? []), ...(row.after ?? [])].some(holds),
            );
            for (const row of certain) expect(filtered.rows.map(key)).toContain(key(row));
            for (const row of filtered.rows) expect(all.rows.map(key)).toContain(key(row));
          }
        });
      },
    ),
    { numRuns: 25 },
  );
});
