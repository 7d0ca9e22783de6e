import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { hasSystemCode, SnapbackError } from './errors.ts';
import { ensureFolder, explainWriteError, findFolder, OWN, ownAsDatabase, syncFolder } from './folders.ts';
import type { PrunePlan, PrunePolicy, SnapshotId, TrashSummary } from './model.ts';
import { isKind } from './snapshot-files.ts';

/*
 * DATA/snapback/trash/<UTC>/: a manifest, and what a prune moved, as <kind>/<name>.json. Invariant: nothing but the
 * trash's own files is ever deleted, and no symbolic link below the trash is followed.
 */

export const TRASH = 'trash';
const MANIFEST = 'manifest.json';
const FORMAT_VERSION = 1;

export type TrashedFile = {
  readonly id: SnapshotId;
  /** Relative to the data folder. */
  readonly from: string;
  /** Relative to the manifest's folder. */
  readonly to: string;
  readonly sizeBytes: number;
  readonly modifiedAt: string;
  readonly reason: PrunePlan['goes'][number]['reason'];
};

export type Manifest = {
  readonly planId: string;
  readonly policy: PrunePolicy;
  readonly files: readonly TrashedFile[];
};

/**
 * Makes a new folder in the trash with its manifest, which is on the disk when this returns: with it, each file can be
 * put back by hand. Throws `disk-full`, `folder-read-only`, `io-failed`, `snapshot-unsafe`.
 */
export async function openTrash(
  folder: DataFolder,
  manifest: Manifest,
): Promise<{ readonly name: string; readonly path: string }> {
  const now = new Date().toISOString();
  const second = now.replace(/[-:]|\.\d+/g, '');
  for (let number = 0; ; number += 1) {
    const name = number === 0 ? second : `${second}_${String(number).padStart(3, '0')}`;
    const path = await ensureFolder(folder, OWN, TRASH, name);
    const text = `${JSON.stringify({ format: FORMAT_VERSION, prunedAt: now, ...manifest }, null, 2)}\n`;
    // Whoever creates the manifest owns the folder: two prunes in one second get two of them.
    if (await writeManifest(folder, join(path, MANIFEST), text)) return { name, path };
  }
}

async function writeManifest(folder: DataFolder, path: string, text: string): Promise<boolean> {
  const handle = await createFile(path);
  if (handle === null) return false;
  try {
    await ownAsDatabase(folder, handle);
    await handle.writeFile(text);
    await handle.sync();
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    await removeFile(path);
    throw explainWriteError(error, path);
  } finally {
    await handle.close();
  }
}

/** Null where the name is taken. */
async function createFile(path: string): Promise<FileHandle | null> {
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    return await open(path, flags, 0o600);
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return null;
    throw explainWriteError(error, path);
  }
}

export type TrashContents = TrashSummary & {
  /** Identifies exactly these files. */
  readonly planId: string;
  /** Absolute paths of the folders that prunes have made. */
  readonly folders: readonly string[];
};

type Trash = TrashContents & { readonly paths: readonly string[] };

/** Counts the snapshots in the trash and their bytes. Files that no prune has put there do not count. */
export async function describeTrash(folder: DataFolder): Promise<TrashContents> {
  const { paths: _, ...contents } = await readTrash(folder);
  return contents;
}

/**
 * Deletes the snapshots in the trash, for good, with their manifests and folders; with `planId` only if the trash holds
 * what `describeTrash` said, else `plan-stale`. Anything else that lies there stays, with the folder around it. Returns
 * what was deleted. Throws `folder-read-only`, `io-failed`.
 */
export async function emptyTrash(
  folder: DataFolder,
  options: { readonly planId?: string | null | undefined } = {},
): Promise<TrashSummary> {
  const trash = await readTrash(folder);
  if (options.planId != null && options.planId !== trash.planId)
    throw new SnapbackError('plan-stale', 'The trash has changed since it was looked at.', {
      expected: options.planId,
      got: trash.planId,
    });
  for (const path of trash.paths) await removeFile(path);
  for (const path of trash.folders) {
    for (const kind of await listFolders(path, isKind)) await removeFolder(kind);
    // The manifest goes last: as long as there is a file, it tells where that came from.
    const left = (await readEntries(path)).filter(({ name }) => name !== MANIFEST);
    if (left.length === 0) await removeFile(join(path, MANIFEST));
    await removeFolder(path);
  }
  return { files: trash.files, bytes: trash.bytes };
}

async function readTrash(folder: DataFolder): Promise<Trash> {
  const root = await findFolder(folder, OWN, TRASH);
  const prunes =
    root === null ? [] : await listFolders(root, (name) => /^\d{8}T\d{6}Z(_\d{3,})?$/.test(name));
  const files: { readonly path: string; readonly sizeBytes: number }[] = [];
  for (const prune of prunes)
    for (const kind of await listFolders(prune, isKind)) files.push(...(await listTrashed(kind)));
  return {
    files: files.length,
    bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    planId: createHash('sha256').update(JSON.stringify(files)).digest('hex'),
    folders: prunes,
    paths: files.map(({ path }) => path),
  };
}

async function listFolders(path: string, isOurs: (name: string) => boolean): Promise<readonly string[]> {
  const entries = await readEntries(path);
  return entries.flatMap((entry) =>
    entry.isDirectory() && isOurs(entry.name) ? [join(path, entry.name)] : [],
  );
}

async function listTrashed(path: string) {
  const files: { readonly path: string; readonly sizeBytes: number }[] = [];
  for (const entry of await readEntries(path)) {
    if (!entry.isFile() || !entry.name.endsWith('.json') || entry.name.startsWith('.')) continue;
    const file = join(path, entry.name);
    files.push({ path: file, sizeBytes: (await lstat(file)).size });
  }
  return files;
}

async function readEntries(path: string) {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return [];
    throw new SnapbackError('io-failed', 'The trash can not be read.', { path }, error);
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT')) throw explainWriteError(error, path);
  }
}

/** Removes a folder that is empty; one that is not stays. */
async function removeFolder(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw explainWriteError(error, path);
  }
}
