import type { DataFolder } from '../host/data-folder.ts';
import { withReadView } from '../host/private-copy.ts';
import { readJournal } from '../journal/journal.ts';
import { type JournalState, replayJournal } from '../journal/replay.ts';
import { SnapbackError } from '../model/errors.ts';
import type {
  PlanOutcome,
  RestoreConsents,
  RestoredState,
  RestorePlan,
  RestoreReceipt,
} from '../model/restore.ts';
import type { TaskOptions } from '../model/task.ts';
import { applyRestore, defaultRestoreOptions, planRestore, type RestoreRequest } from '../restore/restore.ts';
import type { ApplyOptions } from '../restore/run.ts';
import { isNoted, type NotedSafetyCopy, readNote } from '../snapshots/restore-note.ts';
import { readHeldState } from './held-state.ts';
import { judgeOutcome } from './restore-outcome.ts';
import { listUnsettled, type UnsettledRestore } from './unsettled-restores.ts';

/**
 * Which restore the database stands on, the newest that was committed; null: none, or nobody can tell which. Known from
 * the journal, and where that lacks it, from the safety copies, which name the content before and after. Where the
 * content did not tell, this process does not ask it again: to look takes a copy of the database, and what was written
 * since does not make it clearer.
 * @throws as `withReadView`, where content has to be looked at
 */
export async function readRestoredState(
  folder: DataFolder,
  task: TaskOptions = {},
): Promise<RestoredState | null> {
  const { journal, unsettled } = await readStory(folder);
  const question = JSON.stringify(unsettled.map(({ safetyCopyId }) => safetyCopyId));
  if (unsettled.length > 0 && unanswered.get(folder.dir) === question) return null;
  const state = await findState(folder, journal, unsettled, task);
  if (state === 'unknown') unanswered.set(folder.dir, question);
  return state === 'unknown' ? null : state;
}

/** By data folder, the restores of which the content did not tell whether they were made. */
const unanswered = new Map<string, string>();

async function readStory(folder: DataFolder) {
  const journal = replayJournal(await readJournal(folder));
  const unsettled = await listUnsettled(folder, journal);
  return { journal, unsettled: unsettled.filter(({ open }) => open?.overwritten !== true) };
}

async function findState(
  folder: DataFolder,
  journal: JournalState,
  unsettled: readonly UnsettledRestore[],
  task: TaskOptions,
): Promise<RestoredState | 'unknown' | null> {
  const unrecorded = await findUnrecorded(folder, unsettled, task);
  if (unrecorded === 'unknown') return 'unknown';
  const describe = async (
    { id, note }: NotedSafetyCopy,
    receipt: RestoreReceipt | null,
  ): Promise<RestoredState> => ({
    planId: note.planId,
    action: note.action,
    snapshotId: note.snapshotId,
    snapshotTakenAt: note.snapshotTakenAt,
    holds: await readHeldState(folder, note, journal),
    safetyCopyId: id,
    finishedAt: receipt?.finishedAt ?? null,
    tablesVerified: note.after.length,
  });
  if (unrecorded !== 'none') return describe(unrecorded, null);
  const recorded = journal.committed.at(-1);
  const copy = recorded === undefined ? null : await readNote(folder, recorded.safetyCopyId);
  return copy !== null && isNoted(copy) ? describe(copy, recorded?.receipt ?? null) : null;
}

/**
 * The newest restore that was committed though nothing says so: the process died before it could, or the journal has
 * lost it. `unknown` where one that is newer may have been committed or not: then no undo is offered rather than a wrong
 * one. Every copy can still be restored like any snapshot.
 */
async function findUnrecorded(
  folder: DataFolder,
  unsettled: readonly UnsettledRestore[],
  task: TaskOptions,
): Promise<NotedSafetyCopy | 'none' | 'unknown'> {
  const [newest] = unsettled;
  if (newest === undefined) return 'none';
  if (!isNoted(newest.copy)) return 'unknown';
  return withReadView(folder, task, async (view) => {
    for (const { copy } of unsettled) {
      if (!isNoted(copy)) return 'unknown';
      const outcome = await judgeOutcome(folder, { copy, after: null, overwritten: false }, view, task);
      if (outcome === 'committed') return copy;
      if (outcome === 'unknown') return 'unknown';
    }
    return 'none';
  });
}

/**
 * How the newest try of a plan ended, for whoever was cut off before the answer: a process was killed, or asked in
 * another one. Call it when nobody is at that plan any more, after `finishInterrupted`. @throws as `readRestoredState`
 */
export async function readPlanOutcome(
  folder: DataFolder,
  planId: string,
  task: TaskOptions = {},
): Promise<PlanOutcome> {
  const { journal, unsettled } = await readStory(folder);
  const state = await findState(folder, journal, unsettled, task);
  if (state === 'unknown') return 'unknown';
  return state?.planId === planId ? 'made' : 'not-made';
}

/** What undoing takes besides the safety copy itself, which names its own mode. */
type UndoOptions = Partial<RestoreConsents>;

/**
 * Plans the undo of the newest restore: its safety copy brought back the way the restore was made. An undo is a restore
 * with a safety copy of its own, so it can be undone too. Writes nothing. @throws `nothing-to-undo`, and as `planRestore`
 */
export async function planUndo(
  folder: DataFolder,
  options: UndoOptions,
  whileOpen = false,
  task: TaskOptions = {},
): Promise<RestorePlan> {
  return planRestore(folder, await undoRequest(folder, options, task), whileOpen, task);
}

/** Undoes the newest restore, with every guarantee of `applyRestore`. @throws `nothing-to-undo`, and as `applyRestore` */
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
  const { journal, unsettled } = await readStory(folder);
  const state = await findState(folder, journal, unsettled, task);
  if (state === 'unknown')
    throw new SnapbackError(
      'nothing-to-undo',
      'It can not be told whether the newest restore was made before it was interrupted. Its safety copy is in the list, and can be restored like any snapshot.',
      { safetyCopy: unsettled[0]?.safetyCopyId ?? null },
    );
  const copy = state === null ? null : await readNote(folder, state.safetyCopyId);
  if (copy === null || !isNoted(copy))
    throw new SnapbackError('nothing-to-undo', 'No restore was made here that could be undone.', {
      folder: folder.dir,
    });
  const { acceptDrift = false, acceptOtherTimeline = false } = options;
  const consents = { acceptDrift, acceptOtherTimeline };
  return { ...defaultRestoreOptions, ...consents, snapshotId: copy.id, action: 'undo', mode: copy.note.mode };
}
