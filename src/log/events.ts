import type { Profile } from '../host/profile.ts';
import { SnapbackError } from '../model/errors.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';

/** The columns that identify an event, in the order of a log chain. */
export function chainColumns(profile: Profile): readonly string[] {
  const { id, ts, kind, payload } = profile.log.columns;
  return [id, ts, kind, payload];
}

/** Finds the event log, which needs no other column than the id. @throws `database-missing` if the table or the column is missing */
export function findLogTable({ tables }: Pick<Schema, 'tables'>, { log }: Profile): Table {
  const table = tables.get(foldName(log.table));
  if (table === undefined || table.kind !== 'table')
    throw new SnapbackError('database-missing', `The database has no table “${log.table}”.`, {
      table: log.table,
    });
  const { id } = log.columns;
  if (
    placeOfName(
      table.columns.map(({ name }) => name),
      id,
    ) === -1
  )
    throw new SnapbackError('database-missing', `The event log “${log.table}” has no column “${id}”.`, {
      table: log.table,
      column: id,
    });
  return table;
}

/** For each of `chainColumns`, the name of that column in a log, or null if the log lacks it. */
export type Identity = readonly (string | null)[];

/** Finds the identifying columns of a log. Generated columns do not count, because they add nothing and are never dumped. */
export function identityOf({ columns }: Table, profile: Profile): Identity {
  const names = columns.map(({ name }) => name);
  return chainColumns(profile).map((column) => names[placeOfName(names, column)] ?? null);
}

/** Picks an event's identity out of a row, in the order of a log chain; NULL for columns that the log lacks. */
export function createIdentifier(identity: Identity, columns: readonly string[]) {
  const places = identity.map((column) => (column === null ? null : placeOfName(columns, column)));
  return {
    /** Where the values are in a row; null for columns that the log lacks. */
    places,
    /** Whether the rows have all identifying columns of the log. */
    whole: !places.includes(-1),
    pick: (row: readonly SqlValue[]): readonly SqlValue[] =>
      places.map((place) => (place === null ? null : (row[place] ?? null))),
  };
}

type Events = {
  readonly table: string;
  readonly identity: Identity;
  readonly encoding: Schema['encoding'];
  /** The SQL after the table's name: an ORDER BY, and a WHERE before it if needed. */
  readonly order: string;
};

/** Yields the identity of each event of the live log. Reads as `readRows` does. */
export function* readEvents(
  db: AnyDatabase,
  { identity, ...source }: Events,
): Generator<readonly SqlValue[]> {
  const columns = identity.filter((column) => column !== null);
  const { pick } = createIdentifier(identity, columns);
  for (const row of readRows(db, { ...source, schemaName: 'main', columns })) yield pick(row);
}

/** Where ids are read from: the live log in `main`, or the stage of a snapshot. */
type IdSource = {
  readonly schemaName: string;
  readonly table: string;
  readonly column: string;
  readonly scanHint?: Table['scanHint'];
};

/**
 * The storage class of the first event id that is neither an integer nor NULL; null if there is none. The host replays
 * events after an integer id, and so do we. Snapshots of logs with other ids (UUIDs, ULIDs) can only be looked at, compared and restored into a new file.
 */
export function findForeignId(db: AnyDatabase, { schemaName, table, column }: IdSource): string | null {
  const id = quoteName(column);
  const found = db
    .prepare<[], string>(
      `SELECT typeof(${id}) FROM ${schemaName}.${quoteName(table)} WHERE typeof(${id}) NOT IN ('integer', 'null') LIMIT 1`,
    )
    .pluck()
    .get();
  return found ?? null;
}

/** `findForeignId` for the live log. Does not read a log whose ids can only be integers. */
export function findForeignLiveId(db: AnyDatabase, live: Table, { log }: Profile): string | null {
  const column = log.columns.id;
  if (live.rowidColumn !== null && foldName(live.rowidColumn) === foldName(column)) return null;
  const found = findForeignId(db, { schemaName: 'main', table: live.name, column });
  return found ?? (repeatsIds(db, live, { column, staged: null }) ? PART_OF_KEY : null);
}

/** In place of a storage class: the id alone does not tell events apart. */
export const PART_OF_KEY = 'part of a key';

/** In place of a storage class: kind or payload of events are in another table. */
const ELSEWHERE = 'elsewhere';

