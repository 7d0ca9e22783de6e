import { createHash } from 'node:crypto';
import type { HostDatabase } from '../host/host-database.ts';
import type { RowName, StoredValue } from '../model/search.ts';
import type { MergeSide } from '../model/selection.ts';
import type { TaskOptions } from '../model/task.ts';
import { placeOfName, quoteName } from '../sqlite/names.ts';
import { createTableHasher } from '../sqlite/row-hash.ts';
import { sameValue } from '../sqlite/same-values.ts';
import { columnInStage } from '../stage/staged-table.ts';
import { fromGone, fromPut, type MergedTable } from './three-way.ts';
import { forEachRow } from './touched-content.ts';

/* The rows that both sides changed, as each of them has them. */

/** How many conflicts a table has, and for how many of them nothing was chosen. @throws database errors */
export function countConflicts({ db }: HostDatabase, { sides }: MergedTable) {
  const [count = 0, open = 0] =
    db
      .prepare<[], number[]>(`SELECT count(*), count(*) FILTER (WHERE take IS NULL) FROM ${sides} WHERE open`)
      .raw()
      .get() ?? [];
  return { count, open };
}

/**
 * What the database holds in the rows of which a version has to be chosen. A choice was made of what was shown, so it counts
 * only as long as this is the same. @throws `cancelled`, database errors
 */
export async function hashConflicts(
  database: HostDatabase,
  tables: readonly MergedTable[],
  task: TaskOptions,
): Promise<string> {
  const digest = createHash('sha256');
  for (const table of tables) {
    if (countConflicts(database, table).count === 0) continue;
    const { live } = table.comparison.staged;
    const names = live.columns.map(({ name }) => name);
    const values = names.map((name) => `l.${quoteName(name)}`);
    const hasher = createTableHasher(names);
    const of = (side: 'put' | 'gone', line: string) =>
      `WHERE ${line} IN (SELECT line FROM ${table.sides} WHERE side = '${side}' AND open)`;
    const rows = [
      { values: ['p.ord', ...values], from: `${fromPut(table)} ${of('put', 'p.ord')}`, by: 'p' },
      { values, from: `${fromGone(table)} ${of('gone', 'g.rowid')}`, by: 'g' },
    ];
    for (const some of rows) await forEachRow(database, some, (row) => hasher.add(row), task);
    digest.update(JSON.stringify([live.name, hasher.finish().hash]));
  }
  return digest.digest('hex');
}

const SIDES = ['base', 'mine', 'theirs'] as const;
export type Side = (typeof SIDES)[number];

/** A conflict, with what was selected of each value. */
export type ReadVersions = {
  readonly key: RowName['key'];
  readonly take: MergeSide | null;
  /** Which of them have the row. */
  readonly has: { readonly [S in Side]: boolean };
  /** By column, in the order of the stage. `isSame`: both sides have the same there. */
  readonly values: readonly ({ readonly [S in Side]: readonly StoredValue[] } & {
    readonly isSame: boolean;
  })[];
};

/** A result of SQLite has at most 2,000 columns. */
const MOST_SELECTED = 1_900;

/**
 * Reads some conflicts of a table, one after the other: first those of rows that the snapshot has. `partsOf`: SQL for what is
 * selected of a value. @throws database errors
 */
export function* readVersions(
  { db }: HostDatabase,
  table: MergedTable,
  { offset, limit }: { readonly offset: number; readonly limit: number },
  partsOf: (value: string, column: string) => readonly string[],
): Generator<ReadVersions> {
  const { sides, comparison } = table;
  const { live, columns } = comparison.staged;
  const lines = db
    .prepare<[number, number], [string, bigint, string | null]>(
      `SELECT side, line, take FROM ${sides} WHERE open ORDER BY side DESC, line LIMIT ? OFFSET ?`,
    )
    .raw()
    .safeIntegers()
    .all(limit, offset);
  const parts = partsOf('NULL', '').length;
  const atOnce = Math.floor(MOST_SELECTED / (parts * SIDES.length + 1));
  const chunks = Array.from({ length: Math.ceil(columns.length / atOnce) }, (_, index) =>
    columns.slice(index * atOnce, (index + 1) * atOnce),
  );
  const read = (from: (typeof LINES)['put' | 'gone'], selected: readonly string[]) =>
    db
      .prepare<[bigint], StoredValue[]>(
        `SELECT ${selected.join(', ')} FROM ${from.rows(table)} WHERE ${from.line} = ?`,
      )
      .raw()
      .safeIntegers();
  const statements = (side: 'put' | 'gone') => {
    const at = valuesOf(table, side);
    return {
      facts: read(LINES[side], [
        table.base === null ? 'false' : 'b.rowid IS NOT NULL',
        side === 'put' ? 'p.survivor' : 'true',
        ...live.key.map((column) => `${at(column)[side === 'put' ? 'theirs' : 'mine']} COLLATE BINARY`),
      ]),
      chunks: chunks.map((some) =>
        read(
          LINES[side],
          some.flatMap((column) => {
            const value = at(column);
            return [
              ...SIDES.flatMap((one) => partsOf(value[one], column)),
              sameValue(value.mine, value.theirs),
            ];
          }),
        ),
      ),
    };
  };
  const of = { put: statements('put'), gone: statements('gone') };
  for (const [side, line, take] of lines) {
    const { facts, chunks } = of[side === 'put' ? 'put' : 'gone'];
    const [inBase, inLive, ...key] = facts.get(line) ?? [];
    const values = chunks.flatMap((statement) => {
      const row = statement.get(line) ?? [];
      const width = parts * SIDES.length + 1;
      return Array.from({ length: row.length / width }, (_, index) => {
        const from = index * width;
        const part = (place: number) => row.slice(from + place * parts, from + (place + 1) * parts);
        return { base: part(0), mine: part(1), theirs: part(2), isSame: row[from + width - 1] === 1n };
      });
    });
    yield {
      ...{ key, values, take: take === 'mine' || take === 'theirs' ? take : null },
      has: { base: inBase === 1n, mine: inLive === 1n, theirs: side === 'put' },
    };
  }
}

const LINES = {
  put: { rows: fromPut, line: 'p.ord' },
  gone: { rows: fromGone, line: 'g.rowid' },
} as const;

/** SQL: a column’s value in the base, in the database and in the snapshot. */
function valuesOf({ base, comparison: { staged } }: MergedTable, side: 'put' | 'gone') {
  return (column: string): { readonly [S in Side]: string } => ({
    base: base === null ? 'NULL' : `b.${columnInStage(base, placeOfName(base.columns, column))}`,
    mine: `l.${quoteName(column)}`,
    theirs: side === 'put' ? `s.${columnInStage(staged, placeOfName(staged.columns, column))}` : 'NULL',
  });
}
