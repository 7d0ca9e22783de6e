import type { Comparison } from '../compare/compare-table.ts';
import { groupStagedAfter } from '../compare/event-groups.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { type HostDatabase, readHostDatabase } from '../host/host-database.ts';
import { recordAction } from '../journal/actions.ts';
import { readJournal } from '../journal/journal.ts';
import { replayJournal } from '../journal/replay.ts';
import { readLastEventId } from '../log/events.ts';
import type { SnapshotRef } from '../model/diff.ts';
import { SnapbackError } from '../model/errors.ts';
import type { By } from '../model/history.ts';
import type { Replay, RestoreOptions, RestorePlan } from '../model/restore.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { listFilesOfKind } from '../snapshots/files.ts';
import { SAFETY_KIND } from '../snapshots/kinds.ts';
import {
  isNoted,
  isOfAnotherDatabase,
  type NotedSafetyCopy,
  readNote,
  unreadableCopy,
} from '../snapshots/restore-note.ts';
import { type TakenKind, type TakenSnapshot, takeSnapshot } from '../snapshots/take.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import type { Stage } from '../stage/stage.ts';
import { columnInStage } from '../stage/staged-table.ts';
import { createYielder } from '../system/yielder.ts';
import { continuesLog, readLogsAround } from './logs-around.ts';
import { holdsProjections, holdsTables, type NotedContents, readNotedContents } from './noted-contents.ts';

import type { Preflight } from './preflight.ts';

/*
 * After a restore that keeps newer events, the tables hold the log only up to the snapshot's last event, until the host
 * starts and applies the rest. Whatever writes down such a state has to say so: a checkpoint that claimed to hold all
 * events would keep the host from applying them, for ever.
 */

type Planned = {
  readonly options: RestoreOptions;
  readonly snapshot: SnapshotRef;
  readonly stage: Stage;
  readonly comparisons: readonly Comparison[];
};

/**
 * The events that the tables will not hold after a full restore, and the one up to which they hold the log: that of a copied
 * state that was not up to date either, else the snapshot's last one, where newer ones are kept. Null: the
 * tables will hold the whole log. Reads only.
 */
export async function findReplay(
  database: HostDatabase,
  { options, snapshot, stage, comparisons }: Planned,
  task: TaskOptions,
): Promise<{ readonly tablesAt: bigint; readonly shown: Replay } | null> {
  if (options.selection !== undefined || options.merge !== undefined) return null;
  const tablesAt = readStagedTablesAt(stage) ?? (options.keepNewer ? snapshot.lastEventId : null);
  const log = comparisons.find(({ staged }) => staged.role === 'log');
  if (tablesAt === null || log === undefined) return null;
  const place = placeOfName(log.staged.columns, database.profile.log.columns.id);
  const id = columnInStage(log.staged, place);
  const [fromEvent, toEvent] =
    stage.db
      .prepare<[bigint], readonly unknown[]>(
        `SELECT min(${id}), max(${id}) FROM ${log.staged.name} WHERE ${id} > ?`,
      )
      .raw()
      .safeIntegers()
      .get(tablesAt) ?? [];
  if (typeof fromEvent !== 'bigint' || typeof toEvent !== 'bigint') return null;
  const events = await groupStagedAfter(database, log, tablesAt, createYielder(task));
  return { tablesAt, shown: { fromEvent, toEvent, events } };
}

/** The event up to which the tables of a stage hold its log; null: all of it. */
export function readStagedTablesAt({ about }: Stage): bigint | null {
  const before = about?.restore?.tablesAt?.before ?? null;
  return before === null ? null : BigInt(before);
}

type Checked = Pick<Planned, 'snapshot' | 'stage'> & { readonly preflight: Preflight };

/** What the host loads and replays at its next start, if the tables alone are restored. Reads only. */
export function findHostReplay(
  { db, profile }: HostDatabase,
  { preflight: { checkpoint }, snapshot, stage }: Checked,
): NonNullable<RestorePlan['hostReplay']> {
  return {
    checkpoint: checkpoint?.id ?? null,
    afterEvent: checkpoint?.lastEventId ?? 0n,
    upToEvent: readLastEventId(db, profile),
    tablesAtEvent: readStagedTablesAt(stage) ?? snapshot.lastEventId ?? 0n,
  };
}

