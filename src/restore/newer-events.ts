import { createHash } from 'node:crypto';
import type { HostDatabase } from '../host/host-database.ts';
import { columnSource, markedSql } from '../log/flags.ts';
import { parseJson } from '../log/payload.ts';
import type { Referring } from '../model/restore.ts';
import type { TaskOptions } from '../model/task.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { createRowInsert } from '../sqlite/insert-row.ts';
import { placeOfName, quoteName } from '../sqlite/names.ts';
import { sqliteCode } from '../sqlite/result-codes.ts';
import { createTableHasher, type SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import { columnInStage, type StagedTable } from '../stage/staged-table.ts';
import { createYielder } from '../system/yielder.ts';

/** The log of a stage that may be written to, and the event after which the live ones are newer. */
export type Target = {
  readonly db: WriteDatabase;
  readonly staged: StagedTable;
  readonly after: bigint;
  /** Newer events that are not copied, and set no flags either. */
  readonly leaveOut: ReadonlySet<bigint>;
};

export type CopiedEvents = {
  readonly events: number;
  /** The ids of the records of rewinds, which were left out. */
  readonly records: readonly bigint[];
  /** The ids of the events that were left out as they were asked to be. */
  readonly leftOut: readonly bigint[];
  readonly referring: readonly Referring[];
  /** An event that was copied is superseded by one that was left out, so nobody knows how it was before. */
  readonly isReplaced: boolean;
  /** Whether a newer event has the key of one that the stage holds. Then not all were copied. */
  readonly keyTaken: boolean;
  readonly hash: string;
};

/** Copies the newer events into the stage, but no record of a rewind. @throws `cancelled`, database errors */
export async function copyNewerEvents(
  { db, staged, after, leaveOut }: Target,
  { db: live, schema, profile }: HostDatabase,
  task: TaskOptions,
): Promise<CopiedEvents> {
  const { columns } = staged;
  const { id, kind, payload, supersededBy } = profile.log.columns;
  const [idAt = -1, kindAt = -1, byAt = -1] = [id, kind, supersededBy].map((name) =>
    placeOfName(columns, name),
  );
  const payloadAt = profile.log.payloadForm === 'opaque' ? -1 : placeOfName(columns, payload);
  const insert = createInsert(db, staged);
  const hasher = createTableHasher(columns);
  const yielder = createYielder(task);
  const records: bigint[] = [];
  const leftOut: bigint[] = [];
  const referring: Referring[] = [];
  let [events, keyTaken, isReplaced] = [0, false, false];
  const order = `WHERE ${quoteName(id)} > ${after} ORDER BY ${quoteName(id)}`;
  const source = { schemaName: 'main', table: staged.live.name, columns, order, encoding: schema.encoding };
  for (const row of readRows(live, source)) {
    const [eventId, what] = [row[idAt], row[kindAt]];
    const isRewind = typeof what === 'string' && profile.chat.rewindKinds.includes(what);
    if (isRewind && typeof eventId === 'bigint') records.push(eventId);
    else if (typeof eventId === 'bigint' && leaveOut.has(eventId)) leftOut.push(eventId);
    else if (insert(row)) {
      hasher.add(row);
      events += 1;
      isReplaced ||= leaveOut.has(asId(row[byAt]) ?? -1n);
      if (typeof eventId === 'bigint' && leaveOut.size > 0 && referring.length < MOST_REFERRING)
        for (const to of findIds(row[payloadAt], leaveOut)) referring.push({ event: eventId, to });
    } else {
      keyTaken = true;
      break;
    }
    await yielder.step();
  }
  return { events, records, leftOut, referring, isReplaced, keyTaken, hash: hasher.finish().hash };
}

const MOST_REFERRING = 20;

function asId(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  return (typeof value === 'string' || typeof value === 'number') && /^\d{1,18}$/.test(String(value))
    ? BigInt(value)
    : null;
}

/** Those of the ids that a payload holds as a value, at any depth. */
function findIds(payload: unknown, ids: ReadonlySet<bigint>): readonly bigint[] {
  const found = new Set<bigint>();
  const open: unknown[] = [parseJson(payload)];
  while (open.length > 0) {
    const value = open.pop();
    const id = asId(value);
    if (id !== null && ids.has(id)) found.add(id);
    if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) open.push(inner);
  }
  return [...found];
}

