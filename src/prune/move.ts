import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { ensureFolder, findFolder, OWN, ownedLike } from '../host/folders.ts';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import { createDraftFile, discardDraft } from '../snapshots/drafts.ts';
import { type SnapshotFile, statFacts } from '../snapshots/files.ts';
import { fileNameOf, folderOfKind, TRASH } from '../snapshots/names.ts';
import { nameUnlessTaken } from '../snapshots/publish.ts';
import { syncFolder } from '../system/durable.ts';
import { type FileHandle, lstat, rename, unlink } from '../system/files.ts';
import { openPlainFile } from '../system/plain-file.ts';
import { explainWriteError } from '../system/refusals.ts';

/**
 * How a move ended. `trouble`: the file is in its new place, but a step after that failed. After a power failure it may
 * be in its old place again, or in both.
 */
type Moved = { readonly moved: boolean; readonly trouble: SnapbackError | null };

const NOT_MOVED: Moved = { moved: false, trouble: null };

/**
 * Moves a snapshot into a folder of the trash. When this returns without `trouble`, that is on the disk. Not moved where
 * the file is gone (the host prunes, too) or was replaced since the plan. Where the snapshots are on another volume, the
 * file is copied, the copy is proven, and only then is the original removed.
 * @throws `disk-full`, `folder-read-only`, `io-failed`; then the file is where it was
 */
export async function moveToTrash(
  folder: DataFolder,
  trashName: string,
  { kind, name, form, key }: SnapshotFile,
): Promise<Moved> {
  const source = await findFolder(folder, ...folderOfKind(kind));
  const target = await ensureFolder(await ownedLike(folder, folder.dir), OWN, TRASH, trashName, kind);
  if (source === null) return NOT_MOVED;
  const fileName = fileNameOf(name, form);
  const move = { folder, key, from: join(source, fileName), target, to: join(target, fileName) };
  try {
    if (!(await isUnchanged(move))) return NOT_MOVED;
    try {
      await rename(move.from, move.to);
    } catch (error) {
      if (!hasSystemCode(error, 'EXDEV')) throw error;
      if (!(await moveToOtherVolume(move))) return NOT_MOVED;
    }
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return NOT_MOVED;
    throw explainWriteError(error, source);
  }
  return settle(async () => {
    await syncFolder(target);
    await syncFolder(source);
  });
}

/** Does what remains after a move. The move is done, so a refusal of the system is told and not thrown. */
async function settle(rest: () => Promise<void>): Promise<Moved> {
  try {
    await rest();
    return { moved: true, trouble: null };
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
    return { moved: true, trouble: error };
  }
}

/**
 * Moves a file from the trash back to `to`, in one step where possible. When this returns without `trouble`, that is on
 * the disk. Not moved where that name is taken: the file then stays in the trash.
 * @throws as `moveToTrash`; then the file is in the trash, or in both places
 */
export async function moveFromTrash(folder: DataFolder, from: string, to: string): Promise<Moved> {
  const target = dirname(to);
  try {
    const { key } = statFacts(from, await lstat(from, { bigint: true }));
    try {
      // Where an earlier attempt ended between the two names, only the old one has to go.
      if (!(await nameUnlessTaken(from, to)) && !(await isSameFile(from, to))) return NOT_MOVED;
    } catch (error) {
      if (!hasSystemCode(error, 'EXDEV')) throw error;
      if (!(await moveToOtherVolume({ folder, key, from, target, to }))) return NOT_MOVED;
    }
  } catch (error) {
    if (error instanceof SnapbackError && error.code === 'target-exists') return NOT_MOVED;
    throw explainWriteError(error, target);
  }
  return settle(async () => {
    await unlink(from).catch(unlessGone);
    await syncFolder(dirname(from));
  });
}

async function isSameFile(path: string, other: string): Promise<boolean> {
  try {
    const [one, two] = await Promise.all([path, other].map((name) => lstat(name, { bigint: true })));
    return one?.dev === two?.dev && one?.ino === two?.ino;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Without hard links, or from another volume, the file is gone already. */
function unlessGone(error: unknown): void {
  if (!hasSystemCode(error, 'ENOENT')) throw error;
}

type Move = {
  readonly folder: DataFolder;
  /** The file as it was when the move was planned. */
  readonly key: string;
  readonly from: string;
  readonly target: string;
  readonly to: string;
};

async function isUnchanged({ from, key }: Move): Promise<boolean> {
  return statFacts(from, await lstat(from, { bigint: true })).key === key;
}

/** False where the file was replaced meanwhile; no copy is left then. */
async function moveToOtherVolume(move: Move): Promise<boolean> {
  const { handle: source } = await openPlainFile(move.from);
  if (source === null) return false;
  try {
    const draft = await createDraftFile(await ownedLike(move.folder, move.from), move.target);
    try {
      await copyProven(source, draft.handle, move.to);
      if (!(await isUnchanged(move))) return false;
      if (!(await nameUnlessTaken(draft.path, move.to)))
        throw new SnapbackError('target-exists', 'The trash holds such a file already.', { path: move.to });
    } finally {
      await discardDraft(draft);
    }
  } finally {
    await source.close();
  }
  await unlink(move.from);
  return true;
}

/** When this returns, the copy is on the disk, reads back the same, and has the original's modification time. */
export async function copyProven(source: FileHandle, copy: FileHandle, path: string): Promise<void> {
  const { mtimeMs } = statFacts(path, await source.stat({ bigint: true }));
  const copied = await hashPieces(source, (piece, at) => writeWhole(copy, piece, at));
  // Half a millisecond more, so that no rounding makes it the millisecond before.
  await copy.utimes((mtimeMs + 0.5) / 1000, (mtimeMs + 0.5) / 1000);
  await copy.sync();
  if ((await hashPieces(copy)) !== copied)
    throw new SnapbackError('io-failed', 'What was written to the disk did not read back the same.', {
      path,
    });
}

async function writeWhole(handle: FileHandle, piece: Buffer, at: number): Promise<void> {
  for (let done = 0; done < piece.length; )
    done += (await handle.write(piece, done, piece.length - done, at + done)).bytesWritten;
}

const PIECE_BYTES = 1 << 20;

async function hashPieces(
  handle: FileHandle,
  see?: (piece: Buffer, at: number) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES, at);
    if (bytesRead === 0) return hash.digest('hex');
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    await see?.(piece, at);
    at += bytesRead;
  }
}
