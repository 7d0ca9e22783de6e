import { basename, join, relative, sep } from 'node:path';
import { type ErrorCode, hasSystemCode, isSystemError, SnapbackError } from '../model/errors.ts';
import { databaseGone } from '../sqlite/look-first.ts';
import { syncFolder } from '../system/durable.ts';
import {
  access,
  chmod,
  chown,
  constants,
  type FileHandle,
  lstat,
  mkdir,
  realpath,
  stat,
} from '../system/files.ts';
import { explainReadError, explainWriteError } from '../system/refusals.ts';
import type { DataFolder } from './data-folder.ts';

/*
 * The folders below a data folder that Snapback reads and writes. Invariant: even through symbolic links,
 * everything that is reached is inside the data folder, and no two of these folders are the same.
 */

/** The folders of snapshots and of Snapback's own files, relative to the data folder. */
export const SNAPSHOTS = 'snapshots';
export const OWN = 'snapback';

/**
 * The real path of a folder below the data folder; null if it does not exist. A symbolic link may lead to
 * another place in the data folder, but neither out of it nor to another of the folders above.
 * @throws `snapshot-unsafe` for such a link, `snapshot-unreadable` if the system refuses to read
 */
export async function findFolder(folder: DataFolder, ...segments: readonly string[]): Promise<string | null> {
  const path = join(folder.dir, ...segments);
  try {
    const real = await realpath(path);
    if (real !== path && !(await isAllowed(folder, segments, real))) throw await unsafe(folder, segments);
    return (await stat(real)).isDirectory() ? real : null;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return null;
    if (hasSystemCode(error, 'ELOOP')) throw await unsafe(folder, segments, error);
    if (!isSystemError(error)) throw error;
    throw new SnapbackError('snapshot-unreadable', explainReadError(error, path).message, { path }, error);
  }
}

/**
 * Makes a folder below the data folder if it is missing and returns its real path. Each new level gets the owner and mode
 * of the database file. @throws as `findFolder`, `disk-full`, `folder-read-only`, `io-failed`
 */
export async function ensureFolder(folder: DataFolder, ...segments: readonly string[]): Promise<string> {
  let path = folder.dir;
  for (const [index, segment] of segments.entries()) {
    const existing = await findFolder(folder, ...segments.slice(0, index + 1));
    path = existing ?? (await makeFolder(folder, join(path, segment)));
  }
  return path;
}

