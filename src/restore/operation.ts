import type { HostDatabase } from '../host/host-database.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import { columnInStage, tableInStage } from '../stage/staged-table.ts';
import { type Belonging, beginBelonging, follow, isTextOf, seedBelonging } from './belonging.ts';
import type { ChosenTables } from './chosen-rows.ts';
import { findEventColumns, type Reference, valuesOf } from './references.ts';
import {
  isOtherEvent,
  liveNames,
  readRecords,
  readSaid,
  readStagedChats,
  selectLost,
} from './rewind-since.ts';

/*
 * Everything that one rewind took. Which one took an event is told by what superseded it, else by the first later record of
 * a rewind of its chat that went back further. Rows that nothing ties to an event are told by their chat, if only one rewind
 * took anything from it.
 */

/**
 * An event of the snapshot that is lost now. `took`: what names the rewind that took it; the same for all that it took.
 * `isReplaced`: another event has its id by now.
 */
type LostEvent = {
  readonly ord: bigint;
  readonly chat: string | null;
  readonly took: string;
  readonly isReplaced: boolean;
};

type BelongingTables = ReadonlyMap<string, Belonging>;

/**
 * Adds the events that were taken by the rewinds which took what belongs to the selected rows, and chooses the rows that are
 * missing since. False: no such rewind is known. Writes temporary tables only. @throws `schema-needs-host`
 */
export function addOperation(
  database: HostDatabase,
  tables: ChosenTables,
  selected: BelongingTables,
  keys: readonly Reference[],
): boolean {
  const log = [...selected.values()].find(({ comparison }) => comparison.staged.role === 'log');
  if (log === undefined) return false;
  const lost = readLost(database, log);
  const chosen = readEventsOf(database, log, selected);
  const took = new Set(lost.filter(({ ord }) => chosen.has(ord)).map((one) => one.took));
  for (const [chat, events] of Map.groupBy(lost, (one) => one.chat)) {
    const [only = '', ...others] = new Set(events.map((one) => one.took));
    if (chat === null || others.length > 0) continue;
    const missing = findMissing(database, tables, chat, keys);
    if (!took.has(only) && !missing.some((one) => hasCommon(database, one, selected))) continue;
    took.add(only);
    for (const { put, comparison, then } of missing)
      database.db.exec(`INSERT OR IGNORE INTO ${put}
        SELECT ord FROM ${comparison.put} WHERE NOT survivor AND ord IN ${then}`);
  }
  const identity = log.comparison.identity.map((_, index) => `i${index}`).join(', ');
  const add = database.db.prepare<[bigint]>(`INSERT OR IGNORE INTO ${log.then} VALUES (?)`);
  const isThere = database.db.prepare<[bigint]>(`INSERT OR IGNORE INTO ${log.now}
    SELECT ${identity} FROM ${log.comparison.put} WHERE survivor AND ord = ?`);
  for (const { ord, isReplaced } of lost.filter((one) => took.has(one.took))) {
    add.run(ord);
    if (!isReplaced) isThere.run(ord);
  }
  return took.size > 0;
}

/** The events that are gone, or hidden or superseded, and those of which another one has the id by now. */
function readLost(database: HostDatabase, log: Belonging): readonly LostEvent[] {
  const { db, profile } = database;
  const { staged } = log.comparison;
  const idAt = placeOfName(staged.columns, profile.log.columns.id);
  if (idAt === -1) return [];
  const { columns, chatOf } = readStagedChats(database, staged);
  const live = liveNames(database, log.comparison);
  const isReplaced = `(p.survivor AND ${isOtherEvent(database, log.comparison)})`;
  const eventId = columnInStage(staged, idAt);
  const after = db
    .prepare<[], bigint | null>(
      `SELECT max(${eventId}) FROM ${tableInStage(staged)} WHERE typeof(${eventId}) = 'integer'`,
    )
    .pluck()
    .safeIntegers()
    .get();
  const records = readRecords(database, log.comparison, after ?? 0n).map((record) => ({
    record,
    ...(readSaid(database, log.comparison, record) ?? { target: null, chat: null }),
  }));
  const rows = db
    .prepare<[], [bigint, bigint, unknown, bigint, ...unknown[]]>(
      `SELECT s.rowid, s.${eventId}, ${live.superseded === null ? 'NULL' : `CAST(l.${live.superseded} AS TEXT)`}, ${isReplaced}, ${columns}
         ${selectLost(database, log.comparison)} OR ${isReplaced}`,
    )
    .raw()
    .safeIntegers();
  const lost: LostEvent[] = [];
  for (const [ord, event, superseded, replaced, ...said] of rows.iterate()) {
    const isReplaced = replaced === 1n;
    const chat = chatOf(said);
    const record = records.find(
      (one) => (one.chat === null || one.chat === chat) && (one.target === null || one.target < event),
    );
    const took = typeof superseded === 'string' && !isReplaced ? superseded : `${record?.record ?? ''}`;
    lost.push({ ord, chat, took: JSON.stringify([chat, took]), isReplaced });
  }
  return lost;
}

/** The selected events, and those that selected rows belong to by a declared column: their rowids in the stage. */
function readEventsOf(
  database: HostDatabase,
  log: Belonging,
  selected: BelongingTables,
): ReadonlySet<bigint> {
  const { db } = database;
  const all = [...selected.values()];
  const found = findEventColumns(
    database,
    all.map(({ comparison }) => comparison.staged),
  ).flatMap((reference) => {
    const child = selected.get(foldName(reference.child.live.name));
    const [values, event] = [
      valuesOf(reference, 'child', { staged: 'c' }),
      valuesOf(reference, 'parent', { staged: 'e' }),
    ];
    return child === undefined
      ? []
      : [
          `SELECT e.rowid FROM ${tableInStage(reference.parent)} e WHERE ${event.join()} IN (
             SELECT ${values.join()} FROM ${tableInStage(reference.child)} c WHERE c.rowid IN ${child.then})`,
        ];
  });
  const sql = [`SELECT ord FROM ${log.then}`, ...found].join(' UNION ');
  return new Set(db.prepare<[], bigint>(sql).pluck().safeIntegers().all());
}

/** What declared references tie to a chat; the log is left out, because events are told by themselves. */
function findMissing(
  database: HostDatabase,
  tables: ChosenTables,
  chat: string,
  keys: readonly Reference[],
): readonly Belonging[] {
  const { names } = database.profile.chat;
  if (names === null) return [];
  const projected = new Map([...tables].filter(([, { comparison }]) => comparison.staged.role !== 'log'));
  const belonging = beginBelonging(database, projected, 'taken');
  const own = belonging.get(foldName(names.table));
  if (own === undefined) return [];
  seedBelonging(database, own, [names.id], { says: isTextOf, value: chat });
  follow(database, belonging, keys);
  return [...belonging.values()];
}

/** Whether a selected row of a table is among those that belong to the chat and are missing now. */
function hasCommon(
  { db }: HostDatabase,
  { comparison, then }: Belonging,
  selected: BelongingTables,
): boolean {
  const own = selected.get(foldName(comparison.staged.live.name));
  return (
    own !== undefined &&
    db
      .prepare(
        `SELECT 1 FROM ${comparison.put} WHERE NOT survivor AND ord IN ${then} AND ord IN ${own.then} LIMIT 1`,
      )
      .get() !== undefined
  );
}
