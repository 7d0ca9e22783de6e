import { unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import type { AnyDatabase } from './database.ts';
import { hasSystemCode, SnapbackError } from './errors.ts';
import { syncFolder } from './folders.ts';
import { noteFaults } from './integrity.ts';
import type { SnapshotId, TaskOptions } from './model.ts';
import type { PreparedPlan } from './plan.ts';
import { createDraft, discardDraft, publishDraft } from './snapshot-drafts.ts';
import { writeAndCheck } from './take.ts';

export type SafetyCopy = { readonly id: SnapshotId; readonly file: string };

/**
 * Dumps what a restore is about to replace, reads it back and publishes it as a snapshot of kind `restore`. When this
 * returns, the copy is on the disk; on any error there is none. The caller holds the transaction that makes the copy
 * exactly the state that is replaced.
 */
export async function takeSafetyCopy(
  folder: DataFolder,
  db: AnyDatabase,
  { plan, comparisons, integrity }: PreparedPlan,
  task: TaskOptions,
): Promise<SafetyCopy> {
  const draft = await createDraft(folder, 'restore');
  try {
    await writeAndCheck(db, draft, folder, 'safety-copy', task, () => ({
      planId: plan.planId,
      action: plan.action,
      snapshotId: plan.snapshot.id,
      snapshotTakenAt: plan.snapshot.takenAt,
      mode: plan.options.mode,
      after: comparisons.map(({ staged }) => ({
        name: staged.live.name,
        columns: staged.columns,
        hash: staged.hash,
      })),
      faults: noteFaults(integrity),
    }));
    return await publishDraft(folder, draft);
  } catch (error) {
    await discardDraft(draft);
    throw error;
  }
}

/** Takes back a safety copy of a restore that wrote nothing. */
export async function removeSafetyCopy({ file }: SafetyCopy): Promise<void> {
  try {
    await unlink(file);
    await syncFolder(dirname(file));
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return;
    throw new SnapbackError('io-failed', 'A file of ours could not be removed.', { path: file }, error);
  }
}
