import { type Comparison, hasNoKey } from '../compare/compare-table.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { RowName, StoredValue } from '../model/search.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { columnInStage, tableInStage } from '../stage/staged-table.ts';

/*
 * Which of the rows that differ are restored. A comparison has them as lines; two temporary tables beside it name the chosen
 * ones. All others keep what the database holds.
 */

/** A comparison, with the lines of it that are chosen. */
export type ChosenTable = {
  readonly comparison: Comparison;
  /** A temporary table with the chosen rows of the snapshot: `ord`, as in the comparison’s `put`. */
  readonly put: string;
  /** A temporary table with the chosen live rows that go: `line`, the rowid in the comparison’s `gone`. */
  readonly gone: string;
  /** The table was selected as a whole, so all its lines are chosen. */
  readonly isWhole: boolean;
};

/** The tables that rows can be chosen of, by folded live name. */
export type ChosenTables = ReadonlyMap<string, ChosenTable>;

/** Whether single rows of a table can be told apart and written. An empty list does not even say that the table was there. */
export function hasChoosableRows({ live, emptyOrAbsent }: StagedTable): boolean {
  return live.readOnly === null && !hasNoKey(live) && !emptyOrAbsent;
}

/** Begins to choose from a comparison: all that differs, or nothing yet. Writes temporary tables only. */
export function beginChoosing(
  { db }: HostDatabase,
  comparison: Comparison,
  { index, isWhole }: { readonly index: number; readonly isWhole: boolean },
): ChosenTable {
  const [put, gone] = [`snapback_chosen_put_${index}`, `snapback_chosen_gone_${index}`];
  const identity = comparison.identity.map((_, place) => `i${place}`).join(', ');
  const [putTable, goneTable] = [comparison.put, comparison.gone].map((name) => name.replace(/^temp\./, ''));
  db.exec(`DROP TABLE IF EXISTS temp.${put}; DROP TABLE IF EXISTS temp.${gone};
    CREATE TEMP TABLE ${put} (ord INTEGER PRIMARY KEY);
    CREATE TEMP TABLE ${gone} (line INTEGER PRIMARY KEY);
    CREATE INDEX temp.${putTable}_ord ON ${putTable} (ord);
    ${identity === '' ? '' : `CREATE INDEX temp.${goneTable}_identity ON ${goneTable} (${identity});`}`);
  if (isWhole)
    db.exec(`INSERT INTO temp.${put} SELECT ord FROM ${comparison.put};
      INSERT INTO temp.${gone} SELECT rowid FROM ${comparison.gone}`);
  return { comparison, put: `temp.${put}`, gone: `temp.${gone}`, isWhole };
}

/** How many rows are chosen. */
export function countChosen({ db }: HostDatabase, { put, gone }: ChosenTable): number {
  const count = (table: string) =>
    Number(db.prepare<[], unknown>(`SELECT count(*) FROM ${table}`).pluck().get());
  return count(put) + count(gone);
}

/** The chosen table of that name; undefined where none of its rows can be chosen. */
export function findChosen(tables: ChosenTables, name: string): ChosenTable | undefined {
  return tables.get(foldName(name));
}

/** Names a row of the snapshot by its key; without values where the table has no key. */
export function nameStaged({ db }: HostDatabase, staged: StagedTable, ord: bigint): RowName {
  const places = staged.live.key.map((column) => placeOfName(staged.columns, column));
  if (places.length === 0 || places.includes(-1)) return { table: staged.live.name, key: [] };
  const values = places.map((place) => columnInStage(staged, place)).join(', ');
  const row = db
    .prepare<[bigint], StoredValue[]>(`SELECT ${values} FROM ${tableInStage(staged)} WHERE rowid = ?`)
    .raw()
    .safeIntegers()
    .get(ord);
  return { table: staged.live.name, key: row ?? [] };
}