/** Adds a row behind those of a staged table. False if its key is taken. */
function createInsert(db: WriteDatabase, staged: StagedTable): (row: readonly SqlValue[]) => boolean {
  const places = staged.columns.map((_, index) => columnInStage(staged, index));
  const insert = createRowInsert(db, staged.name, places);
  return (row) => {
    try {
      insert(row);
      return true;
    } catch (error) {
      if (sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT') === true) return false;
      throw error;
    }
  };
}

/**
 * Whether the rewind also took events that are newer than the snapshot: those which its record supersedes, or which were
 * hidden or marked before it and nothing tells why. Without its record they would stay so, or refer to nothing.
 */
export function tookNewer({ staged, after }: Target, { db, profile }: HostDatabase, record: bigint): boolean {
  const find = columnSource(
    staged.live.columns.map(({ name }) => name),
    quoteName,
  );
  const { columns, marker } = profile.log;
  const [id, hidden, superseded] = [columns.id, columns.hidden, columns.supersededBy].map(find);
  const isHidden = `(${hidden} IS TRUE OR ${markedSql(marker, find)})`;
  return (
    db
      .prepare<[bigint, bigint, bigint], unknown>(
        `SELECT 1 FROM main.${quoteName(staged.live.name)} WHERE ${id} > ?
          AND (CAST(${superseded} AS INTEGER) = ? OR (${isHidden} AND ${superseded} IS NULL AND ${id} < ?)) LIMIT 1`,
      )
      .get(after, record, record) !== undefined
  );
}

/** The flags of the log that the live table and the stage have, that of superseding first; null where that one is missing. */
function findFlags({ staged }: Target, { profile }: HostDatabase) {
  const { columns, marker } = profile.log;
  const named = [columns.supersededBy, columns.hidden, ...(marker === null ? [] : [marker.column])];
  const flags = named.filter((name) => placeOfName(staged.columns, name) !== -1);
  const places = [columns.id, ...flags].map((name) => placeOfName(staged.columns, name));
  if (flags[0] !== columns.supersededBy || places.includes(-1)) return null;
  const [idHere = '', ...here] = [columns.id, ...flags].map(quoteName);
  const [idThere = '', ...there] = places.map((place) => columnInStage(staged, place));
  return { flags, here: { id: idHere, flags: here }, there: { id: idThere, flags: there } };
}

/**
 * Gives earlier events in the stage the flags by which newer ones supersede them: they are part of what was written since,
 * as when somebody has edited a message. `record` is that of the rewind, whose own flags go with it. Returns what was
 * written, as a hash; null if there was nothing.
 */
export function copyMarks(
  target: Target,
  database: HostDatabase,
  record: bigint | null,
): { readonly events: number; readonly hash: string } {
  const found = findFlags(target, database);
  const hasher = createTableHasher(['id', ...(found?.flags ?? [])]);
  if (found === null) return { events: 0, hash: hasher.finish().hash };
  const { here, there } = found;
  const { db, staged, after } = target;
  const names = here.flags.map((_, place) => `flag_${place}`);
  db.exec(`CREATE TEMP TABLE marks (id INTEGER PRIMARY KEY, ${names.join(', ')})`);
  const add = db.prepare<SqlValue[]>(
    `INSERT OR IGNORE INTO marks VALUES (?, ${names.map(() => '?').join(', ')})`,
  );
  const [superseded = ''] = here.flags;
  const marked = database.db
    .prepare<[bigint, bigint], SqlValue[]>(
      `SELECT ${here.id}, ${here.flags.join(', ')} FROM main.${quoteName(staged.live.name)}
        WHERE typeof(${here.id}) = 'integer' AND ${here.id} <= ? AND CAST(${superseded} AS INTEGER) > ? ORDER BY ${here.id}`,
    )
    .raw()
    .safeIntegers();
  let events = 0;
  for (const row of marked.iterate(after, after)) {
    const by = asId(row[1]);
    if (by !== null && (by === record || target.leaveOut.has(by))) continue;
    add.run(...row);
    hasher.add(row);
    events += 1;
  }
  if (events > 0)
    db.exec(`UPDATE ${staged.name} SET (${there.flags.join(', ')}) =
      (SELECT ${names.join(', ')} FROM marks WHERE marks.id = ${there.id}) WHERE ${there.id} IN (SELECT id FROM marks)`);
  return { events, hash: hasher.finish().hash };
}

/** How many live events the log has up to the snapshot's last one. */
export function countEarlier({ staged, after }: Target, { db, profile }: HostDatabase): number {
  const id = quoteName(profile.log.columns.id);
  const count = db.prepare<[bigint], unknown>(
    `SELECT count(*) FROM main.${quoteName(staged.live.name)} WHERE ${id} <= ?`,
  );
  return Number(count.pluck().get(after));
}

/** One name for what was copied. */
export function nameCopied(...hashes: readonly string[]): string {
  return createHash('sha256').update(hashes.join()).digest('hex');
}
