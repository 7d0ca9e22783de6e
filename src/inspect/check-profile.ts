import { basename } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { type HostDatabase, readHostDatabase } from '../host/host-database.ts';
import { withShortReads } from '../host/private-copy.ts';
import { defaultProfile, type Profile } from '../host/profile.ts';
import type { ReadEvent } from '../log/event-reader.ts';
import { findKeyAround, findLogTable, repeatsIds, secondTables } from '../log/events.ts';
import type { FieldMeaning } from '../model/conversation.ts';
import type { ProfileCheck } from '../model/profile.ts';
import type { TaskOptions } from '../model/task.ts';
import { hasUnknownRowids } from '../restore/refusals.ts';
import type { OpenOptions } from '../sqlite/database.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';
import { findWritingNeeds } from '../sqlite/writing-needs.ts';
import { findKeptColumns } from '../write/kept-columns.ts';
import { chooseFields, type LogSample, readSample } from './choose-fields.ts';
import { sampleTable } from './log-sample.ts';

/**
 * Holds the profile of a data folder against its database. Looks at some events from all over the log, in short reads, and
 * so takes about as long for any folder. @throws as `withShortReads`; `database-missing`
 */
export function checkProfile(folder: DataFolder, task: TaskOptions = {}): Promise<ProfileCheck> {
  return withShortReads(folder, task, (db) => ({
    own: folder.profile !== defaultProfile,
    database: basename(folder.databaseFile),
    ...understand(readHostDatabase(db, folder.profile), folder),
  }));
}

/** What is understood of a database with this profile. @throws `database-missing` as `findLogTable`, database errors */
export function understand(
  { db, schema, profile }: HostDatabase,
  options: OpenOptions,
): Omit<ProfileCheck, 'own' | 'database'> {
  const log = findLogTable(schema, profile);
  const sample = sampleTable(db, log, profile);
  const { fields, choices } = chooseFields(profile, sample, null);
  const events = readSample(profile, fields, sample);
  const columns = columnsOf(log, profile);
  const wholeNumberIds = hasWholeNumberIds(log, profile, sample);
  const { id } = profile.log.columns;
  const key = repeatsIds(db, log, { column: id, staged: null }) ? findKeyAround(db, log, id) : null;
  const tables = {
    ...sortTables(schema, profile),
    needHost: findNeedingHost({ db, schema, profile }, options),
  };
  return {
    log: {
      ...{ table: log.name, columns, order: findOrder(log, profile), wholeNumberIds },
      timeInId: profile.log.timeInId?.form ?? null,
      second: secondTables(profile.log),
      key,
      ...{ opaque: profile.log.payloadForm === 'opaque', looked: events.length },
    },
    chatKey: fields.chatKey,
    fields: choices.map((choice) => ({ ...choice, found: countFound(events, choice.meaning) })),
    names: findNames(schema, profile),
    tables,
    rowids: [...schema.tables.values()]
      .filter((one) => hasUnknownRowids(profile, one))
      .map(({ name }) => name),
    references: profile.references,
    kept: findKeptColumns(schema),
    rewind: {
      kinds: columns.kind === null ? null : profile.chat.rewindKinds,
      records: events.filter(({ isRewind }) => isRewind).length,
      flags: [columns.supersededBy, columns.hidden].filter((column) => column !== null),
      marker: findMarker(log, profile),
    },
    obstacles: findObstacles(profile, { log, key, wholeNumberIds, tables }),
  };
}

function columnsOf({ columns }: Table, { log }: Profile): ProfileCheck['log']['columns'] {
  const names = columns.map(({ name }) => name);
  const find = (column: string) => names[placeOfName(names, column)] ?? null;
  const findJoined = (meaning: 'kind' | 'payload') => {
    const joined = log.joined.find((one) => one.meaning === meaning);
    return joined === undefined ? find(log.columns[meaning]) : `${joined.table}.${joined.column}`;
  };
  const { id, branch, ts, supersededBy, hidden } = log.columns;
  return {
    id: find(id),
    branch: find(branch),
    ts: find(ts),
    kind: findJoined('kind'),
    payload: findJoined('payload'),
    supersededBy: find(supersededBy),
    hidden: find(hidden),
  };
}

/** The column that the profile names; null where it names none or the log lacks it. */
function findOrder({ columns }: Table, { log }: Profile): string | null {
  const names = columns.map(({ name }) => name);
  return log.order === null ? null : (names[placeOfName(names, log.order)] ?? null);
}

