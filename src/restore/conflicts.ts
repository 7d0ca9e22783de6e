import type { HostDatabase } from '../host/host-database.ts';
import { SnapbackError } from '../model/errors.ts';
import type { RowName, StoredValue } from '../model/search.ts';
import type { Conflict, MergeChoices, MergeSide, NamedValues } from '../model/selection.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { sameKey } from '../sqlite/same-values.ts';
import { columnInStage, tableInStage } from '../stage/staged-table.ts';
import { countConflicts, hashConflicts, readVersions, type Side } from './conflict-versions.ts';
import type { MergedTable } from './three-way.ts';

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
  readonly conflictsHash: string;
  /** The tables in which something is still to be chosen. */
  readonly undecided: readonly string[];
};

/** Tells the first conflicts, counts all, and hashes what they hold now. @throws `cancelled`, database errors */
export async function readConflicts(
  database: HostDatabase,
  tables: readonly MergedTable[],
  task: TaskOptions,
): Promise<Conflicts> {
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
  const conflictsHash = await hashConflicts(database, tables, task);
  return { conflicts: told, conflictCount, conflictsOpen, conflictsHash, undecided };
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
