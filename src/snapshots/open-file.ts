import { dirname, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { findFolder } from '../host/folders.ts';
import { hasSystemCode, isSystemError, noSuchSnapshot, SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { SnapshotBytes } from '../snapshot-file/bytes.ts';
import { type BigIntStats, lstat } from '../system/files.ts';
import { describeOddity, openPlainFile } from '../system/plain-file.ts';
import { unreachableAsNull } from '../system/refusals.ts';
import { unreadable } from './entries.ts';
import { keyOf, type SnapshotFile, statFacts } from './files.ts';
import { BACKUP_KIND, fileNameOf, folderOfKind, parseSnapshotId, splitFileName } from './names.ts';

export type OpenedFile = SnapshotBytes & { readonly mtimeMs: number; readonly key: string };
/** A file of a list, in a folder that was found to be inside the data folder. */
export type Listed = Pick<SnapshotFile, 'file' | 'key'>;

/**
 * Opens a snapshot for reading. Links are not followed and a FIFO is not waited for; what counts is the file that was
 * opened, not what was at its name a moment before. The caller closes `handle`. `listed`: the file as a list found it. While it
 * still is that one, its folder is not looked for again.
 * @throws `usage`, `snapshot-unsafe`, `snapshot-missing`, `snapshot-unreadable`
 */
export async function openSnapshotFile(
  folder: DataFolder,
  id: SnapshotId,
  listed: Listed | null = null,
): Promise<OpenedFile> {
  const { kind, name } = parseSnapshotId(id);
  if (kind === BACKUP_KIND) return openBackupCopy(folder, name);
  const place = listed === null ? await findFolder(folder, ...folderOfKind(kind)) : dirname(listed.file);
  const missing = (cause?: unknown) => noSuchSnapshot(id, cause);
  if (place === null) throw missing();
  let gone: unknown;
  for (const form of ['json', 'database'] as const) {
    const path = join(place, fileNameOf(name, form));
    try {
      const before = await lstat(path, { bigint: true });
      // The folder may have been replaced, too, by a link that leads elsewhere.
      if (listed !== null && statFacts(path, before).key !== listed.key) return openSnapshotFile(folder, id);
      const problem = describeOddity(before) ?? (await findDatabaseFile(folder, before));
      if (problem !== null) throw new SnapbackError('snapshot-unsafe', problem, { id });
      return await openRegularFile(path, folder);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (!hasSystemCode(error, 'ENOENT', 'ENOTDIR')) throw unreadable(error, path, { id });
      gone = error;
    }
  }
  throw missing(gone);
}

/** Opens a snapshot for `use`, and closes it afterwards. @throws as `openSnapshotFile` */
export async function withSnapshotFile<T>(
  folder: DataFolder,
  id: SnapshotId,
  use: (file: OpenedFile) => Promise<T>,
  listed: Listed | null = null,
): Promise<T> {
  const file = await openSnapshotFile(folder, id, listed);
  try {
    return await use(file);
  } finally {
    await file.handle.close();
  }
}

/** Opens the private copy of what somebody opened from anywhere. @throws as `openSnapshotFile` */
async function openBackupCopy(folder: DataFolder, name: string): Promise<OpenedFile> {
  const backup = folder.backups?.find((one) => one.name === name);
  if (backup === undefined) throw noSuchSnapshot(`${BACKUP_KIND}/${name}`);
  const { form, mtimeMs } = backup;
  try {
    return { ...(await openRegularFile(backup.copy, folder)), form, mtimeMs, key: keyOf(backup) };
  } catch (error) {
    // It was closed meanwhile, or somebody tidied up the system's temporary folder.
    if (hasSystemCode(error, 'ENOENT')) throw noSuchSnapshot(`${BACKUP_KIND}/${name}`, error);
    throw error;
  }
}

/**
 * Says so if a file is one of the database's files under a second name (a hard link): opening and closing it here would
 * drop the locks that SQLite holds on it (POSIX). Null for any other file.
 */
async function findDatabaseFile({ databaseFile }: DataFolder, file: BigIntStats): Promise<string | null> {
  if (file.nlink === 1n) return null;
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    const facts = await lstat(databaseFile + suffix, { bigint: true }).catch(unreachableAsNull);
    if (facts !== null && facts.dev === file.dev && facts.ino === file.ino)
      return 'This is a file of the chat database under a second name, so it is not opened.';
  }
  return null;
}

/**
 * Opens what is at a path now. Links are not followed, a FIFO is not waited for, and only a regular file is kept open.
 * @throws `snapshot-unsafe`; as `files.ts`
 */
export async function openRegularFile(
  path: string,
  { nativeBinding }: Pick<DataFolder, 'nativeBinding'>,
): Promise<OpenedFile> {
  const { handle, facts, problem } = await openPlainFile(path);
  if (handle === null) throw new SnapbackError('snapshot-unsafe', problem, { path });
  const form = splitFileName(path)?.form ?? 'json';
  return { handle, path, form, nativeBinding, ...statFacts(path, facts) };
}
