import type { HostDatabase } from '../host/host-database.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import { columnInStage, tableInStage } from '../stage/staged-table.ts';
import type { Yielder } from '../system/yielder.ts';
import { type Belonging, beginBelonging, follow, isTextOf, seedBelonging } from './belonging.ts';
import type { ChosenTables } from './chosen-rows.ts';
import { findEventColumns, type Reference, valuesOf } from './references.ts';
import {
  isOtherEvent,
  liveNames,
  readRecords,
  readSaid,
  readStagedChats,
  readUnorderedRecords,
  selectLost,
} from './rewind-since.ts';

/*
 * Everything that one rewind took. Which one took an event is told by what superseded it, else by the first later record of
 * a rewind of its chat that went back further. Rows that nothing ties to an event are told by their chat, if only one rewind
 * took anything from it.
 */

/**
 * A temporary table of the events of the snapshot that are lost now. `took`: what names the rewind that took one, the same for
 * all that it took; NULL where nothing tells. `replaced`: another event has its id by now.
 */
const LOST = 'temp.snapback_lost';
/** A temporary table of the rewinds whose events come back. */
const TOOK = 'temp.snapback_took';

type BelongingTables = ReadonlyMap<string, Belonging>;

/** How what comes along is found: the references that lead to it, and who may cancel that. */
export type Search = { readonly keys: readonly Reference[]; readonly yielder: Yielder };

/**
 * Adds the events that were taken by the rewinds which took what belongs to the selected rows, and chooses the rows that are
 * missing since. False: of some of it, nothing tells which rewind took it. Writes temporary tables only, and holds nothing that
 * grows with the log. @throws `schema-needs-host`, `cancelled`
 */
export async function addOperation(
  database: HostDatabase,
  tables: ChosenTables,
  selected: BelongingTables,
  { keys, yielder }: Search,
): Promise<boolean> {
  const log = [...selected.values()].find(({ comparison }) => comparison.staged.role === 'log');
  if (log === undefined) return false;
  const { db } = database;
  await findLost(database, log, yielder);
  const chosen = eventsOf(database, log, selected);
  db.exec(`DROP TABLE IF EXISTS ${TOOK}; CREATE TABLE ${TOOK} (took PRIMARY KEY);
    INSERT OR IGNORE INTO ${TOOK} SELECT took FROM ${LOST} WHERE ord IN (${chosen})`);
  const is = (sql: string, ...values: readonly string[]) => db.prepare(sql).get(...values) !== undefined;
  if (is(`SELECT 1 FROM ${TOOK} WHERE took IS NULL`)) return false;
  const ofOneRewind = db
    .prepare<[], { readonly chat: string; readonly took: string }>(
      `SELECT chat, min(took) AS took FROM ${LOST} WHERE chat IS NOT NULL GROUP BY chat
         HAVING count(took) = count(*) AND min(took) = max(took)`,
    )
    .all();
  for (const { chat, took } of ofOneRewind) {
    await yielder.step();
    const missing = findMissing(database, tables, chat, keys);
    const isTaken = is(`SELECT 1 FROM ${TOOK} WHERE took = ?`, took);
    if (!isTaken && !missing.some((one) => hasCommon(database, one, selected))) continue;
    db.prepare<[string]>(`INSERT OR IGNORE INTO ${TOOK} VALUES (?)`).run(took);
    for (const { put, comparison, then } of missing)
      db.exec(`INSERT OR IGNORE INTO ${put}
        SELECT ord FROM ${comparison.put} WHERE NOT survivor AND ord IN ${then}`);
  }
  const identity = log.comparison.identity.map((_, index) => `p.i${index}`).join(', ');
  db.exec(`INSERT OR IGNORE INTO ${log.then} SELECT ord FROM ${LOST} WHERE took IN ${TOOK};
    INSERT OR IGNORE INTO ${log.now} SELECT ${identity} FROM ${LOST} e CROSS JOIN ${log.comparison.put} p ON p.ord = e.ord
      WHERE p.survivor AND NOT e.replaced AND e.took IN ${TOOK}`);
  return is(`SELECT 1 FROM ${TOOK}`);
}

const PAGE_ROWS = 1_000;

/** Lists the events that are gone, or hidden or superseded, and those of which another one has the id by now. */
async function findLost(database: HostDatabase, log: Belonging, yielder: Yielder): Promise<void> {
  const { db, profile } = database;
  db.exec(`DROP TABLE IF EXISTS ${LOST};
    CREATE TABLE ${LOST} (ord INTEGER PRIMARY KEY, chat TEXT, took TEXT, replaced INTEGER)`);
  const { staged } = log.comparison;
  const idAt = placeOfName(staged.columns, profile.log.columns.id);
  if (idAt === -1) return;
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
  const readRecord = (record: bigint | string) => ({
    record,
    ...(readSaid(database, log.comparison, record) ?? { target: null, chat: null }),
  });
  const records = readRecords(database, log.comparison, after ?? 0n).map(readRecord);
  const unordered = readUnorderedRecords(database, log.comparison).map(readRecord);
  const page = db
    .prepare<[bigint], [bigint, bigint, unknown, bigint, ...unknown[]]>(
      `SELECT p.ord, s.${eventId}, ${live.superseded === null ? 'NULL' : `CAST(l.${live.superseded} AS TEXT)`}, ${isReplaced}, ${columns}
         ${selectLost(database, log.comparison, isReplaced)} AND p.ord > ? ORDER BY p.ord LIMIT ${PAGE_ROWS}`,
    )
    .raw()
    .safeIntegers();
  const add = db.prepare<[bigint, string | null, string | null, bigint]>(
    `INSERT OR IGNORE INTO ${LOST} VALUES (?, ?, ?, ?)`,
  );
  for (let last: bigint | undefined = -1n; last !== undefined; ) {
    await yielder.step();
    const rows = page.all(last);
    for (const [ord, event, superseded, replaced, ...said] of rows) {
      const chat = chatOf(said);
      const isOfChat = (one: { readonly chat: string | null }) => one.chat === null || one.chat === chat;
      // Of several records in no order, nothing tells which one came first.
      const [only, ...others] = unordered.filter(isOfChat);
      const record =
        records.find((one) => isOfChat(one) && (one.target === null || one.target < event)) ??
        (others.length === 0 ? only : undefined);
      const took = typeof superseded === 'string' && replaced !== 1n ? superseded : record?.record.toString();
      add.run(ord, chat, took === undefined ? null : JSON.stringify([chat, took]), replaced);
    }
    last = rows.length < PAGE_ROWS ? undefined : rows.at(-1)?.[0];
  }
}

/** SQL: the selected events, and those that selected rows belong to by a declared column, as their rowids in the stage. */
function eventsOf(database: HostDatabase, log: Belonging, selected: BelongingTables): string {
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
  return [`SELECT ord FROM ${log.then}`, ...found].join(' UNION ');
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
