import type { Comparison } from '../compare/compare-table.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { createEventReader, NO_FIELDS } from '../log/event-reader.ts';
import { columnSource, flaggedSql, markedSql } from '../log/flags.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';
import { sameValue } from '../sqlite/same-values.ts';
import { columnInStage, tableInStage } from '../stage/staged-table.ts';

/** What was done to the log since a snapshot, as far as its rewind is concerned. */
export type RewindSince = {
  /** The snapshot’s last event. */
  readonly after: bigint;
  /** The ids of the records of rewinds since; the first one is that of the rewind after which the base was. */
  readonly records: readonly bigint[];
  /** Other events were written between the snapshot and the first record. */
  readonly isLate: boolean;
  /** Newer events that the rewind took as well. */
  readonly tookNewer: boolean;
  /** A later rewind of the same chat went back further than the first one. */
  readonly wentFurther: boolean;
  /** Some events up to the snapshot’s last one are other ones by now, or are not in the snapshot. */
  readonly isOtherLog: boolean;
  /** The last event that the rewind left, where it took all that came after it in the snapshot; null: nothing tells. */
  readonly target: bigint | null;
};

/**
 * Looks for the rewind that was made since a snapshot, in the comparison of a log whose key is the id of its events.
 * Reads only. @throws database errors
 */
export function findRewindSince(database: HostDatabase, log: Comparison, after: bigint): RewindSince {
  const records = readRecords(database, log, after);
  const [record = null] = records;
  const one = (sql: string): unknown => database.db.prepare<[], unknown>(sql).pluck().safeIntegers().get();
  const { id, table } = liveNames(database, log);
  const { supersededBy, hidden } = database.profile.log.columns;
  const isRecord = records.length === 0 ? 'false' : `l.${id} IN (${records.join(', ')})`;
  const isLate =
    record !== null &&
    one(
      `SELECT 1 FROM ${table} WHERE l.${id} > ${after} AND l.${id} < ${record} AND NOT ${isRecord} LIMIT 1`,
    ) === 1n;
  const source = liveSource(log);
  const bySupersede = `CAST(${source(supersededBy)} AS INTEGER) = ${record}`;
  const isHidden = `(${source(hidden)} IS TRUE OR ${markedSql(database.profile.log.marker, source)})`;
  const byHiding = `(${isHidden} AND ${source(supersededBy)} IS NULL AND l.${id} < ${record})`;
  const tookNewer =
    record !== null &&
    one(
      `SELECT 1 FROM ${table} WHERE l.${id} > ${after} AND NOT ${isRecord} AND (${bySupersede} OR ${byHiding}) LIMIT 1`,
    ) === 1n;
  const target = findTarget(database, log, { after, record });
  return {
    ...{ after, records, isLate, tookNewer, target },
    isOtherLog: isOtherLog(database, log, after),
    wentFurther: wentFurther(database, log, { records, limit: target ?? after }),
  };
}

/** SQL of a column of the live log, which is `l`; NULL where it lacks it. */
function liveSource({ staged: { live } }: Comparison): (column: string) => string {
  const names = live.columns.map(({ name }) => name);
  return columnSource(names, (name) => `l.${quoteName(name)}`);
}

/** The live log as `l`, and the names of its columns; null where it lacks one. */
export function liveNames({ profile }: HostDatabase, { staged: { live } }: Comparison) {
  const names = live.columns.map(({ name }) => name);
  const nameOf = (column: string) => {
    const name = names[placeOfName(names, column)];
    return name === undefined ? null : quoteName(name);
  };
  const { id, kind, supersededBy } = profile.log.columns;
  const table = `main.${quoteName(live.name)} l`;
  return { table, id: quoteName(id), kind: nameOf(kind), superseded: nameOf(supersededBy) };
}

