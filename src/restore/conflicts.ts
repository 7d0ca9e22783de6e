import type { HostDatabase } from '../host/host-database.ts';
import { SnapbackError } from '../model/errors.ts';
import type { Conflict, MergeChoices, MergeSide, NamedValues } from '../model/restore.ts';
import type { RowName, StoredValue } from '../model/search.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { sameKey } from '../sqlite/same-values.ts';
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
  const { db } = database;
  const told: Conflict[] = [];
  const undecided: string[] = [];
  let [conflictCount, conflictsOpen, characters] = [0, 0, 0];
  for (const table of tables) {
    const [count = 0, open = 0] =
      db
        .prepare<[], number[]>(
          `SELECT count(*), count(*) FILTER (WHERE take IS NULL) FROM ${table.sides} WHERE open`,
        )
        .raw()
        .get() ?? [];
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

/** Roughly how much there is to tell. */
function sizeOf({ base, mine, theirs }: Conflict): number {
  const sizes = [base, mine, theirs].flatMap((row) =>
    (row ?? []).map(([, value]) =>
      typeof value === 'string' || value instanceof Uint8Array ? value.length : 1,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function* readOf({ db }: HostDatabase, table: MergedTable): Generator<Conflict> {
  const { base, sides, comparison } = table;
  const { live, columns } = comparison.staged;
  const at = (alias: string, place: (column: string, index: number) => string) =>
    columns.map((column, index) => `${alias}.${place(column, index)}`);
  const ofBase =
    base === null
      ? columns.map(() => 'NULL')
      : at('b', (column) => columnInStage(base, placeOfName(base.columns, column)));
  const ofLive = at('l', quoteName);
  const ofStage = at('s', (_, index) => columnInStage(comparison.staged, index));
  const isBased = base === null ? 'false' : 'b.rowid IS NOT NULL';
  const read = (side: 'put' | 'gone') => {
    const isPut = side === 'put';
    const line = isPut ? 'p.ord' : 'g.rowid';
    const values = [...ofBase, ...ofLive, ...(isPut ? ofStage : columns.map(() => 'NULL'))];
    return db
      .prepare<[], StoredValue[]>(
        `SELECT x.take, ${isBased}, ${isPut ? 'p.survivor' : 'true'}, ${values.map((value) => `${value} COLLATE BINARY`).join(', ')}
         FROM (SELECT line, take FROM ${sides} WHERE side = '${side}' AND open ORDER BY line LIMIT ${MOST_TOLD + 1}) x
           CROSS JOIN ${isPut ? fromPut(table) : fromGone(table)} WHERE ${line} = x.line ORDER BY x.line`,
      )
      .raw()
      .safeIntegers();
  };
  for (const side of ['put', 'gone'] as const)
    for (const [take, isBase, isLive, ...values] of read(side).iterate()) {
      const part = (from: number): NamedValues =>
        columns.map((column, index) => [column, values[from * columns.length + index] ?? null]);
      const [inBase, inLive] = [isBase === 1n ? part(0) : null, isLive === 1n ? part(1) : null];
      const theirs = side === 'put' ? part(2) : null;
      const named = new Map(theirs ?? inLive ?? []);
      const key = live.key.map((column) => named.get(column) ?? null);
      yield {
        ...{ table: live.name, key, base: inBase, mine: inLive, theirs },
        take: take === 'mine' || take === 'theirs' ? take : null,
      };
    }
}
