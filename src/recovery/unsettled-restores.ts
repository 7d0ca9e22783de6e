import type { DataFolder } from '../host/data-folder.ts';
import type { CommittedRestore, JournalState, OpenRestore } from '../journal/replay.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { type Look, listFilesOfKind, type SnapshotFile } from '../snapshots/files.ts';
import { SAFETY_KIND } from '../snapshots/kinds.ts';
import { compareNames, parseSnapshotId } from '../snapshots/names.ts';
import {
  isNoted,
  isOfAnotherDatabase,
  type NoNote,
  type NotedSafetyCopy,
  readNote,
} from '../snapshots/restore-note.ts';

/** A restore where the journal does not say how it ended. */
export type UnsettledRestore = {
  readonly safetyCopyId: SnapshotId;
  readonly copy: NotedSafetyCopy | NoNote;
  /** What the journal says about its beginning; null where only its safety copy tells of it. */
  readonly open: OpenRestore | null;
};

/**
 * Lists the restores of this database whose end only the content can tell, newest first. These are the ones that the
 * journal knows as begun, and the ones whose safety copy is newer than the newest recorded one but unknown to the journal,
 * which may have lost its end or a line. `look`: a look from before the journal was read; without it, the safety copies are
 * listed.
 * @throws as `listSnapshotFiles`
 */
export async function listUnsettled(
  folder: DataFolder,
  journal: JournalState,
  look: Look | null = null,
): Promise<readonly UnsettledRestore[]> {
  const found: UnsettledRestore[] = [];
  for (const open of journal.open) {
    if (open.committed) continue;
    const { safetyCopyId } = open.entry;
    const copy = await readNote(folder, safetyCopyId);
    if (!(await isOther(folder, copy))) found.push({ safetyCopyId, copy, open });
  }
  const copies = look?.files ?? (await listFilesOfKind(folder, SAFETY_KIND));
  for (const { id } of unrecorded(copies, journal)) {
    const copy = await readNote(folder, id);
    if (await isOther(folder, copy)) continue;
    if (isNoted(copy) || copy === 'unreadable') found.push({ safetyCopyId: id, copy, open: null });
  }
  return found.sort((a, b) => compareNames(nameOf(b.safetyCopyId), nameOf(a.safetyCopyId)));
}

/** A committed restore and its safety copy, or why that tells nothing. */
export type RecordedRestore = {
  readonly restore: CommittedRestore;
  readonly copy: NotedSafetyCopy | NoNote;
};

/** The newest restore of this database that the journal says was committed. Another one may share the folder. */
export async function findRecorded(
  folder: DataFolder,
  { committed }: JournalState,
): Promise<RecordedRestore | null> {
  for (const restore of committed.toReversed()) {
    const copy = await readNote(folder, restore.safetyCopyId);
    if (!(await isOther(folder, copy))) return { restore, copy };
  }
  return null;
}

/**
 * The safety copy of the newest committed restore. It serves to judge later restores whose own copies are gone: those that
 * were rolled back while the journal could not be written. Null where none was committed, or its copy tells nothing.
 */
export async function readStanding(
  folder: DataFolder,
  journal: JournalState,
): Promise<NotedSafetyCopy | null> {
  const copy = (await findRecorded(folder, journal))?.copy;
  return copy !== undefined && isNoted(copy) ? copy : null;
}

async function isOther(folder: DataFolder, copy: NotedSafetyCopy | NoNote): Promise<boolean> {
  return isNoted(copy) && isOfAnotherDatabase(folder, copy);
}

/**
 * The safety copy of the committed restore that still stands if this one, whose own copy is gone, was rolled back; null
 * where that is not known. After a restore of the tables alone it is not known for a full one, which may have changed only
 * the log.
 */
export function standingFor(
  { copy, open }: UnsettledRestore,
  standing: NotedSafetyCopy | null,
): NotedSafetyCopy | null {
  if (copy !== 'gone' || open === null || standing === null) return null;
  return standing.note.mode === 'full' || open.entry.checkpointDraft === null ? standing : null;
}

function unrecorded(files: readonly SnapshotFile[], journal: JournalState): readonly SnapshotFile[] {
  const newest = journal.committed.at(-1)?.safetyCopyId;
  return files.filter(
    ({ id, kind, name, problem }) =>
      kind === SAFETY_KIND &&
      problem === null &&
      isUnrecorded(id, journal) &&
      (newest === undefined || compareNames(name, nameOf(newest)) > 0),
  );
}

function isUnrecorded(id: SnapshotId, { undecided, aborted, committed }: JournalState): boolean {
  return !undecided.has(id) && !aborted.has(id) && !committed.some(({ safetyCopyId }) => safetyCopyId === id);
}

/** Whether a journal that was read later still does not say how a restore ended. */
export function isStillUnsettled({ safetyCopyId, open }: UnsettledRestore, journal: JournalState): boolean {
  if (open === null) return isUnrecorded(safetyCopyId, journal);
  return journal.open.some(({ entry, committed }) => entry.safetyCopyId === safetyCopyId && !committed);
}

function nameOf(id: SnapshotId): string {
  return parseSnapshotId(id).name;
}