/**
 * The event up to which the tables hold the log at present; null: all of it, or nobody can tell. Only the newest restore or
 * undo can have left it otherwise, and only until a table changes. That more was appended to the log does not say that
 * what was kept before it is applied; so if a rewind makes the tables what they were left as, it counts as not applied, which
 * loses nothing. Call it in a transaction, or on a copy.
 * @throws `snapshot-unreadable`, `io-failed` where what would tell cannot be read now; `cancelled`, database errors, as `listFilesOfKind`
 */
export async function readTablesAt(
  folder: DataFolder,
  database: HostDatabase,
  task: TaskOptions,
): Promise<bigint | null> {
  const copies = await listFilesOfKind(folder, SAFETY_KIND);
  const unnoted = await readUnnoted(folder, new Set(copies.map(({ id }) => id)));
  // The checkpoint, too, holds what the restore left in the tables.
  if (unnoted !== null && (await holdsProjections(folder, database, unnoted.checkpointId, task)))
    return unnoted.tablesAt;
  for (const { id } of copies) {
    const copy = await readNote(folder, id);
    if (copy === 'unreadable') throw unreadableCopy(id);
    if (!isNoted(copy) || (await isOfAnotherDatabase(folder, copy))) continue;
    const { before = null, after = null } = copy.note.tablesAt ?? {};
    if (before === null && after === null) return null;
    const contents = await readNotedContents(folder, copy, task);
    if (contents === null) return null;
    if (await isAsLeft({ folder, database }, { copy, contents }, task))
      return after === null ? null : BigInt(after);
    if (before !== null && (await holdsTables(database, contents.before, task))) return BigInt(before);
    // That restore may never have been committed. Then what the one before it left still stands.
  }
  return null;
}

/**
 * Where it would be noted that the tables do not hold the whole log: the safety copy or the checkpoint of a restore. Null:
 * nowhere, so they hold all of it. Reads no contents. @throws as `listFilesOfKind`
 */
export async function findTablesAtNote(folder: DataFolder): Promise<SnapshotId | null> {
  const copies = await listFilesOfKind(folder, SAFETY_KIND);
  const unnoted = await readUnnoted(folder, new Set(copies.map(({ id }) => id)));
  if (unnoted !== null) return unnoted.checkpointId;
  for (const { id } of copies) {
    const copy = await readNote(folder, id);
    if (!isNoted(copy) || (await isOfAnotherDatabase(folder, copy))) continue;
    const { before = null, after = null } = copy.note.tablesAt ?? {};
    return before === null && after === null ? null : id;
  }
  return null;
}

/** What the newest restore left, by the journal, where its safety copy has been deleted; null where all is told by the copy. */
async function readUnnoted(folder: DataFolder, copies: ReadonlySet<SnapshotId>) {
  const newest = replayJournal(await readJournal(folder)).committed.at(-1);
  const replay = newest?.receipt?.replay ?? null;
  if (newest === undefined || replay === null || newest.checkpointId === null) return null;
  return copies.has(newest.safetyCopyId)
    ? null
    : { checkpointId: newest.checkpointId, tablesAt: replay.fromEvent - 1n };
}

/** Whether the tables hold what a restore left, and the log as well, up to what was appended since. */
async function isAsLeft(
  { folder, database }: Live,
  { copy, contents }: Left,
  task: TaskOptions,
): Promise<boolean> {
  const log = foldName(database.profile.log.table);
  const tables = contents.after.filter(({ name }) => foldName(name) !== log);
  if (!(await holdsTables(database, tables, task))) return false;
  const logs = await readLogsAround(folder, database, { copy, after: null }, task);
  return logs === 'unwritten' || (logs !== null && continuesLog(database, logs.after));
}

type Live = { readonly folder: DataFolder; readonly database: HostDatabase };
type Left = { readonly copy: NotedSafetyCopy; readonly contents: NotedContents };

/**
 * Takes a snapshot, but not while the tables do not hold the whole log: the host would take it for a state in which the
 * newest events are applied. Notes that it was taken. @throws `events-not-applied`, and as `takeSnapshot`
 */
export async function takeUpToDate(
  folder: DataFolder,
  kind: TakenKind,
  task: TaskOptions = {},
  by: By = 'person',
): Promise<TakenSnapshot> {
  const refuse = async (db: AnyDatabase) => {
    const tablesAt = await readTablesAt(folder, readHostDatabase(db, folder.profile), task);
    if (tablesAt === null) return;
    throw new SnapbackError(
      'events-not-applied',
      'The chat app has not yet applied the newer events that were kept.',
      { after: `${tablesAt}` },
    );
  };
  const taken = await takeSnapshot(folder, kind, task, refuse);
  await recordAction(folder, { did: 'take', by, snapshotId: taken.id });
  return taken;
}
