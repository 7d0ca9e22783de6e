import type { DataFolder } from '../host/data-folder.ts';
import { appendJournal } from '../journal/journal.ts';
import { isSystemError, SnapbackError } from '../model/errors.ts';
import type { CheckResult, RestoreReceipt } from '../model/receipt.ts';
import type { RestorePlan } from '../model/restore.ts';
import { type Draft, discardDraft } from '../snapshots/drafts.ts';
import { publishCheckpoint } from './checkpoint.ts';
import { removeSafetyCopy, type SafetyCopy } from './safety-copy.ts';

/* How a restore ends: what follows COMMIT, or a failure before it. */

const UNPUBLISHED = 'It could not be published yet; that is tried again when this folder is opened next.';

/** What follows COMMIT. No failure here may make a restore that happened look as if it had failed: the next start does what is missing. */
export async function finishRun(
  folder: DataFolder,
  receipt: RestoreReceipt,
  checkpoint: Draft | null,
): Promise<RestoreReceipt> {
  const checkpointId =
    checkpoint === null ? null : await publishCheckpoint(folder, checkpoint).catch(ignoreExpected);
  const missing: CheckResult = { check: 'checkpoint', subject: null, result: 'not-run', detail: UNPUBLISHED };
  const checks = checkpoint !== null && checkpointId === null ? [...receipt.checks, missing] : receipt.checks;
  const finished = { ...receipt, checkpointId, checks };
  const at = new Date().toISOString();
  await appendJournal(folder, { type: 'committed', receipt: finished, at }).catch(ignoreExpected);
  if (checkpointId !== null)
    await appendJournal(folder, {
      type: 'checkpoint-published',
      planId: receipt.planId,
      checkpointId,
      at,
    }).catch(ignoreExpected);
  return finished;
}

function ignoreExpected(error: unknown): null {
  if (error instanceof SnapbackError || isSystemError(error)) return null;
  throw error;
}

type Aborted = {
  readonly plan: RestorePlan;
  readonly safety: SafetyCopy;
  readonly checkpoint: Draft | null;
  readonly announced: boolean;
  readonly error: unknown;
};

/**
 * Cleans up after a restore that wrote nothing. Its safety copy is not needed, and is removed. It stays where the journal
 * announces the restore but its end could not be recorded: then only the copy can later tell that nothing was written.
 */
export async function abortRun(
  folder: DataFolder,
  { plan: { planId }, safety, checkpoint, announced, error }: Aborted,
): Promise<void> {
  const code = error instanceof SnapbackError ? error.code : 'internal';
  // This comes first, because on a full disk it makes room for the line.
  if (checkpoint !== null) await discardDraft(checkpoint);
  const at = new Date().toISOString();
  const told = announced
    ? await appendJournal(folder, { type: 'aborted', planId, code, at }).then(() => true, ignoreExpected)
    : true;
  if (told === true) await removeSafetyCopy(safety);
}
