import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { recordAction } from '../journal/actions.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { listSnapshotFiles, type SnapshotFile } from '../snapshots/files.ts';
import { findKeptFolder, noteNameOf, readKeptNote } from '../snapshots/kept-notes.ts';
import { KEPT_KIND } from '../snapshots/names.ts';
import { syncFolder, tidy } from '../system/durable.ts';
import { unlink } from '../system/files.ts';
import { isRunning } from '../system/process-mark.ts';
import { explainWriteError } from '../system/refusals.ts';
import { isSameFile, writeNote } from './kept.ts';

/*
 * Holds that are over. Invariant: only a hold that nobody chose is ever removed, and only while the file that it holds is
 * still in its own place, or somebody keeps it.
 */

/**
 * Ends a hold. False where the snapshot stays kept: somebody chose to keep it, or it is gone from its own place, and nobody
 * keeps it yet. @throws `folder-read-only`, `io-failed`; then it stays
 */
export async function releaseSnapshot(folder: DataFolder, keptId: SnapshotId): Promise<boolean> {
  const place = await findKeptFolder(folder);
  const files = await listSnapshotFiles(folder);
  const file = files.find(({ id, kind }) => id === keptId && kind === KEPT_KIND);
  if (place === null || file === undefined) return true;
  const note = await readKeptNote(place, file.name);
  if (note === null || note.held === null) return false;
  if (!(await isElsewhere(place, { file, from: note.from, files }))) {
    await writeNote(folder, place, file.name, { ...note, held: null, byItself: true });
    await recordAction(folder, { did: 'keep', by: 'itself', keptId, snapshotId: note.from, name: note.name });
    return false;
  }
  try {
    await unlink(file.file);
    // The hold is over. Should a loss of power bring it back, it is one of a process that has ended.
    await tidy(() => unlink(join(place, noteNameOf(file.name))));
    await tidy(() => syncFolder(place));
    return true;
  } catch (error) {
    throw explainWriteError(error, place);
  }
}

type Held = {
  readonly file: SnapshotFile;
  readonly from: SnapshotId;
  readonly files: readonly SnapshotFile[];
};

/** Whether what is held is still in its own place, or somebody keeps it already. */
async function isElsewhere(place: string, { file, from, files }: Held): Promise<boolean> {
  for (const other of files) {
    if (other.id !== from && (other.kind !== KEPT_KIND || other.id === file.id)) continue;
    if (!(await isSameFile(file, other))) continue;
    if (other.id === from) return true;
    const note = await readKeptNote(place, other.name);
    if (note !== null && note.from === from && note.held === null) return true;
  }
  return false;
}

/** Ends the holds of processes that have ended, as far as the system lets us. */
export async function releaseAbandoned(folder: DataFolder): Promise<void> {
  const place = await findKeptFolder(folder);
  if (place === null) return;
  for (const { id, kind, name } of await listSnapshotFiles(folder)) {
    const note = kind === KEPT_KIND ? await readKeptNote(place, name) : null;
    if (note?.held != null && !isRunning(note.held)) await tidy(() => releaseSnapshot(folder, id));
  }
}
