import type { DataFolder } from '../host/data-folder.ts';
import type { OpenRestore } from '../journal/replay.ts';
import { isRunningHere } from '../journal/under-way.ts';
import { draftMaker } from '../snapshots/drafts.ts';
import { isRunning } from '../system/process-mark.ts';

/** Whether somebody is still making the restore. Another process has finished once it has recorded the end of it. */
export function isInHands(folder: DataFolder, { entry, committed }: OpenRestore): boolean {
  const { planId, by, checkpointDraft } = entry;
  if (isRunningHere(folder, planId)) return true;
  // In lines of earlier versions only the draft's name tells which process wrote them.
  const pid = by === null && checkpointDraft !== null ? draftMaker(checkpointDraft) : null;
  const maker = by ?? (pid === null ? null : { pid, started: null });
  return !committed && maker !== null && maker.pid !== process.pid && isRunning(maker);
}
