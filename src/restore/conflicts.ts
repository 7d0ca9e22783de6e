import type { HostDatabase } from '../host/host-database.ts';
import { SnapbackError } from '../model/errors.ts';
import type { Conflict, MergeChoices, MergeSide, NamedValues } from '../model/restore.ts';
import type { RowName, StoredValue } from '../model/search.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { sameKey, sameValue } from '../sqlite/same-values.ts';
import { columnInStage, tableInStage } from '../stage/staged-table.ts';
import { fromGone, fromPut, type MergedTable } from './three-way.ts';

/* The rows that both sides changed: what was chosen for each, and what is told of them. */

/** So many single rows can be chosen. Whoever needs more chooses for their table. */
const MOST_ROWS = 10_000;

/**
 * Takes the sides that a person chose of the conflicts, and puts whatever is taken from the snapshot among the chosen lines.
 * @throws `usage` for a table or a row in which nothing is to be chosen
 */
export function applyChoices(
  database: HostDatabase,
  tables: readonly MergedTable[],
  { all, tables: choices }: MergeChoices,
): void {
  const { db } = database;
  for (const { table: name, take } of choices) {
    const table = tables.find(({ comparison }) => foldName(comparison.staged.live.name) === foldName(name));
    if (table === undefined) throw refuse(`There is no table “${name}” in which rows can be merged.`);
    if (typeof take === 'string') takeAll(database, table, take);
    else if (take.length > MOST_ROWS)
      throw refuse(`At most ${MOST_ROWS} single rows can be chosen: choose for “${name}” as a whole.`);
    else for (const row of take) takeOne(database, table, row);
  }
  for (const table of tables) {
    if (all !== null) takeAll(database, table, all);
    const taken = (side: string) =>
      `SELECT line FROM ${table.sides} WHERE side = '${side}' AND take = 'theirs'`;
    db.exec(`INSERT INTO ${table.put} ${taken('put')}; INSERT INTO ${table.gone} ${taken('gone')}`);
  }
}

function takeAll({ db }: HostDatabase, { sides }: MergedTable, take: MergeSide): void {
  db.prepare<[string]>(`UPDATE ${sides} SET take = ? WHERE open AND take IS NULL`).run(take);
}

type Choice = { readonly key: RowName['key']; readonly take: MergeSide };

function takeOne({ db }: HostDatabase, { comparison, sides }: MergedTable, { key, take }: Choice): void {
  const { staged, identity, gone } = comparison;
  const { live } = staged;
  const matches = (at: (column: string) => string) =>
    live.key.map((column) => sameKey(live, column, at(column), '?')).join(' AND ');
  const fits = live.key.length > 0 && key.length === live.key.length;
  const ofStage = matches((column) => columnInStage(staged, placeOfName(staged.columns, column)));
  const goes = identity.map((column, index) => `g.i${index} = l.${quoteName(column)}`).join(' AND ');
  const found =
    fits &&
    needingHost(live.name, () =>
      db
        .prepare<StoredValue[]>(
          `UPDATE ${sides} SET take = ? WHERE open AND (
            (side = 'put' AND line IN (SELECT rowid FROM ${tableInStage(staged)} WHERE ${ofStage}))
            OR (side = 'gone' AND line IN (SELECT g.rowid FROM main.${quoteName(live.name)} l ${live.scanHint}
              CROSS JOIN ${gone} g ON ${goes} WHERE ${matches((column) => `l.${quoteName(column)}`)})))`,
        )
        .run(take, ...key, ...key),
    );
  if (found === false || found.changes === 0)
    throw refuse(`There is nothing to choose in row ${key.map(String).join(', ')} of “${live.name}”.`);
}

function refuse(message: string): SnapbackError {
  return new SnapbackError('usage', message, { command: 'restore' });
}

/** So many conflicts are told in full, unless their values are large. */
const MOST_TOLD = 100;
const MOST_CHARACTERS = 1_000_000;

export type Conflicts = {
  readonly conflicts: readonly Conflict[];
  readonly conflictCount: number;
  readonly conflictsOpen: number;
  /** The tables in which something is still to be chosen. */
  readonly undecided: readonly string[];
};

/** Tells the first conflicts, and counts all. @throws database errors */
export function readConflicts(database: HostDatabase, tables: readonly MergedTable[]): Conflicts {
  const told: Conflict[] = [];
  const undecided: string[] = [];
  let [conflictCount, conflictsOpen, characters] = [0, 0, 0];
  for (const table of tables) {
    const { count, open } = countConflicts(database, table);
    conflictCount += count;
    conflictsOpen += open;
    if (open > 0) undecided.push(table.comparison.staged.live.name);
    if (count === 0) continue;
    for (const conflict of readOf(database, table)) {
      if (told.length === MOST_TOLD || characters > MOST_CHARACTERS) break;
      characters += sizeOf(conflict);
      told.push(conflict);
    }
  }
  return { conflicts: told, conflictCount, conflictsOpen, undecided };
}

/** How many conflicts a table has, and for how many of them nothing was chosen. @throws database errors */
export function countConflicts({ db }: HostDatabase, { sides }: MergedTable) {
  const [count = 0, open = 0] =
    db
      .prepare<[], number[]>(`SELECT count(*), count(*) FILTER (WHERE take IS NULL) FROM ${sides} WHERE open`)
      .raw()
      .get() ?? [];
  return { count, open };
}

/** Roughly how much there is to tell. */
function sizeOf({ base, mine, theirs }: Conflict): number {
  const sizes = [base, mine, theirs].flatMap((row) =>
    (row ?? []).map(([, value]) =>
      typeof value === 'string' || value instanceof Uint8Array ? value.length : 1,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function* readOf(database: HostDatabase, table: MergedTable): Generator<Conflict> {
  const { columns } = table.comparison.staged;
  const page = { offset: 0, limit: MOST_TOLD + 1 };
  for (const { key, take, has, values } of readVersions(database, table, page, (value) => [
    `${value} COLLATE BINARY`,
  ])) {
    const version = (side: Side): NamedValues | null =>
      has[side] ? columns.map((column, index) => [column, values[index]?.[side][0] ?? null]) : null;
    yield {
      ...{ table: table.comparison.staged.live.name, key, take },
      ...{ base: version('base'), mine: version('mine'), theirs: version('theirs') },
    };
  }
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
