import type { DataFolder } from '../host/data-folder.ts';
import { readJournal } from '../journal/journal.ts';
import { type JournalState, replayJournal } from '../journal/replay.ts';
import { isRunningHere } from '../journal/under-way.ts';
import type { RestoreEntry } from '../model/history.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { listFilesOfKind } from '../snapshots/files.ts';
import { SAFETY_KIND } from '../snapshots/kinds.ts';
import { compareNames, parseSnapshotId, snapshotTime } from '../snapshots/names.ts';
import {
  isNoted,
  isOfAnotherDatabase,
  type NoNote,
  type NotedSafetyCopy,
  readNote,
} from '../snapshots/restore-note.ts';
import { isInHands } from './in-hands.ts';
import { type Step, type Walk, walkBack } from './walk-back.ts';

/** What is known of one restore, undo or redo of this database. */
export type ToldRestore = Pick<
  RestoreEntry,
  'at' | 'target' | 'targetTakenAt' | 'mode' | 'ended' | 'code' | 'receipt'
> & {
  /** The id of its safety copy. */
  readonly id: SnapshotId;
  readonly action: 'restore' | 'undo' | null;
  readonly copy: NotedSafetyCopy | NoNote;
};

export type RestoreHistory = {
  /** In the order in which they were begun, oldest first. */
  readonly restores: readonly ToldRestore[];
  readonly walk: Walk;
};

/**
 * All restores of this database that the journal knows or whose safety copy is there, and where Undo and Redo lead. Reads
 * the journal and notes only, never the database. @throws as `readJournal` and `listFilesOfKind`
 */
export async function readRestoreHistory(folder: DataFolder): Promise<RestoreHistory> {
  const journal = replayJournal(await readJournal(folder));
  const copies = await listFilesOfKind(folder, SAFETY_KIND);
  const there = copies.filter(({ problem }) => problem === null);
  const ids = new Set([
    ...journal.begun.map(({ safetyCopyId }) => safetyCopyId),
    ...journal.committed.map(({ safetyCopyId }) => safetyCopyId),
    ...there.map(({ id }) => id),
  ]);
  const found: ToldRestore[] = [];
  for (const id of [...ids].sort((a, b) => compareNames(nameOf(a), nameOf(b)))) {
    const copy = await readNote(folder, id);
    if (isNoted(copy) ? await isOfAnotherDatabase(folder, copy) : isNoRestore(id, copy, journal)) continue;
    found.push(tell(folder, journal, { id, copy }));
  }
  const restores = withProven(found);
  return { restores, walk: walkBack(restores.flatMap(toSteps)) };
}

/** Whether a file in the folder of safety copies tells of no restore at all. */
function isNoRestore(id: SnapshotId, copy: NoNote, { begun, committed }: JournalState): boolean {
  const isKnown = [...begun, ...committed].some(({ safetyCopyId }) => safetyCopyId === id);
  return !isKnown && copy !== 'unreadable';
}

type Copy = { readonly id: SnapshotId; readonly copy: NotedSafetyCopy | NoNote };

function tell(folder: DataFolder, journal: JournalState, { id, copy }: Copy): ToldRestore {
  const ofThis = ({ safetyCopyId }: { readonly safetyCopyId: SnapshotId }) => safetyCopyId === id;
  const committed = journal.committed.findLast(ofThis);
  const failed = journal.failed.findLast(ofThis);
  const begun = journal.begun.findLast(ofThis);
  const note = isNoted(copy) ? copy.note : null;
  const receipt = committed?.receipt ?? null;
  const about = note ?? receipt ?? begun ?? null;
  const target = about?.snapshotId ?? null;
  const full = committed?.full === true ? 'full' : null;
  const began = snapshotTime(nameOf(id))?.toISOString() ?? begun?.at ?? committed?.at;
  return {
    ...{ id, copy, receipt, target },
    at: receipt?.finishedAt ?? began ?? new Date(0).toISOString(),
    action: about?.action ?? null,
    targetTakenAt:
      note?.snapshotTakenAt ??
      (target === null ? null : (snapshotTime(nameOf(target))?.toISOString() ?? null)),
    mode: note?.mode ?? receipt?.mode ?? full,
    ended: endOf(),
    code: committed === undefined ? (failed?.code ?? null) : null,
  };

  function endOf(): RestoreEntry['ended'] {
    if (committed !== undefined) return receipt === null ? 'found-done' : 'done';
    if (failed !== undefined) return 'not-made';
    const open = journal.open.find(({ entry }) => entry.safetyCopyId === id);
    const planId = begun?.planId ?? note?.planId;
    const isUnderWay =
      open === undefined ? planId !== undefined && isRunningHere(folder, planId) : isInHands(folder, open);
    return isUnderWay ? 'under-way' : 'undecided';
  }
}

/** What was undone had been made, whatever became of the line in the journal. */
function withProven(restores: readonly ToldRestore[]): readonly ToldRestore[] {
  const undone = new Set<SnapshotId | null>();
  const told = restores.toReversed().map((one): ToldRestore => {
    const isProven = one.ended === 'undecided' && undone.has(one.id);
    const proven: ToldRestore = isProven ? { ...one, ended: 'found-done' } : one;
    if (isMade(proven) && proven.action === 'undo') undone.add(proven.target);
    return proven;
  });
  return told.toReversed();
}

function isMade({ ended }: ToldRestore): boolean {
  return ended === 'done' || ended === 'found-done';
}

/** Nothing for what was not made; null for what may have been. */
function toSteps(one: ToldRestore): readonly (Step | null)[] {
  const { id, action, target, ended } = one;
  if (ended === 'not-made') return [];
  return isMade(one) && action !== null && target !== null ? [{ id, action, target }] : [null];
}

function nameOf(id: SnapshotId): string {
  return parseSnapshotId(id).name;
}
