import type { HostDatabase } from '../host/host-database.ts';
import { SnapbackError } from '../model/errors.ts';
import type { RowName, StoredValue } from '../model/search.ts';
import { placeOfName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { sameKey } from '../sqlite/same-values.ts';
import { columnInStage, tableInStage } from '../stage/staged-table.ts';
import { type ChosenTable, type ChosenTables, findChosen } from './chosen-rows.ts';

/** So many single rows can be selected. Whoever needs more restores their table as a whole. */
const MOST_ROWS = 10_000;

/** `isSalvaged`: some rows of the snapshot are lost, so one that it does not have may have been there. */
type NamedRows = { readonly rows: readonly RowName[]; readonly isSalvaged: boolean };

/**
 * Chooses single rows by their keys: each becomes what it was, and one that the snapshot does not have goes.
 * @throws `usage` where a table or a row is not there, a row may be lost, or rows cannot be told apart by a key
 */
export function chooseRows(
  database: HostDatabase,
  tables: ChosenTables,
  { rows, isSalvaged }: NamedRows,
): void {
  if (rows.length > MOST_ROWS)
    throw refuse(`At most ${MOST_ROWS} single rows can be restored at once: select their tables instead.`);
  for (const row of rows)
    if (chooseRow(database, tables, row) === 'goes' && isSalvaged)
      throw refuse(
        `The salvaged snapshot does not have the row ${row.key.map(String).join(', ')} of “${row.table}”, which may be lost. So it is not removed from the database. Leave it out.`,
      );
}

/** `goes`: the snapshot does not have the row. */
function chooseRow(database: HostDatabase, tables: ChosenTables, row: RowName): 'comes-back' | 'goes' {
  const { db } = database;
  const chosen = findChosen(tables, row.table);
  if (chosen === undefined)
    throw refuse(`Single rows of “${row.table}” cannot be restored from this snapshot.`);
  const { comparison } = chosen;
  const { live } = comparison.staged;
  const { ofStage, ofLive } = rowMatch(chosen, row);
  const goes = comparison.identity
    .map((column, index) => `g.i${index} = l.${quoteName(column)}`)
    .join(' AND ');
  const there = `main.${quoteName(live.name)} l ${live.scanHint}`;
  const [then, now, line] = needingHost(live.name, () => [
    db
      .prepare<StoredValue[], bigint>(`SELECT rowid FROM ${tableInStage(comparison.staged)} WHERE ${ofStage}`)
      .pluck()
      .safeIntegers()
      .get(...row.key),
    db.prepare<StoredValue[]>(`SELECT 1 FROM ${there} WHERE ${ofLive}`).get(...row.key),
    db
      .prepare<StoredValue[], bigint>(
        `SELECT g.rowid FROM ${there} CROSS JOIN ${comparison.gone} g ON ${goes} WHERE ${ofLive}`,
      )
      .pluck()
      .safeIntegers()
      .get(...row.key),
  ]);
  if (then === undefined && now === undefined)
    throw refuse(`“${live.name}” has no row ${row.key.map(String).join(', ')}, neither then nor now.`);
  if (then !== undefined)
    db.prepare<[bigint]>(
      `INSERT OR IGNORE INTO ${chosen.put} SELECT ord FROM ${comparison.put} WHERE ord = ?`,
    ).run(then);
  if (line !== undefined) db.prepare<[bigint]>(`INSERT OR IGNORE INTO ${chosen.gone} VALUES (?)`).run(line);
  return then === undefined ? 'goes' : 'comes-back';
}

/** SQL: what finds a row by its key in the stage, and in the live table as `l`. @throws `usage` where nothing does */
export function rowMatch({ comparison }: Pick<ChosenTable, 'comparison'>, { key }: RowName) {
  const { staged } = comparison;
  const { live, columns } = staged;
  const places = live.key.map((column) => placeOfName(columns, column));
  if (places.length === 0 || places.includes(-1))
    throw refuse(
      `“${live.name}” has no primary key, so single rows of it cannot be named. Select the table.`,
    );
  if (key.length !== live.key.length)
    throw refuse(
      `The key of “${live.name}” has ${live.key.length} ${live.key.length === 1 ? 'value' : 'values'}: ${live.key.join(', ')}.`,
    );
  const matches = (placeAt: (column: string, index: number) => string) =>
    live.key.map((column, index) => sameKey(live, column, placeAt(column, index), '?')).join(' AND ');
  return {
    ofStage: matches((_, index) => columnInStage(staged, places[index] ?? -1)),
    ofLive: matches((column) => `l.${quoteName(column)}`),
  };
}

function refuse(message: string): SnapbackError {
  return new SnapbackError('usage', message, { command: 'restore' });
}
