import type { DataFolder } from '../host/data-folder.ts';
import { readJournal } from '../journal/journal.ts';
import { type CommittedRestore, type JournalState, replayJournal } from '../journal/replay.ts';
import { orNull } from '../model/errors.ts';
import type { Need, SnapshotId } from '../model/snapshots.ts';
import { readSnapshotEnds } from '../snapshot-file/ends.ts';
import type { SnapshotFile } from '../snapshots/files.ts';
import { isCheckpoint, SAFETY_KIND, takenAt } from '../snapshots/kinds.ts';
import { compareNames, parseSnapshotId, snapshotTime } from '../snapshots/names.ts';
import { withSnapshotFile } from '../snapshots/open-file.ts';
import { isNoted, readNote } from '../snapshots/restore-note.ts';
import type { Memory } from './memory.ts';

/*
 * Snapshots that must never be pruned, whatever a policy or a person says: what undo needs, and one checkpoint for the
 * host's next start. The host starts from its newest checkpoint. If that predates the last full restore, the start
 * silently undoes the restore. So one checkpoint from after it always stays.
 */

type NeededOptions = {
  /** The files to be pruned; all of them by default. The newest checkpoint may go where another one stays. */
  readonly going?: readonly SnapshotFile[];
  /** Knows of damage that only reading a whole file shows. */
  readonly memory: Memory;
  readonly now: Date;
};

/**
 * Finds the snapshots that must stay, and why. `files` as `listSnapshotFiles` returns them. Relies on the journal and,
 * where that is lost, on the notes in safety copies. Reads only the ends of files. @throws as `readJournal`
 */
export async function findNeeded(
  folder: DataFolder,
  files: readonly SnapshotFile[],
  options: NeededOptions,
): Promise<ReadonlyMap<SnapshotId, Need>> {
  const journal = replayJournal(await readJournal(folder));
  const needed = new Map<SnapshotId, Need>();
  for (const id of copiesForUndo(files, journal)) needed.set(id, 'needed-by-undo');
  const checkpoint = await findCheckpoint(folder, files, journal, options);
  if (checkpoint !== null) needed.set(checkpoint, 'needed-at-next-start');
  return needed;
}

/** The newest safety copy, that of the newest committed restore, and those of restores whose outcome is unknown. */
function copiesForUndo(
  files: readonly SnapshotFile[],
  { committed, undecided }: JournalState,
): readonly SnapshotId[] {
  const newest = files.find(({ kind }) => kind === SAFETY_KIND)?.id;
  return [newest, committed.at(-1)?.safetyCopyId, ...undecided].filter((id) => id !== undefined);
}

/** Whether a checkpoint was made after a full restore; the restore's own checkpoint counts. */
type IsAfter = (file: SnapshotFile) => boolean;

async function findCheckpoint(
  folder: DataFolder,
  files: readonly SnapshotFile[],
  journal: JournalState,
  { going = files, memory, now }: NeededOptions,
): Promise<SnapshotId | null> {
  const checkpoints = files.filter((file) => isCheckpoint(file) && file.problem === null);
  const gone = new Set(going.map(({ id }) => id));
  for await (const isAfter of lastRestores(folder, files, journal, now)) {
    const after = checkpoints.filter(isAfter);
    const [newest] = after;
    if (newest === undefined) continue;
    let whole: SnapshotFile | undefined;
    for (const file of after.toSorted((a, b) => Number(gone.has(a.id)) - Number(gone.has(b.id)))) {
      if (!(await isWhole(folder, file, memory))) continue;
      whole = file;
      break;
    }
    if (whole !== undefined) return gone.has(whole.id) ? whole.id : null;
    // A damaged one protects nothing. But while it is the newest, the host cannot silently load an older state.
    return after.every(({ id }) => gone.has(id)) ? newest.id : null;
  }
  return null;
}

/**
 * The full restores that may be the last one, newest first, up to the newest that is known to be committed. Newer ones
 * are known only from their safety copies, not from the journal. If such a restore was never committed, too much stays.
 */
async function* lastRestores(
  folder: DataFolder,
  files: readonly SnapshotFile[],
  { committed, lastCheckpoint, aborted }: JournalState,
  now: Date,
): AsyncGenerator<IsAfter> {
  const known = await findLastFull(folder, committed);
  const knownName = known === null ? null : parseSnapshotId(known.safetyCopyId).name;
  for (const file of files) {
    if (file.kind !== SAFETY_KIND || file.problem !== null || aborted.has(file.id)) continue;
    if (knownName !== null && compareNames(file.name, knownName) <= 0) break;
    const copy = await readNote(folder, file.id);
    const full = isNoted(copy) ? copy.note.mode === 'full' : copy === 'unreadable';
    if (full) yield isAfterCopy(takenAt(file), now);
  }
  const checkpointId = known === null ? lastCheckpoint : known.checkpointId;
  if (checkpointId !== null) yield isFromCheckpointOn(checkpointId);
  else if (known !== null) {
    const copy = files.find(({ id }) => id === known.safetyCopyId);
    const time = copy === undefined ? snapshotTime(knownName ?? '') : takenAt(copy);
    if (time !== null) yield isAfterCopy(time, now);
  }
}

async function findLastFull(
  folder: DataFolder,
  committed: readonly CommittedRestore[],
): Promise<CommittedRestore | null> {
  for (const restore of committed.toReversed()) {
    if (restore.full ?? (await mayBeFull(folder, restore.safetyCopyId))) return restore;
  }
  return null;
}

async function mayBeFull(folder: DataFolder, safetyCopyId: SnapshotId): Promise<boolean> {
  const copy = await readNote(folder, safetyCopyId);
  return !isNoted(copy) || copy.note.mode === 'full';
}

/** By name, as the host orders checkpoints: a restore's own was published under a name after all others. */
function isFromCheckpointOn(checkpointId: SnapshotId): IsAfter {
  const { name } = parseSnapshotId(checkpointId);
  return (file) => compareNames(file.name, name) >= 0;
}

/** By time, where the name of the restore's checkpoint is unknown: from the second after that of the safety copy. */
function isAfterCopy(copied: Date, now: Date): IsAfter {
  const from = (Math.floor(copied.getTime() / 1000) + 1) * 1000;
  return (file) => {
    const named = takenAt(file);
    // A name in the future does not tell when the file was written.
    return (named > now ? file.mtimeMs : named.getTime()) >= from;
  };
}

/** Whether the host could load it, as far as its ends and earlier readings tell. */
async function isWhole(folder: DataFolder, { id, key }: SnapshotFile, memory: Memory): Promise<boolean> {
  const known = memory.get(key)?.health;
  if (known !== undefined) return known === 'good';
  const whole = withSnapshotFile(folder, id, async (file) => {
    const { lastEventId, complete } = await readSnapshotEnds(file);
    return lastEventId !== null && complete;
  });
  return (await whole.catch(orNull())) ?? false;
}
