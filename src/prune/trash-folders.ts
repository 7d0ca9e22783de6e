import { basename, dirname, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { findFolder, OWN } from '../host/folders.ts';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { draftMaker, isAbandoned } from '../snapshots/drafts.ts';
import { statFacts } from '../snapshots/files.ts';
import { splitFileName, TRASH, TRASH_NAME } from '../snapshots/names.ts';
import { type Dirent, lstat, readdir } from '../system/files.ts';
import { MANIFEST, type NamedFile, readManifest } from './trash-manifest.ts';

/*
 * What is in the trash: DATA/snapback/trash/<UTC>/ holds a manifest, and what a prune moved as <kind>/<file name>. No
 * symbolic link below the trash is followed.
 */

/** What one prune put into the trash. All paths are absolute. */
export type Prune = {
  readonly path: string;
  readonly files: readonly {
    readonly path: string;
    readonly sizeBytes: number;
    readonly modifiedAt: string;
    readonly inode: string;
    /** How many names the file has. */
    readonly links: number;
  }[];
  /** The folders of those files, empty or not. */
  readonly kinds: readonly string[];
  /** Unfinished manifests of processes that have ended. */
  readonly drafts: readonly string[];
  /** Whether the manifest may be removed when nothing else is left: it was understood, or its prune moved nothing. */
  readonly expendable: boolean;
  /** Whether there was a manifest. One that somebody adds meanwhile is theirs. */
  readonly hasManifest: boolean;
  /** Whether the folder holds anything else. */
  readonly mixed: boolean;
};

/** Every prune whose folder is still in the trash, oldest first. @throws `snapshot-unsafe`, `io-failed` */
export async function readTrash(folder: DataFolder): Promise<readonly Prune[]> {
  const root = await findFolder(folder, OWN, TRASH);
  if (root === null) return [];
  const prunes: Prune[] = [];
  for (const entry of await readEntries(root))
    if (entry.isDirectory() && TRASH_NAME.test(entry.name))
      prunes.push(await readPrune(join(root, entry.name)));
  return prunes;
}

/**
 * What one prune put into the trash; null where there is no such folder.
 * @throws `usage` for a name that no prune gives, `snapshot-unsafe`, `io-failed`
 */
export async function readTrashFolder(folder: DataFolder, name: string): Promise<Prune | null> {
  if (!TRASH_NAME.test(name))
    throw new SnapbackError('usage', 'This is not the name of a folder in the trash.', { got: name });
  const path = await findFolder(folder, OWN, TRASH, name);
  return path === null ? null : readPrune(path);
}

async function readPrune(path: string): Promise<Prune> {
  const named = await readManifest(path);
  const all = await readEntries(path);
  const isDraft = (entry: Dirent) => entry.isFile() && draftMaker(entry.name) !== null;
  const marks = all.filter(isDraft).map(({ name }) => join(path, name));
  const drafts = marks.filter(isAbandoned);
  const isFilled = drafts.length < marks.length;
  const entries = all.filter((entry) => !isDraft(entry));
  const hasManifest = all.some(({ name }) => name === MANIFEST);
  if (named === null) {
    // No file moves before the manifest is on the disk. So a prune of which only a torn manifest is left moved nothing.
    const expendable = !isFilled && entries.every((entry) => entry.name === MANIFEST && entry.isFile());
    return { path, files: [], kinds: [], drafts, expendable, hasManifest, mixed: !expendable };
  }
  const byKind = Map.groupBy(named, ({ kind }) => kind);
  const files: Prune['files'][number][] = [];
  const kinds: string[] = [];
  // One that is still being filled stays.
  let mixed = isFilled;
  for (const entry of entries) {
    if (entry.name === MANIFEST) continue;
    const own = new Map(byKind.get(entry.name)?.map((file) => [file.fileName, file]));
    if (own.size === 0 || !entry.isDirectory()) {
      mixed = true;
      continue;
    }
    const kind = join(path, entry.name);
    kinds.push(kind);
    for (const file of await readEntries(kind)) {
      const was = own.get(file.name);
      const found = was === undefined || !file.isFile() ? 'other' : await measure(join(kind, file.name), was);
      if (found === 'other') mixed = true;
      else files.push(...found);
    }
  }
  return { path, files, kinds, drafts, expendable: true, hasManifest, mixed };
}

/** Empty where the file is gone, because somebody put it back. `other`: it is not the file that was moved here. */
async function measure(path: string, was: NamedFile): Promise<Prune['files'] | 'other'> {
  try {
    const facts = await lstat(path, { bigint: true });
    const { sizeBytes, mtimeMs } = statFacts(path, facts);
    const same = sizeBytes === was.sizeBytes && new Date(mtimeMs).toISOString() === was.modifiedAt;
    const inode = `${facts.dev}:${facts.ino}`;
    return same
      ? [{ path, sizeBytes, modifiedAt: was.modifiedAt, inode, links: Number(facts.nlink) }]
      : 'other';
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return [];
    throw new SnapbackError('io-failed', 'The trash cannot be read.', { path }, error);
  }
}

/** What is in a folder, by name; nothing where it is gone. @throws `io-failed` */
export async function readEntries(path: string) {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return [];
    throw new SnapbackError('io-failed', 'The trash cannot be read.', { path }, error);
  }
}

/** How large files are together. */
export function bytesOf(files: readonly { readonly sizeBytes: number }[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** The snapshot that a file of the trash was, and is again when it is put back. */
export function trashedId(path: string): SnapshotId {
  const fileName = basename(path);
  return `${basename(dirname(path))}/${splitFileName(fileName)?.name ?? fileName}`;
}