/** Why `ensureFolder` would fail or the folder could not be written; null if no obstacle is found. Writes nothing. */
export async function findObstacle(
  folder: DataFolder,
  ...segments: readonly string[]
): Promise<SnapbackError | null> {
  let path = folder.dir;
  try {
    for (const [index, segment] of segments.entries()) {
      path = join(path, segment);
      if ((await findFolder(folder, ...segments.slice(0, index + 1))) !== null) continue;
      await lstat(path);
      return obstacle('io-failed', 'is not a folder. Move it away', folder, path);
    }
    await access(path, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT') && segments.length > 0)
      return findObstacle(folder, ...segments.slice(0, -1));
    return explainObstacle(error, folder, path);
  }
}

/** Why a file could not be appended to; null if no obstacle is found. Expects its folder to have none. Writes nothing. */
export async function findFileObstacle(
  folder: DataFolder,
  ...segments: readonly string[]
): Promise<SnapbackError | null> {
  const path = join(folder.dir, ...segments);
  try {
    if (!(await lstat(path)).isFile())
      return obstacle('io-failed', 'is not a regular file. Move it away', folder, path);
    await access(path, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    return hasSystemCode(error, 'ENOENT') ? null : explainObstacle(error, folder, path);
  }
}

function explainObstacle(error: unknown, folder: DataFolder, path: string): SnapbackError {
  if (hasSystemCode(error, 'EROFS', 'EACCES', 'EPERM'))
    return obstacle('folder-read-only', 'cannot be written. Give your account permission', folder, path);
  if (!(error instanceof SnapbackError)) throw error;
  return new SnapbackError(error.code, error.message, { path: nameIn(folder, path) }, error);
}

function obstacle(code: ErrorCode, what: string, folder: DataFolder, path: string): SnapbackError {
  const name = nameIn(folder, path);
  return new SnapbackError(code, `“${name}” ${what}, then try again.`, { path: name });
}

/** The path relative to the data folder. Absolute paths must not reach the window. */
function nameIn({ dir }: DataFolder, path: string): string {
  return relative(dir, path) || basename(dir);
}

async function makeFolder(folder: DataFolder, path: string): Promise<string> {
  try {
    const database = await statDatabase(folder);
    await mkdir(path);
    // Whoever can read the database can enter the folder.
    const enter = (database.mode & 0o444) >> 2;
    await chmod(path, (database.mode & 0o666) | 0o600 | enter | 0o100);
    await takeOwner(folder, (uid, gid) => chown(path, uid, gid), await lstat(path));
    await syncFolder(join(path, '..'));
    return path;
  } catch (error) {
    // Another process may have made it meanwhile. `findFolder` refuses anything else in its place.
    const existing = hasSystemCode(error, 'EEXIST')
      ? await findFolder(folder, ...segmentsOf(folder, path))
      : null;
    if (existing !== null) return existing;
    throw explainWriteError(error, path);
  }
}

function segmentsOf(folder: DataFolder, path: string): readonly string[] {
  return path.slice(folder.dir.length).split(sep).filter(Boolean);
}

/**
 * The folder as one whose new files and folders are owned like `path` where there is no database to tell whose they are.
 */
export async function ownedLike(folder: DataFolder, path: string): Promise<DataFolder> {
  try {
    await stat(folder.databaseFile);
    return folder;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return { ...folder, databaseFile: path };
    throw error;
  }
}

/** Gives a new file the owner and mode of the database file, without execute bits, as far as the system allows. */
export async function ownAsDatabase(folder: DataFolder, handle: FileHandle): Promise<void> {
  const database = await statDatabase(folder);
  await handle.chmod((database.mode & 0o666) | 0o600);
  await takeOwner(folder, (uid, gid) => handle.chown(uid, gid), await handle.stat());
}

async function statDatabase({ databaseFile }: DataFolder) {
  try {
    return await stat(databaseFile);
  } catch (error) {
    throw hasSystemCode(error, 'ENOENT') ? databaseGone(databaseFile, error) : error;
  }
}

type Owned = { readonly uid: number; readonly gid: number };

async function takeOwner(
  folder: DataFolder,
  change: (uid: number, gid: number) => Promise<void>,
  now: Owned,
): Promise<void> {
  const database: Owned = await statDatabase(folder);
  if (database.uid === now.uid && database.gid === now.gid) return;
  try {
    await change(database.uid, database.gid);
  } catch (error) {
    // Only a privileged process can change a file's owner. Otherwise it stays ours.
    if (!hasSystemCode(error, 'EPERM', 'ENOSYS', 'EINVAL', 'ENOTSUP')) throw error;
  }
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/** Whether a folder may be used whose real path is another one. Without a link on the way, only the spelling differs. */
async function isAllowed(folder: DataFolder, segments: readonly string[], real: string): Promise<boolean> {
  if (real === folder.dir || !isWithin(folder.dir, real)) return false;
  if ((await findLink(folder, segments)) === null) return true;
  // The file system may ignore case.
  const within = relative(folder.dir, real).split(sep)[0]?.toLowerCase();
  return within !== SNAPSHOTS && within !== OWN;
}

/** Names the link and what to do instead. */
async function unsafe(
  folder: DataFolder,
  segments: readonly string[],
  cause?: unknown,
): Promise<SnapbackError> {
  const link = (await findLink(folder, segments)) ?? segments;
  return new SnapbackError(
    'snapshot-unsafe',
    `“${link.join('/')}” is a link that leads somewhere else. Snapback does not follow it, because it touches nothing outside the data folder. Replace the link with the folder itself, or mount the folder there (on Linux with “mount --bind”).`,
    { path: join(folder.dir, ...segments) },
    cause,
  );
}

/** The first link on the way to a folder; null if there is none. */
async function findLink({ dir }: DataFolder, segments: readonly string[]): Promise<readonly string[] | null> {
  const ways = segments.map((_, index) => segments.slice(0, index + 1));
  for (const way of ways) if (await isLink(join(dir, ...way))) return way;
  return null;
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}
