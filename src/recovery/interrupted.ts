import type { DataFolder } from '../host/data-folder.ts';
import { readJournal } from '../journal/journal.ts';
import { type JournalState, replayJournal } from '../journal/replay.ts';
import { orNull, unlessCancelled } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { type Look, lookAtSnapshots } from '../snapshots/files.ts';
import { fetchPart } from '../system/fetch-part.ts';
import { sweepPrivateFolders } from '../system/private-folder.ts';
import type { Finished } from './settle.ts';
import { sweepDrafts } from './sweep-drafts.ts';
import { listUnsettled } from './unsettled-restores.ts';

/**
 * Finishes what a killed process left. A restore that was committed gets its fresh checkpoint, one that was not is
 * recorded as such, and our own temporary files are removed. A restore that can't be judged now is left alone and
 * judged again the next time. Never touches the database. Call it when a data folder is opened.
 * @throws `cancelled`, `io-failed`; whatever is unfinished is finished the next time
 */
export async function finishInterrupted(
  folder: DataFolder,
  task: TaskOptions = {},
): Promise<readonly Finished[]> {
  return (await finishAndLook(folder, task)).finished;
}

/**
 * As `finishInterrupted`, with a look at the snapshots as they are now; null where their folder cannot be read.
 * @throws as it does
 */
export async function finishAndLook(
  folder: DataFolder,
  task: TaskOptions = {},
): Promise<{ readonly finished: readonly Finished[]; readonly look: Look | null }> {
  await sweepPrivateFolders();
  const look = await lookAtSnapshots(folder).catch(unlessCancelled);
  const journal = replayJournal(await readJournal(folder));
  const isSettled = await isAllSettled(folder, journal, look);
  const finished = isSettled
    ? []
    : await (await fetchPart(() => import('./settle.ts'))).settleInterrupted({ folder, task }, journal);
  const swept = look === null ? [] : await sweepDrafts(folder, look);
  // A checkpoint may have been published where the journal could not record it, so that nothing counts as finished.
  const isSame = isSettled && swept.length === 0;
  return { finished, look: isSame ? look : await lookAtSnapshots(folder).catch(unlessCancelled) };
}

/** Whether nothing is left to finish, as is nearly always so. */
async function isAllSettled(folder: DataFolder, journal: JournalState, look: Look | null): Promise<boolean> {
  if (journal.open.length > 0) return false;
  return (await listUnsettled(folder, journal, look).catch(orNull()))?.length === 0;
}
