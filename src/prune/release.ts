import { dirname, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { findFolder } from '../host/folders.ts';
import { recordAction } from '../journal/actions.ts';
import { hasSystemCode } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import {
  type Look,
  listFilesOfKind,
  listSnapshotFiles,
  type SnapshotFile,
  statFacts,
} from '../snapshots/files.ts';
import { noteNameOf, readKeptNote } from '../snapshots/kept-notes.ts';
import { fileNameOf, folderOfKind, KEPT_KIND, parseSnapshotId } from '../snapshots/names.ts';
import { syncFolder, tidy } from '../system/durable.ts';
import { lstat, unlink } from '../system/files.ts';
import { isRunning } from '../system/process-mark.ts';
import { explainReadError, explainWriteError } from '../system/refusals.ts';
import { isSameFile, writeNote } from './kept.ts';

/*
 * Holds that are over. Invariant: only a hold that nobody chose is ever removed, and only while the file that it holds is
 * still in its own place or where a person moved it, or somebody keeps it.
 */

/**
 * Ends a hold. False where the snapshot stays kept: somebody chose to keep it, or it is gone from its own place, and nobody
 * keeps it yet. `trashFolder`: the folder of the trash into which a person moved it, if they did;
 * then nothing has to stay.
 * @throws `folder-read-only`, `io-failed`, as `findFolder`; then it stays held
 */
export async function releaseSnapshot(
  folder: DataFolder,
  keptId: SnapshotId,
  trashFolder: string | null = null,
): Promise<boolean> {
  const place = await findFolder(folder, ...folderOfKind(KEPT_KIND));
  const files = await listSnapshotFiles(folder);
  const file = files.find(({ id, kind }) => id === keptId && kind === KEPT_KIND);
  if (place === null) return true;
  if (file === undefined) {
    await requireGone(place, keptId);
    return true;
  }
  const note = await readKeptNote(place, file.name);
  if (note === null || note.held === null) return false;
  const isMoved = trashFolder !== null && (await isIn(trashFolder, file, note.from));
  if (!isMoved && !(await isElsewhere(place, { file, from: note.from, files }))) {
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

/** The list says nothing of a folder that could not be read. @throws `io-failed` where the file is still there, or nobody can tell */
async function requireGone(place: string, keptId: SnapshotId): Promise<void> {
  const { name } = parseSnapshotId(keptId);
  for (const form of ['json', 'database'] as const) {
    const file = join(place, fileNameOf(name, form));
    const found = await lstat(file).catch((error: unknown) => {
      if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw explainReadError(error, file);
    });
    if (found !== null) throw explainReadError(null, place);
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

/** Whether what is held was moved into that folder of the trash. */
async function isIn(trashFolder: string, held: SnapshotFile, from: SnapshotId): Promise<boolean> {
  const { kind, name } = parseSnapshotId(from);
  const file = join(trashFolder, kind, fileNameOf(name, held.form));
  try {
    return await isSameFile(held, { ...held, file, ...statFacts(file, await lstat(file, { bigint: true })) });
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw explainReadError(error, file);
  }
}

/**
 * Ends the holds of processes that have ended, as far as the system lets us. `look`: a look from just before. Answers
 * whether there were any.
 */
export async function releaseAbandoned(folder: DataFolder, look: Look | null = null): Promise<boolean> {
  let found = false;
  for (const { id, kind, name, file } of look?.files ?? (await listFilesOfKind(folder, KEPT_KIND))) {
    const note = kind === KEPT_KIND ? await readKeptNote(dirname(file), name) : null;
    if (note?.held == null || isRunning(note.held)) continue;
    found = true;
    await tidy(() => releaseSnapshot(folder, id));
  }
  return found;
}
