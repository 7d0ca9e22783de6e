import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { ensureFolder, OWN, ownedLike } from '../host/folders.ts';
import { recordAction } from '../journal/actions.ts';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import type { EmptyEntry } from '../model/history.ts';
import type { EmptiedTrash, TrashSummary } from '../model/prune.ts';
import { createDraftFile, type DraftFile, discardDraft } from '../snapshots/drafts.ts';
import { TRASH } from '../snapshots/names.ts';
import { syncFolder } from '../system/durable.ts';
import { rmdir, unlink } from '../system/files.ts';
import { explainWriteError } from '../system/refusals.ts';
import { bytesOf, type Prune, readEntries, readTrash } from './trash-folders.ts';
import { MANIFEST, type Manifest, writeManifest } from './trash-manifest.ts';

/*
 * Making and emptying the trash. Invariant: a file is deleted only if a manifest names it and it is unchanged since it was
 * moved; a manifest only when nothing else is left beside it.
 */

/** A folder of the trash that is being filled. As long as its mark is there, nobody tidies it away. */
export type OpenTrash = { readonly name: string; readonly path: string; readonly mark: DraftFile };

/**
 * Makes a new folder in the trash with its manifest, from which each file could be put back by hand. It is on the disk
 * when this returns. The caller discards the mark once everything has moved.
 * @throws `disk-full`, `folder-read-only`, `io-failed`, `snapshot-unsafe`
 */
export async function openTrash(folder: DataFolder, manifest: Manifest): Promise<OpenTrash> {
  const owned = await ownedLike(folder, folder.dir);
  const now = new Date().toISOString();
  const second = now.replace(/[-:]|\.\d+/g, '');
  for (let number = 0; ; number += 1) {
    const name = number === 0 ? second : `${second}_${String(number).padStart(3, '0')}`;
    const path = await ensureFolder(owned, OWN, TRASH, name);
    // It is there before the manifest is, so that whoever finds one finds the other.
    const mark = await createDraftFile(owned, path);
    try {
      // Whoever creates the manifest owns the folder: two prunes in one second get two of them.
      if (await writeManifest(owned, path, now, manifest)) return { name, path, mark };
    } catch (error) {
      await discardDraft(mark);
      throw error;
    }
    await discardDraft(mark);
  }
}

export type TrashContents = TrashSummary & {
  /** Identifies exactly these files. */
  readonly planId: string;
  /** Absolute paths of folders that hold only what a prune put there: each may be moved as a whole. */
  readonly folders: readonly string[];
  /** Absolute paths of the files in the other folders. */
  readonly looseFiles: readonly string[];
};

/**
 * Counts the snapshots that prunes put into the trash, and their bytes. A file counts only if a manifest names it with
 * the size and time that it has. Nothing counts in a folder whose manifest is missing or cannot be understood.
 * @throws `io-failed`
 */
export async function describeTrash(folder: DataFolder): Promise<TrashContents> {
  return describePrunes(await readTrash(folder).catch(asNone));
}

/** A trash that is a link to elsewhere is not ours, and must not keep anybody from looking at the rest. */
export function asNone(error: unknown): readonly Prune[] {
  if (error instanceof SnapbackError && error.code === 'snapshot-unsafe') return [];
  throw error;
}

/** `planId`: of the trash as it was shown; none: whatever it holds. */
export type TrashAsShown = { readonly planId?: string | null | undefined };

/** As `describeTrash`, of prunes that were read. @throws `plan-stale` where they are not what was shown */
export function describeAsShown(prunes: readonly Prune[], shown: TrashAsShown['planId']): TrashContents {
  const contents = describePrunes(prunes);
  if (shown == null || shown === contents.planId) return contents;
  throw new SnapbackError('plan-stale', 'The trash has changed since it was looked at.', {
    expected: shown,
    got: contents.planId,
  });
}

/**
 * Deletes the snapshots in the trash for good, with their manifests and folders; with `planId`, only if the trash still
 * holds what `describeTrash` said. Anything else in there stays, with its folder and manifest. Returns what was deleted
 * and which folders stayed. Where something fails after the first file is gone, the notes say what was not done.
 * @throws `plan-stale`, `folder-read-only`, `io-failed`
 */
