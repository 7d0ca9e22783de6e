import type { DataFolder } from '../host/data-folder.ts';
import type { JournalState } from '../journal/replay.ts';
import type { RestoredState } from '../model/receipt.ts';
import type { TaskOptions } from '../model/task.ts';
import type { Look } from '../snapshots/files.ts';
import { readHeldState } from './held-state.ts';
import { findNewest, type Newest, readStory } from './newest-restore.ts';

/**
 * The newest restore that was committed, and what the database holds since; null where there is none or nobody can tell.
 * It is known from the journal, or where that lacks it, from the safety copies, which name the content before and after.
 * Where the content did not tell once, this process does not look again: that takes a copy of the database, and what was
 * written since does not make it clearer. `look`: a look from just before.
 * @throws as `withReadView`, where content has to be looked at
 */
export async function readRestoredState(
  folder: DataFolder,
  task: TaskOptions = {},
  look: Look | null = null,
): Promise<RestoredState | null> {
  const { journal, unsettled } = await readStory(folder, look);
  const question = JSON.stringify(unsettled.map(({ safetyCopyId }) => safetyCopyId));
  if (unsettled.length > 0 && unanswered.get(folder) === question) return null;
  const newest = await findNewest(folder, { journal, unsettled }, task);
  if (newest.found === 'undecided') unanswered.set(folder, question);
  return newest.found === 'copy' ? describeState(folder, newest, journal) : null;
}

/** For each open folder, the restores where the content did not tell whether they were made. A cache: losing it costs time only. */
const unanswered = new WeakMap<DataFolder, string>();

async function describeState(
  folder: DataFolder,
  { copy, receipt }: Extract<Newest, { readonly found: 'copy' }>,
  journal: JournalState,
): Promise<RestoredState> {
  const { id, note } = copy;
  return {
    planId: note.planId,
    action: note.action,
    snapshotId: note.snapshotId,
    snapshotTakenAt: note.snapshotTakenAt,
    holds: await readHeldState(folder, copy, journal),
    safetyCopyId: id,
    finishedAt: receipt?.finishedAt ?? null,
    tablesVerified: note.after.length,
  };
}
