import type { DataFolder } from '../host/data-folder.ts';
import type { JournalState } from '../journal/replay.ts';
import type { HeldState, MadeRestore, RestoreReceipt } from '../model/receipt.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { RestoreNote } from '../snapshot-file/notes.ts';
import { parseSnapshotId, snapshotTime } from '../snapshots/names.ts';
import { isNoted, type NotedSafetyCopy, readNote } from '../snapshots/restore-note.ts';

/** What one restore or undo brought back. `safetyCopyId`: which one it was. */
type Step = Pick<RestoreNote, 'action' | 'snapshotId' | 'snapshotTakenAt'> &
  Pick<HeldState, 'isPart'> & { readonly safetyCopyId: SnapshotId };

/** Safety copies are not trusted: a ring of them must not be followed for ever. */
const MOST_STEPS = 1_000;

/**
 * Tells what the database holds after the newest restore or undo. An undo brings back what was there before another step.
 * If that step was an undo too, then this is what the step before it had brought back, and so on. `unknown` where a safety
 * copy on the way is gone and the journal does not know of it either. Reads notes and names only.
 */
export async function readHeldState(
  folder: DataFolder,
  { id, note: newest }: NotedSafetyCopy,
  journal: JournalState,
): Promise<HeldState> {
  let step: Step = { ...newest, safetyCopyId: id };
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    if (step.action === 'restore') return heldBy(step, 'restored', journal);
    const undone = await findStep(folder, step.snapshotId, journal);
    if (undone === null) break;
    if (undone.action === 'restore') return heldBy(undone, 'undone', journal);
    const earlier = await findStep(folder, undone.snapshotId, journal);
    if (earlier === null) break;
    step = earlier;
  }
  return { state: 'unknown', snapshotId: newest.snapshotId, snapshotTakenAt: newest.snapshotTakenAt };
}

function heldBy(step: Step, state: 'restored' | 'undone', journal: JournalState): HeldState {
  const { snapshotId, snapshotTakenAt, isPart, safetyCopyId } = step;
  const receipt = findReceipt(safetyCopyId, journal);
  return {
    ...{ state, snapshotId, snapshotTakenAt },
    ...(isPart === true ? { isPart } : {}),
    ...(receipt === null ? {} : { made: describeMade(receipt) }),
  };
}

function describeMade({ mode, returned, replay, part }: RestoreReceipt): MadeRestore {
  return { mode, returned, keptNewer: replay !== null, part: part ?? null };
}

function findReceipt(id: SnapshotId, { committed }: JournalState): RestoreReceipt | null {
  return committed.findLast(({ safetyCopyId }) => safetyCopyId === id)?.receipt ?? null;
}

/** The restore or undo for which this safety copy was made; null where neither the copy nor the journal tells. */
async function findStep(
  folder: DataFolder,
  safetyCopyId: SnapshotId,
  journal: JournalState,
): Promise<Step | null> {
  const copy = await readNote(folder, safetyCopyId);
  if (isNoted(copy)) return { ...copy.note, safetyCopyId };
  const receipt = findReceipt(safetyCopyId, journal);
  if (receipt === null) return null;
  const { action, snapshotId, isPart } = receipt;
  const takenAt = snapshotTime(parseSnapshotId(snapshotId).name)?.toISOString();
  return takenAt === undefined
    ? null
    : { action, snapshotId, snapshotTakenAt: takenAt, isPart, safetyCopyId };
}