function findMarker({ columns }: Table, { log }: Profile): ProfileCheck['rewind']['marker'] {
  if (log.marker === null) return null;
  const names = columns.map(({ name }) => name);
  return { ...log.marker, missing: placeOfName(names, log.marker.column) === -1 };
}

/** Only of an integer key that is known for all events. Of any other id, as far as it was looked at. */
function hasWholeNumberIds({ rowidColumn, columns }: Table, { log }: Profile, sample: LogSample): boolean {
  const { id } = log.columns;
  if (rowidColumn !== null && foldName(rowidColumn) === foldName(id)) return true;
  const place = placeOfName(sample.columns, id);
  const ids = sample.rows.map((row) => row[place]).filter((value) => value !== null);
  if (ids.length > 0) return ids.every((value) => typeof value === 'bigint');
  return /int/i.test(columns[place]?.declaredType ?? '');
}

const FOUND_IN = { chat: 'chat', speaker: 'speaker', text: 'text', time: 'ts' } as const satisfies {
  readonly [M in FieldMeaning]: keyof ReadEvent;
};

function countFound(events: readonly ReadEvent[], meaning: FieldMeaning): number {
  return events.filter((event) => event[FOUND_IN[meaning]] !== null).length;
}

function findNames({ tables }: Schema, { chat }: Profile): ProfileCheck['names'] {
  const table = chat.names === null ? undefined : tables.get(foldName(chat.names.table));
  if (chat.names === null || table === undefined) return null;
  const columns = table.columns.map(({ name }) => name);
  const column = chat.names.name.flatMap((name) => columns[placeOfName(columns, name)] ?? []).at(0);
  return column === undefined || placeOfName(columns, chat.names.id) === -1
    ? null
    : { table: table.name, column };
}

function sortTables(
  { tables, unreadable }: Schema,
  { log, tables: named }: Profile,
): Omit<ProfileCheck['tables'], 'needHost'> {
  const dumped = new Set([log.table, ...named].map(foldName));
  return {
    found: named.flatMap((name) => tables.get(foldName(name))?.name ?? []),
    missing: named.filter((name) => !tables.has(foldName(name)) && !unreadable.has(foldName(name))),
    unreadable: named.filter((name) => unreadable.has(foldName(name))),
    left: [...tables.values()]
      .filter(({ kind, name }) => kind === 'table' && !dumped.has(foldName(name)))
      .map(({ name }) => name),
  };
}

/** The tables of the profile of which a new row does not compile here, whatever their triggers do. */
function findNeedingHost(
  { db, schema, profile }: HostDatabase,
  options: OpenOptions,
): ProfileCheck['tables']['needHost'] {
  return [profile.log.table, ...profile.tables].flatMap((named) => {
    const table = schema.tables.get(foldName(named));
    if (table === undefined || table.kind !== 'table') return [];
    const needs = findWritingNeeds(db, table, options);
    return needs.length === 0 ? [] : [{ table: table.name, needs: needs.filter((need) => need !== null) }];
  });
}

type Understood = Pick<ProfileCheck, 'tables'> & { readonly log: Table } & Pick<
    ProfileCheck['log'],
    'wholeNumberIds' | 'key'
  >;

function findObstacles(
  { log: rules, synced }: Profile,
  { log, key, wholeNumberIds, tables }: Understood,
): ProfileCheck['obstacles'] {
  const elsewhere = rules.joined.length > 0 ? 'elsewhere' : null;
  const ids = wholeNumberIds ? (key === null ? elsewhere : 'part-of-key') : 'ids';
  const both = tables.unreadable.length > 0 ? 'unreadable' : ids;
  const names = log.columns.map(({ name }) => name);
  const { sequence } = rules;
  const hasPlaces =
    sequence === null ||
    [sequence.stream, sequence.place].every((column) => placeOfName(names, column) !== -1);
  const gaps = rules.gapless ? 'no-gaps' : null;
  const replay = rules.replays ? (hasPlaces ? gaps : 'no-places') : 'no-replay';
  const isKeptByHost = tables.unreadable.length === 0 && tables.needHost.length > 0;
  const restore = isKeptByHost ? 'needs-host' : (both ?? (synced ? 'synced' : null));
  return { take: both, restore, 'keep-newer': restore ?? replay };
}