/** The tables beside the log in which the profile says that a part of its events is, each once. */
export function secondTables({ joined }: Profile['log']): readonly string[] {
  const names = joined.map(({ table }) => table);
  return names.filter((name, index) => placeOfName(names, name) === index);
}

/** Why snapshots of the live log can be neither taken nor restored in place, as `foreignIdError` puts it into words; null: they can. */
export function findUnfitLog(db: AnyDatabase, live: Table, profile: Profile): string | null {
  return findForeignLiveId(db, live, profile) ?? (profile.log.joined.length > 0 ? ELSEWHERE : null);
}

type KeyColumn = { readonly key: string; readonly name: string | null };

/**
 * The columns of the key in which a column is only one of several, as the place of an event in its stream is. Any unique
 * index is such a key. Null: there is none, or the column alone tells rows apart, too.
 */
export function findKeyAround(
  db: AnyDatabase,
  { name, rowidColumn }: Table,
  column: string,
): readonly string[] | null {
  const isIt = (other: string | null) => other !== null && foldName(other) === foldName(column);
  if (isIt(rowidColumn)) return null;
  const columns = db.prepare<[string], KeyColumn>(
    `SELECT i.name AS key, c.name FROM pragma_index_list(?, 'main') i, pragma_index_info(i.name, 'main') c
       WHERE i."unique" AND NOT i.partial ORDER BY i.origin <> 'pk', i.seq, c.seqno`,
  );
  // An expression has no name.
  const keys = [...Map.groupBy(columns.all(name), ({ key }) => key).values()].filter((key) =>
    key.some((one) => isIt(one.name)),
  );
  const [key] = keys;
  if (key === undefined || keys.some((one) => one.length === 1)) return null;
  return key.map((one) => one.name ?? 'an expression');
}

/**
 * Whether the id of events is only a part of their key, and one occurs more than once, in the live log or in that stage of
 * it. Where none does, as with a key of branch and id, the ids grow over all events and are ids like any others.
 */
export function repeatsIds(
  db: AnyDatabase,
  live: Table,
  { column, staged }: { readonly column: string; readonly staged: IdSource | null },
): boolean {
  if (findKeyAround(db, live, column) === null) return false;
  const here = { schemaName: 'main', table: live.name, column, scanHint: live.scanHint };
  return hasRepeatedId(db, here) || (staged !== null && hasRepeatedId(db, staged));
}

/** Whether an id occurs more than once. */
export function hasRepeatedId(
  db: AnyDatabase,
  { schemaName, table, column, scanHint = '' }: IdSource,
): boolean {
  const id = quoteName(column);
  const repeated = db.prepare(
    `SELECT 1 FROM ${schemaName}.${quoteName(table)} ${scanHint} WHERE ${id} IS NOT NULL
       GROUP BY ${id} HAVING count(*) > 1 LIMIT 1`,
  );
  return repeated.get() !== undefined;
}

/** The refusal to take or restore snapshots of a log whose ids are not integers, or only a part of its key. */
export function foreignIdError({ log }: Profile, found: string): SnapbackError {
  const second = secondTables(log).map((table) => `“${table}”`);
  const why =
    found === ELSEWHERE
      ? `A part of what the events of “${log.table}” hold is in ${second.join(' and ')}, where no check of the log covers it`
      : found === PART_OF_KEY
        ? `“${log.columns.id}” alone does not tell the events of “${log.table}” apart: it is only a part of their key`
        : `The ids of “${log.table}” are not whole numbers, but ${found === 'text' ? 'text' : `of type ${found}`}`;
  return new SnapbackError(
    'event-ids-unsupported',
    `${why}. Its snapshots can be looked at, compared and restored into a new file, but not taken or restored in place.`,
    { table: log.table, column: log.columns.id, found },
  );
}

/** The highest event id, 0 for an empty log: what the host calls `last_event_id`. */
export function readLastEventId(db: AnyDatabase, profile: Profile): bigint {
  const { table, columns } = profile.log;
  const id = db
    .prepare<[], unknown>(`SELECT MAX(${quoteName(columns.id)}) FROM main.${quoteName(table)}`)
    .pluck()
    .safeIntegers()
    .get();
  return typeof id === 'bigint' ? id : 0n;
}
