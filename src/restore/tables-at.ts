import type { Comparison } from '../compare/compare-table.ts';
import { groupStagedAfter } from '../compare/event-groups.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { type HostDatabase, readHostDatabase } from '../host/host-database.ts';
import type { SnapshotRef } from '../model/diff.ts';
import { SnapbackError } from '../model/errors.ts';
import type { Replay, RestoreOptions } from '../model/restore.ts';
import type { TaskOptions } from '../model/task.ts';
import { listSnapshotFiles } from '../snapshots/files.ts';
import { SAFETY_KIND } from '../snapshots/kinds.ts';
import { isNoted, isOfAnotherDatabase, readNote } from '../snapshots/restore-note.ts';
import { type TakenKind, type TakenSnapshot, takeSnapshot } from '../snapshots/take.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { placeOfName } from '../sqlite/names.ts';
import type { Stage } from '../stage/stage.ts';
import { columnInStage } from '../stage/staged-table.ts';
import { createYielder } from '../system/yielder.ts';
import { holdsTables, readNotedContents } from './noted-contents.ts';

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
 * The events that the tables will not hold after a full restore, and the one up to which they hold the log: the
 * snapshot's last one, where newer ones are kept, or that of a copied state that was not up to date either. Null: the
 * tables will hold the whole log. Reads only.
 */
export async function findReplay(
  database: HostDatabase,
  { options, snapshot, stage, comparisons }: Planned,
  task: TaskOptions,
): Promise<{ readonly tablesAt: bigint; readonly shown: Replay } | null> {
  const before = stage.about?.restore?.tablesAt?.before ?? null;
  const tablesAt = options.keepNewer ? snapshot.lastEventId : before === null ? null : BigInt(before);
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

/**
 * The event up to which the tables hold the log at present; null: all of it. Only the newest restore or undo can have left
 * it otherwise, and only as long as nobody has written since. Call it in a transaction, or on a copy.
 * @throws `cancelled`, database errors, as `listSnapshotFiles`
 */
export async function readTablesAt(
  folder: DataFolder,
  database: HostDatabase,
  task: TaskOptions,
): Promise<bigint | null> {
  for (const { id, kind } of await listSnapshotFiles(folder)) {
    if (kind !== SAFETY_KIND) continue;
    const copy = await readNote(folder, id);
    if (!isNoted(copy) || (await isOfAnotherDatabase(folder, copy))) continue;
    const { before = null, after = null } = copy.note.tablesAt ?? {};
    if (before === null && after === null) return null;
    const contents = await readNotedContents(folder, copy, task);
    if (contents === null) return null;
    if (after !== null && (await holdsTables(database, contents.after, task))) return BigInt(after);
    return before !== null && (await holdsTables(database, contents.before, task)) ? BigInt(before) : null;
  }
  return null;
}

/**
 * Takes a snapshot, but not while the tables do not hold the whole log: the host would take it for a state in which the
 * newest events are applied. @throws `events-not-applied`, and as `takeSnapshot`
 */
export async function takeUpToDate(
  folder: DataFolder,
  kind: TakenKind,
  task: TaskOptions = {},
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
  return takeSnapshot(folder, kind, task, refuse);
}
