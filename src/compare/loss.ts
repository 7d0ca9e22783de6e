import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { Profile } from '../host/profile.ts';
import { parseTime, shownTime, timeColumn } from '../log/last-time.ts';
import { readChatNames } from '../log/payload.ts';
import type { NewerEvents, SnapshotRef } from '../model/diff.ts';
import type { Loss, SaidMessage, Way } from '../model/happened.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { placeOfName } from '../sqlite/names.ts';
import { STAGE_SCHEMA, stageColumn } from '../stage/layout.ts';
import { withStagedLive } from '../stage/staged-live.ts';
import { createYielder } from '../system/yielder.ts';
import { compareSnapshot, compareTables } from './compare-snapshot.ts';
import { type EventGroups, groupEvents, selectReturning, shortenText } from './event-groups.ts';
import type { EventMatch } from './match-events.ts';

export type Weight = {
  readonly way: Way;
  /** When the last event in the snapshot happened, ISO 8601 in UTC; null where the log has no times. */
  readonly lastEventAt: string | null;
};

/**
 * Tells what restoring the snapshot would do to the log, without looking at any other table. Reads only.
 * @throws as `diffSnapshot`
 */
export async function weighSnapshot(folder: DataFolder, id: SnapshotId, task: TaskOptions): Promise<Weight> {
  return withStagedLive(folder, id, task, async ({ database, stage, snapshot }) => {
    const log = stage.tables.filter(({ role }) => role === 'log');
    const yielder = createYielder(task);
    const { match } = await compareTables(database, log, 'differing', yielder);
    const groups = await groupEvents(database, match, yielder);
    const lastEventAt = match === null ? null : readLastEventTime(database, match);
    return { way: wayOf(database.profile, snapshot, groups), lastEventAt };
  });
}

/** Tells what restoring the snapshot would bring back, table by table, with the last messages. @throws as `diffSnapshot` */
export async function readLoss(folder: DataFolder, id: SnapshotId, task: TaskOptions): Promise<Loss> {
  return withStagedLive(folder, id, task, async ({ database, stage, snapshot }) => {
    const { match, tables } = await compareSnapshot(database, stage, 'differing', task);
    const groups = await groupEvents(database, match, createYielder(task));
    const lastMessages = match === null ? [] : readLastMessages(database, match);
    return { ...wayOf(database.profile, snapshot, groups), tables, lastMessages };
  });
}

type Snapshot = Pick<SnapshotRef, 'id' | 'takenAt' | 'lastEventId'>;

function wayOf(profile: Profile, snapshot: Snapshot, { returning, newer }: EventGroups): Way {
  return {
    snapshotId: snapshot.id,
    takenAt: snapshot.takenAt,
    ...stayingOf(profile, snapshot, newer),
    rewoundAt: rewoundAtOf(returning, newer),
    returningEvents: returning,
    newerEvents: newer,
  };
}

/** In which ways newer events could stay, as far as this tells: the plan also looks whether it holds what it says. */
function stayingOf(
  { log }: Profile,
  { lastEventId }: Snapshot,
  newer: readonly NewerEvents[],
): Pick<Way, 'keepsNewer' | 'mergesNewer'> {
  const records = newer.reduce((sum, one) => sum + one.rewindRecords, 0);
  const isNewer = lastEventId !== null && newer.every(({ first }) => first.id > lastEventId);
  const mergesNewer = isNewer && log.joined.length === 0 && !(records > 0 && log.gapless);
  return { mergesNewer, keepsNewer: mergesNewer && log.replays && records <= 1 };
}

/** The newest recorded rewind of a chat that something comes back to; where records name no such chat, the newest of all. */
function rewoundAtOf(returning: readonly NewerEvents[], newer: readonly NewerEvents[]): string | null {
  const back = new Set(returning.filter(({ events, hidden }) => events > hidden).map(({ chat }) => chat));
  const timesOf = (groups: readonly NewerEvents[]) =>
    groups.flatMap(({ rewoundAt }) => toIso(rewoundAt) ?? []).toSorted();
  return timesOf(newer.filter(({ chat }) => back.has(chat))).at(-1) ?? timesOf(newer).at(-1) ?? null;
}

/** A time as `shownTime` gives it, in ISO 8601; null where it has an unknown form. */
function toIso(ts: string | null): string | null {
  if (ts === null) return null;
  const time = parseTime(ts, null);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function readLastEventTime({ db, profile }: HostDatabase, { log }: EventMatch): string | null {
  const { name, columns } = log.staged;
  const place = placeOfName(columns, timeColumn(profile.log));
  const placedBy = profile.log.order === null ? -1 : placeOfName(columns, profile.log.order);
  if (place === -1) return null;
  const order = placedBy === -1 ? 'rowid' : `${stageColumn(placedBy)} COLLATE BINARY DESC, rowid`;
  const stored = db
    .prepare<[], unknown>(
      `SELECT ${stageColumn(place)} FROM ${STAGE_SCHEMA}.${name} ORDER BY ${order} DESC LIMIT 1`,
    )
    .pluck()
    .safeIntegers()
    .get();
  return toIso(shownTime(asText(stored), profile.log));
}

function asText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

const MOST_MESSAGES = 3;
const LONGEST_MESSAGE = 600;
/** So many events are looked at to find these messages. */
const MOST_LOOKED_AT = 1_000;

/** The last messages that come back, oldest first. */
function readLastMessages(database: HostDatabase, { log }: EventMatch): readonly SaidMessage[] {
  const { db } = database;
  const found: Omit<SaidMessage, 'chatName'>[] = [];
  const { sql, order, reader } = selectReturning(database, log);
  const newestFirst = db
    .prepare<[number], unknown[]>(`${sql} ORDER BY ${order} DESC LIMIT ?`)
    .raw()
    .safeIntegers();
  for (const values of newestFirst.iterate(MOST_LOOKED_AT)) {
    const { id, ts, chat, speaker, text, isRewind } = reader.read(values);
    if (text === null || isRewind || values[reader.columns.length] === 1n) continue;
    found.push({
      event: typeof id === 'bigint' ? id : 0n,
      chat,
      speaker,
      text: shortenText(text, LONGEST_MESSAGE),
      at: toIso(ts),
    });
    if (found.length === MOST_MESSAGES) break;
  }
  const names = readChatNames(database);
  return found
    .toReversed()
    .map((one) => ({ ...one, chatName: one.chat === null ? null : (names.get(one.chat) ?? null) }));
}