export async function emptyTrash(folder: DataFolder, options: TrashAsShown = {}): Promise<EmptiedTrash> {
  const prunes = await readTrash(folder);
  const { files, others, otherNames } = describeAsShown(prunes, options.planId);
  const deleted: Prune['files'][number][] = [];
  const troubles: SnapbackError[] = [];
  for (const { files: trashed, ...rest } of prunes) {
    try {
      for (const file of trashed) {
        await removeFile(file.path);
        deleted.push(file);
      }
      await tidyTrashFolder(rest);
    } catch (error) {
      if (!(error instanceof SnapbackError)) throw error;
      troubles.push(error);
    }
  }
  const [trouble] = troubles;
  if (trouble !== undefined && deleted.length === 0) throw trouble;
  const what =
    deleted.length < files
      ? 'Not all files could be deleted.'
      : 'The files are deleted, but not all of their folders could be removed.';
  const notes = trouble === undefined ? [] : [`${what} ${trouble.message} Empty the trash again.`];
  const bytes = bytesOf(deleted);
  if (deleted.length > 0) await recordEmptied(folder, { files: deleted.length, bytes, to: 'deleted' });
  return { files: deleted.length, bytes, freesBytes: freedBy(deleted), others, otherNames, notes };
}

/** Notes that the trash was emptied, and where what was in it is now. */
export async function recordEmptied(
  folder: DataFolder,
  emptied: Pick<EmptyEntry, 'files' | 'bytes' | 'to'>,
): Promise<void> {
  await recordAction(folder, { did: 'empty-trash', by: 'person', ...emptied });
}

/** The bytes of the files that have no other name outside the trash. */
function freedBy(files: Prune['files']): number {
  const byInode = Map.groupBy(files, ({ inode }) => inode);
  return [...byInode.values()].reduce((sum, names) => {
    const [file] = names;
    return file !== undefined && names.length >= file.links ? sum + file.sizeBytes : sum;
  }, 0);
}

/**
 * Removes the empty parts of one prune's folder. As long as a file is left, its manifest tells where it came from: it is
 * on the disk that the files are gone before the manifest is removed. @throws `folder-read-only`, `io-failed`
 */
export async function tidyTrashFolder({
  path,
  kinds,
  drafts,
  expendable,
  hasManifest,
}: Omit<Prune, 'files'>): Promise<void> {
  for (const draft of drafts) await removeFile(draft);
  for (const kind of kinds) {
    await syncFolder(kind);
    await removeFolder(kind);
  }
  await syncFolder(path);
  const left = (await readEntries(path)).filter(({ name }) => name !== MANIFEST);
  if (expendable && hasManifest && left.length === 0) await removeFile(join(path, MANIFEST));
  await removeFolder(path);
}

/** As `describeTrash`, of prunes that were read. */
export function describePrunes(prunes: readonly Prune[]): TrashContents {
  const files = prunes.flatMap((prune) => prune.files);
  const otherNames = prunes.filter(({ mixed }) => mixed).map(({ path }) => basename(path));
  return {
    files: files.length,
    bytes: bytesOf(files),
    freesBytes: freedBy(files),
    others: otherNames.length,
    otherNames,
    planId: createHash('sha256')
      .update(JSON.stringify(files.map(identityOf)))
      .digest('hex'),
    folders: prunes.flatMap(({ path, mixed }) => (mixed ? [] : [path])),
    looseFiles: prunes.flatMap((prune) => (prune.mixed ? prune.files.map(({ path }) => path) : [])),
  };
}

/** Another name of a file elsewhere does not change what is in the trash. */
function identityOf({ path, sizeBytes, modifiedAt }: Prune['files'][number]) {
  return { path, sizeBytes, modifiedAt };
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT')) throw explainWriteError(error, path);
  }
}

/** Removes a folder if it is empty. */
async function removeFolder(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw explainWriteError(error, path);
  }
}
