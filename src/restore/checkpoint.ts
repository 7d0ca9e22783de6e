import type { DataFolder } from '../host/data-folder.ts';
import { ownAsDatabase } from '../host/folders.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { HashedFile } from '../snapshot-file/seal.ts';
import {
  createDraft,
  type Draft,
  discardDraft,
  leaveDraft,
  publishDraft,
  syncDraft,
} from '../snapshots/drafts.ts';
import { PERIODIC_KIND } from '../snapshots/kinds.ts';
import { openSnapshotFile } from '../snapshots/open-file.ts';
import { writeAndCheck } from '../snapshots/take.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName } from '../sqlite/names.ts';
import { staleError } from '../sqlite/transaction.ts';
import { constants, copyFile } from '../system/files.ts';
import { throwIfCancelled } from '../system/yielder.ts';
import type { PreparedPlan } from './plan.ts';
import { isPart } from './refusals.ts';

/*
 * The host cold-loads its newest checkpoint. That may be older than a restore, or hold the very state that the restore
 * replaced. So a full restore ends with a fresh one: a copy of the snapshot's bytes where the result is exactly what they
 * hold, else dumped inside its transaction. It is published right after COMMIT.
 */

/** The state that a transaction sees. `tablesAt`: the event up to which its tables hold the log; null: all of it. */
export type CheckpointState = { readonly db: AnyDatabase; readonly tablesAt: bigint | null };

/**
 * Dumps a state into a draft, without the events that its tables do not hold yet. When this returns, the draft and its name
 * are on the disk. @throws as `writeAndCheck` and `syncDraft`; then there is no draft
 */
export async function dumpCheckpoint(
  folder: DataFolder,
  { db, tablesAt }: CheckpointState,
  task: TaskOptions,
): Promise<Draft> {
  const draft = await createDraft(folder, PERIODIC_KIND);
  try {
    const request = { profile: folder.profile, phase: 'checkpoint', restore: null, tablesAt } as const;
    await writeAndCheck(db, draft, request, task);
    await syncDraft(draft);
    return draft;
  } catch (error) {
    await discardDraft(draft);
    throw error;
  }
}

/**
 * Whether a restored database is exactly what the snapshot's file holds, so that the file itself can be its checkpoint: a
 * JSON file without a restore's note, restored as a whole, in which the host finds all that we find, of which every table of the profile is
 * written, with nothing left out, guessed, converted or chosen.
 */
function isExact(
  { plan, stage, comparisons, derived }: PreparedPlan,
  { schema, profile }: HostDatabase,
): boolean {
  const whole = new Map(
    comparisons.map(({ staged, liveOnly }) => [foldName(staged.live.name), liveOnly.length === 0]),
  );
  return (
    (stage.about === null || (stage.about.format !== 3 && stage.about.restore === null)) &&
    stage.hostFindsAll &&
    plan.options.mode === 'full' &&
    !isPart(plan) &&
    plan.options.clearTables.length === 0 &&
    [...stage.drift, ...stage.unreadable, ...stage.guessedBlobs, ...derived].length === 0 &&
    [profile.log.table, ...profile.tables]
      .map(foldName)
      .every((name) =>
        schema.tables.has(name) || schema.unreadable.has(name) ? whole.get(name) === true : true,
      )
  );
}

/**
 * Copies the snapshot's bytes into a draft, before anything is written to the database. Null where the result will not be
 * exactly what they hold. When this returns a draft, its bytes are on the disk; `mayBeCheckpoint` judges them.
 * @throws `disk-full`, `io-failed`, `cancelled`; then there is no draft
 */
export async function copyCheckpoint(
  folder: DataFolder,
  database: HostDatabase,
  prepared: PreparedPlan,
  task: TaskOptions,
): Promise<Draft | null> {
  const { id, sizeBytes: total } = prepared.plan.snapshot;
  const report = (done: number) =>
    task.onProgress?.({ phase: 'checkpoint', done, total, unit: 'bytes', cancellable: true });
  if (!isExact(prepared, database)) return null;
  const source = await openSnapshotFile(folder, id);
  await source.handle.close();
  if (source.form !== 'json') return null;
  const draft = await createDraft(folder, PERIODIC_KIND);
  try {
    report(0);
    throwIfCancelled(task);
    await copyFile(source.path, draft.path, constants.COPYFILE_FICLONE);
    // The copy took over the mode of the snapshot.
    await ownAsDatabase(folder, draft.handle);
    await syncDraft(draft);
    report(total);
    return draft;
  } catch (error) {
    await discardDraft(draft);
    throw error;
  }
}

/**
 * Whether a copied snapshot can be the checkpoint: it is what the host reads on every system. `hashed`: its bytes, which have
 * to be those that the plan was made from. @throws `plan-stale` where the snapshot has changed since
 */
export function mayBeCheckpoint({ plan }: PreparedPlan, hashed: HashedFile): boolean {
  if (hashed.sha256 !== plan.snapshot.sha256) throw staleError();
  return hashed.ascii;
}

/**
 * Publishes the checkpoint under a name that the host takes for its newest, even where others are dated in the future.
 * @throws as `publishDraft`; then the draft stays, for a later start to publish
 */
export async function publishCheckpoint(folder: DataFolder, draft: Draft): Promise<SnapshotId> {
  try {
    return (await publishDraft(folder, draft, { after: 'every-other' })).id;
  } catch (error) {
    await leaveDraft(draft);
    throw error;
  }
}
