import type { HostDatabase } from '../host/host-database.ts';
import { type Profile, splitReference } from '../host/profile.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import type { Table } from '../sqlite/table.ts';
import type { StagedTable } from '../stage/staged-table.ts';

/** A projected table whose rows say to which event they belong. */
export type TiedTable = {
  readonly staged: StagedTable;
  /** The column that names the event, by the live table’s name, and its place in the stage. */
  readonly column: string;
  readonly place: number;
};

/**
 * The projected tables of a stage that are tied to the log: by a foreign key to the id of an event, or a reference that the
 * profile declares, or else by a column that the profile names. Nothing is guessed.
 */
export function findTiedTables(database: HostDatabase, tables: readonly StagedTable[]): readonly TiedTable[] {
  // What is in a second table is a part of the message itself.
  const isOfEvents = ({ name }: Table) =>
    database.profile.log.joined.some(({ table }) => foldName(table) === foldName(name));
  const log = database.schema.tables.get(foldName(database.profile.log.table));
  return tables.flatMap((staged): readonly TiedTable[] => {
    const { role, live, columns } = staged;
    if (role === 'log' || live.readOnly !== null || isOfEvents(live)) return [];
    const declared = log === undefined ? [] : findKeysTo(database, live, log);
    const named = [
      ...declared,
      ...findDeclaredTo(database.profile, live),
      ...database.profile.chat.payloadEvent,
    ];
    const place = named.map((column) => placeOfName(columns, column)).find((one) => one !== -1) ?? -1;
    const column = columns[place];
    return column === undefined ? [] : [{ staged, column, place }];
  });
}

/** The columns of a table that the profile declares to refer to the id of the log. */
function findDeclaredTo({ log, references }: Profile, { name }: Table): readonly string[] {
  const id = foldName(`${log.table}.${log.columns.id}`);
  return references
    .filter(({ from, to }) => foldName(to) === id && foldName(splitReference(from).table) === foldName(name))
    .map(({ from }) => splitReference(from).column);
}

/** The columns of a table that are a foreign key to the id of the log. */
function findKeysTo(
  { db, profile }: { readonly db: AnyDatabase; readonly profile: HostDatabase['profile'] },
  { name }: Table,
  log: Table,
): readonly string[] {
  const id = profile.log.columns.id;
  const keys = db
    .prepare<
      [string],
      { readonly id: number; readonly table: string; readonly from: string; readonly to: string | null }
    >(`SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?, 'main')`)
    .all(name);
  const isSingle = (key: (typeof keys)[number]) => keys.filter((one) => one.id === key.id).length === 1;
  // Without a column, a key refers to the primary key.
  const isId = (to: string | null) =>
    foldName(to ?? (log.key.length === 1 ? (log.key[0] ?? '') : '')) === foldName(id);
  return keys
    .filter((key) => isSingle(key) && foldName(key.table) === foldName(log.name) && isId(key.to))
    .map(({ from }) => from);
}