/** The ids of the records of rewinds after an event. Those that are no whole numbers do not tell that they are later. */
export function readRecords(database: HostDatabase, log: Comparison, after: bigint): readonly bigint[] {
  const { table, id, kind } = liveNames(database, log);
  const kinds = database.profile.chat.rewindKinds;
  if (kind === null || kinds.length === 0) return [];
  return database.db
    .prepare<string[], bigint>(
      `SELECT l.${id} FROM ${table} WHERE typeof(l.${id}) = 'integer' AND l.${id} > ${after} AND l.${kind} IN (${kinds.map(() => '?').join(', ')}) ORDER BY l.${id}`,
    )
    .pluck()
    .safeIntegers()
    .all(...kinds);
}

/** The ids of the records of rewinds that the snapshot lacks, where ids are texts: they are in no order. */
export function readUnorderedRecords(database: HostDatabase, log: Comparison): readonly string[] {
  const { table, id, kind } = liveNames(database, log);
  const kinds = database.profile.chat.rewindKinds;
  if (kind === null || kinds.length === 0) return [];
  const same = log.identity.map((column, index) => `l.${quoteName(column)} = g.i${index}`).join(' AND ');
  return database.db
    .prepare<string[], string>(
      `SELECT l.${id} FROM ${log.gone} g CROSS JOIN ${table} ON ${same}
         WHERE typeof(l.${id}) = 'text' AND l.${kind} IN (${kinds.map(() => '?').join(', ')})`,
    )
    .pluck()
    .all(...kinds);
}

/** Whether an event of the snapshot has other contents now, or one that it lacks is not newer than its last one. */
function isOtherLog(database: HostDatabase, log: Comparison, after: bigint): boolean {
  const { db, profile } = database;
  const { staged, put, gone, identity } = log;
  const id = quoteName(profile.log.columns.id);
  const live = `main.${quoteName(staged.live.name)} l`;
  const same = (line: string) =>
    identity.map((column, index) => `l.${quoteName(column)} = ${line}.i${index}`).join(' AND ');
  return (
    db
      .prepare<[], unknown>(
        `SELECT EXISTS (SELECT 1 FROM ${gone} g CROSS JOIN ${live} ON ${same('g')} WHERE l.${id} <= ${after})
           OR EXISTS (SELECT 1 FROM ${put} p CROSS JOIN ${tableInStage(staged)} s ON s.rowid = p.ord CROSS JOIN ${live} ON ${same('p')}
             WHERE p.survivor AND ${isOtherEvent(database, log)})`,
      )
      .pluck()
      .get() === 1
  );
}

/** SQL: whether the live event `l` is another one than the snapshot’s `s` with the same key: it has another time, kind or payload. */
export function isOtherEvent({ profile }: HostDatabase, { staged }: Comparison): string {
  const { ts, kind, payload } = profile.log.columns;
  const changed = [ts, kind, payload].flatMap((column) => {
    const place = placeOfName(staged.columns, column);
    const name = staged.columns[place];
    return name === undefined
      ? []
      : [`NOT ${sameValue(`l.${quoteName(name)}`, `s.${columnInStage(staged, place)}`)}`];
  });
  return `(${['false', ...changed].join(' OR ')})`;
}

type Rewind = { readonly after: bigint; readonly record: bigint | null };

