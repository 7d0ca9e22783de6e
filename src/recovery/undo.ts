import type { DataFolder } from '../host/data-folder.ts';
import { checkDatabase } from '../host/find-database.ts';
import { SnapbackError } from '../model/errors.ts';
import type { PlanOutcome, RestoreReceipt } from '../model/receipt.ts';
import type { Rehearsal } from '../model/rehearsal.ts';
import type { RestoreConsents, RestorePlan } from '../model/restore.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { RestoreRequest } from '../restore/planned-copy.ts';
import { type RehearsalOptions, rehearseRestore } from '../restore/rehearse-on-copy.ts';
import { applyRestore, defaultRestoreOptions, type PlanOptions, planRestore } from '../restore/restore.ts';
import type { ApplyOptions } from '../restore/run.ts';
import type { NoNote, NotedSafetyCopy } from '../snapshots/restore-note.ts';
import { whileMarked } from '../system/private-folder.ts';
import { findNewest, type Newest, readStory } from './newest-restore.ts';
import { readRestoreHistory } from './restore-history.ts';
import { wayBackOf } from './way-back.ts';

/**
 * How the newest try of a plan ended, for a caller whose process was killed before it heard the answer. Call it after
 * `finishInterrupted`, when nobody is working on that plan any more. @throws as `findNewest`
 */
export async function readPlanOutcome(
  folder: DataFolder,
  planId: string,
  task: TaskOptions = {},
): Promise<PlanOutcome> {
  const newest = await findNewest(folder, await readStory(folder), task);
  if (newest.found === 'undecided') return 'unknown';
  const found = newest.found === 'copy' ? newest.copy.note.planId : newest.planId;
  return found === planId ? 'made' : 'not-made';
}

/** What an undo is asked with. The mode is not among it: the safety copy knows how its restore was made. */
type UndoOptions = Partial<RestoreConsents> & {
  /**
   * The restore, undo or redo to take back, by its safety copy: what `readRestoreHistory` names for Undo or Redo. Anything
   * else is refused, because taking back a step in the middle would take back what came after it, too. Null: the newest.
   */
  readonly of?: SnapshotId | null | undefined;
};

/**
 * Plans the undo of the newest restore, or of the one that is named: its safety copy is restored in the mode in which that
 * restore was made. An undo is a restore with a safety copy of its own, so it can be undone too. Writes nothing.
 * @throws `nothing-to-undo`, and as `planRestore`
 */
export async function planUndo(
  folder: DataFolder,
  { whileOpen, ...options }: UndoOptions & PlanOptions,
  task: TaskOptions = {},
): Promise<RestorePlan> {
  return planRestore(folder, { ...(await undoRequest(folder, options, task)), whileOpen }, task);
}

/**
 * Does what `planUndo` says in a private copy, and undoes that there. @throws `nothing-to-undo`, and as `rehearseRestore`
 */
export async function rehearseUndo(
  folder: DataFolder,
  options: UndoOptions,
  rehearsal: RehearsalOptions,
  task: TaskOptions = {},
): Promise<Rehearsal> {
  return rehearseRestore(folder, await undoRequest(folder, options, task), rehearsal, task);
}

/**
 * Undoes the newest restore, or the one that is named, with every guarantee of `applyRestore`.
 * @throws `nothing-to-undo`, and as `applyRestore`
 */
export async function applyUndo(
  folder: DataFolder,
  options: UndoOptions,
  apply: ApplyOptions,
  task: TaskOptions = {},
): Promise<RestoreReceipt> {
  return applyRestore(folder, await undoRequest(folder, options, task), apply, task);
}

async function undoRequest(
  folder: DataFolder,
  options: UndoOptions,
  task: TaskOptions,
): Promise<RestoreRequest> {
  const newest = await findNewest(folder, await readStory(folder), task);
  if (newest.found !== 'copy') {
    // A database that is gone is the worse news, and the reason to look elsewhere than here.
    await whileMarked(() => checkDatabase(folder.databaseFile, folder));
    throw nothingToUndo(folder, newest);
  }
  const copy = options.of == null ? newest.copy : await findStep(folder, options.of, newest.copy);
  const { acceptDrift = false, acceptOtherTimeline = false } = options;
  const consents = { acceptDrift, acceptOtherTimeline };
  return { ...defaultRestoreOptions, ...consents, snapshotId: copy.id, action: 'undo', mode: copy.note.mode };
}

/** The safety copy of the step that Undo or Redo takes back next. @throws `nothing-to-undo` for any other */
async function findStep(
  folder: DataFolder,
  id: SnapshotId,
  newest: NotedSafetyCopy,
): Promise<NotedSafetyCopy> {
  if (id === newest.id) return newest;
  const history = await readRestoreHistory(folder);
  const told = history.restores.find((one) => one.id === id);
  if (told === undefined)
    throw new SnapbackError('nothing-to-undo', 'No restore is known by this name.', { of: id });
  const way = wayBackOf(told, history);
  if (!way.can) throw new SnapbackError('nothing-to-undo', way.because, { of: id });
  return way.copy;
}

const NO_COPY: { readonly [why in NoNote]: string } = {
  gone: 'its safety copy has been deleted. The other snapshots in the list can still be restored.',
  unreadable: 'its safety copy cannot be read now. Make that file readable and try again.',
  'without-note': 'its safety copy is damaged. The other snapshots in the list can still be restored.',
};

function nothingToUndo(
  folder: DataFolder,
  newest: Exclude<Newest, { readonly found: 'copy' }>,
): SnapbackError {
  if (newest.found === 'nothing')
    return new SnapbackError('nothing-to-undo', 'No restore was made here that could be undone.', {
      folder: folder.dir,
    });
  const { found, safetyCopyId, why } = newest;
  const untold = 'It cannot be told whether the newest restore was made before it was interrupted';
  const beginning = found === 'no-copy' ? 'The newest restore cannot be undone:' : `${untold}, and`;
  const sentence =
    why === null
      ? `${untold}. Its safety copy is in the list, and can be restored like any snapshot.`
      : `${beginning} ${NO_COPY[why]}`;
  return new SnapbackError('nothing-to-undo', sentence, { safetyCopy: safetyCopyId });
}
