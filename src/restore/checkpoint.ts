import type { DataFolder } from '../host/data-folder.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import {
  createDraft,
  type Draft,
  discardDraft,
  leaveDraft,
  publishDraft,
  syncDraft,
} from '../snapshots/drafts.ts';
import { PERIODIC_KIND } from '../snapshots/kinds.ts';
import { writeAndCheck } from '../snapshots/take.ts';
import type { AnyDatabase } from '../sqlite/database.ts';

/*
 * The host cold-loads its newest checkpoint. That may be older than a restore, or hold the very state that the restore
 * replaced. So a full restore ends with a fresh one: dumped inside its transaction, published right after COMMIT.
 */

/**
 * Dumps the state that the open transaction sees into a draft. When this returns, the draft and its name are on the disk.
 * @throws as `writeAndCheck` and `syncDraft`; then there is no draft
 */
export async function dumpCheckpoint(folder: DataFolder, db: AnyDatabase, task: TaskOptions): Promise<Draft> {
  const draft = await createDraft(folder, PERIODIC_KIND);
  try {
    await writeAndCheck(db, draft, { profile: folder.profile, phase: 'checkpoint', restore: null }, task);
    await syncDraft(draft);
    return draft;
  } catch (error) {
    await discardDraft(draft);
    throw error;
  }
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