/** The last event that stayed: what the record says or, without a record, what the lost events show. */
function findTarget(database: HostDatabase, log: Comparison, { after, record }: Rewind): bigint | null {
  const { db, profile } = database;
  const { staged } = log;
  const id = columnInStage(staged, placeOfName(staged.columns, profile.log.columns.id));
  const there = `${tableInStage(staged)} s`;
  const lost = `SELECT s.${id} AS id ${selectLost(database, log)}`;
  const [first, count] = db
    .prepare<[], [unknown, bigint]>(`SELECT min(id), count(*) FROM (${lost})`)
    .raw()
    .safeIntegers()
    .get() ?? [null, 0n];
  if (first !== null && typeof first !== 'bigint') return null;
  const said = record === null ? null : readSaid(database, log, record);
  const limit = said !== null && said.target !== null && said.target < after ? said.target : null;
  const target =
    limit === null && first !== null
      ? db
          .prepare<[], bigint | null>(`SELECT ifnull(max(${id}), 0) FROM ${there} WHERE ${id} < ${first}`)
          .pluck()
          .safeIntegers()
          .get()
      : limit;
  if (target === null || target === undefined) return null;
  const later = `SELECT ${id} AS id, s.rowid AS line FROM ${there} WHERE ${id} > ${target}`;
  if (count > 0n) {
    const kept = db.prepare<[], unknown>(
      `SELECT 1 FROM (${later}) WHERE id NOT IN (SELECT id FROM (${lost})) LIMIT 1`,
    );
    return kept.get() === undefined ? target : null;
  }
  // Nothing is lost of the log itself. Then the chat of the record tells what the rewind took.
  if (said?.chat == null) return null;
  const reader = readStagedChats(database, staged);
  const events = db
    .prepare<[], unknown[]>(`SELECT ${reader.columns} FROM ${there} WHERE ${id} > ${target}`)
    .raw()
    .safeIntegers();
  for (const event of events.iterate()) if (reader.chatOf(event) !== said.chat) return null;
  return target;
}

/**
 * SQL: FROM and WHERE of the snapshot’s events that the live log lacks, or has hidden or superseded. `s`: the event, `p`: its
 * line in the comparison, `l`: the live event of that key. `or`: another condition that is enough.
 */
export function selectLost(database: HostDatabase, log: Comparison, or = 'false'): string {
  const { staged, put, identity } = log;
  const { table } = liveNames(database, log);
  const same = identity.map((column, index) => `l.${quoteName(column)} = p.i${index}`).join(' AND ');
  return `FROM ${put} p CROSS JOIN ${tableInStage(staged)} s ON s.rowid = p.ord
    LEFT JOIN ${table} ON ${same} WHERE (NOT p.survivor OR ${or} OR ${flaggedSql(database.profile, liveSource(log))})`;
}

/** What reads the chats of events of a staged log, which is `s`, and the columns that it needs in SQL. */
export function readStagedChats({ profile }: HostDatabase, staged: Comparison['staged']) {
  const { payloadChat, chatKey } = profile.chat;
  const fields = { ...NO_FIELDS, payloadChat, chatKey };
  const { columns, read } = createEventReader(profile, fields, staged.columns);
  const named = columns.map((name) => `s.${columnInStage(staged, staged.columns.indexOf(name))}`);
  return {
    columns: named.join(', ') || 'NULL',
    chatOf: (values: readonly unknown[]): string | null => read(values).chat,
  };
}

type Rewinds = { readonly records: readonly bigint[]; readonly limit: bigint };

/** Whether a later record says that it took events before the limit, and not that they are of another chat. */
function wentFurther(database: HostDatabase, log: Comparison, { records, limit }: Rewinds): boolean {
  const [first = null, ...later] = records.map((record) => readSaid(database, log, record));
  return later.some((said) => {
    if (said === null || said.target === null || said.target >= limit) return false;
    return first?.chat == null || said.chat === null || said.chat === first.chat;
  });
}

/** What the record of a rewind says: the last event that stays, and the chat. */
export function readSaid(database: HostDatabase, log: Comparison, record: bigint | string) {
  const { table, id } = liveNames(database, log);
  const names = log.staged.live.columns.map(({ name }) => name);
  const { columns, read } = createEventReader(database.profile, database.profile.chat, names);
  const event = database.db
    .prepare<[bigint | string], unknown[]>(
      `SELECT ${columns.map((name) => `l.${quoteName(name)}`).join(', ')} FROM ${table} WHERE l.${id} = ?`,
    )
    .raw()
    .safeIntegers()
    .get(record);
  if (event === undefined) return null;
  const { target, chat } = read(event);
  return { target: target !== null && /^\d{1,18}$/.test(target) ? BigInt(target) : null, chat };
}

/** Whether events are told apart by the table’s own key. */
export function isKeyedById({ live, columns }: Comparison['staged'], id: string): boolean {
  const [key = '', ...more] = live.key;
  return more.length === 0 && foldName(key) === foldName(id) && placeOfName(columns, id) !== -1;
}
