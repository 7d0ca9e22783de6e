import { join } from 'node:path';
import { fingerprintOf } from '../host/copy-files.ts';
import type { Backup, DataFolder } from '../host/data-folder.ts';
import { findFolder, SNAPSHOTS } from '../host/folders.ts';
import { SnapbackError } from '../model/errors.ts';
import type { OpenedBackup, SnapshotForm, SnapshotId } from '../model/snapshots.ts';
import { mapInBatches } from '../system/batches.ts';
import type { BigIntStats } from '../system/files.ts';
import { describeOddity } from '../system/plain-file.ts';
import { unreachableAsNull } from '../system/refusals.ts';
import { asEntry, type Entry, readKinds, readNames, statOrNull } from './entries.ts';
import {
  BACKUP_KIND,
  compareNames,
  fileNameOf,
  folderOfKind,
  isKind,
  isName,
  KEPT_KIND,
  splitFileName,
} from './names.ts';

/*
 * Listing snapshot files. `open-file.ts` opens them. Invariant of both: nothing outside DATA/snapshots/<kind>/, DATA/snapback/kept/ and
 * DATA/snapback/trash/<UTC>/<kind>/ is reached, a file that is a symbolic link is not followed, and only regular files are
 * read.
 */

export type SnapshotFile = {
  readonly id: SnapshotId;
  readonly kind: string;
  /** File name without its ending. */
  readonly name: string;
  readonly form: SnapshotForm;
  /** Absolute path. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Path, size, modification time in nanoseconds and inode. When the content changes, so does the key. */
  readonly key: string;
  /** Why it is not opened (it is a link, a folder, a FIFO, or has an odd name); null for a regular file. */
  readonly problem: string | null;
  /** Only of what somebody opened from anywhere. */
  readonly opened?: OpenedBackup;
};

/** The last time that a `Date` can hold. */
const LATEST_MS = 8.64e15;

/** What one look at the folders of snapshots found. Whoever hands it on vouches that it is still what counts. */
export type Look = {
  readonly files: readonly SnapshotFile[];
  /** Paths of whatever else is in these folders: notes, drafts, or somebody's own files. */
  readonly others: readonly string[];
  /** The real paths of these folders. */
  readonly folders: readonly string[];
};

const NOTHING: Look = { files: [], others: [], folders: [] };

/**
 * Everything in the snapshot folders whose name ends in `.json` or `.db`, by kind, newest name first; then what somebody
 * keeps. An entry that is not a regular
 * file, or whose name is invisible or could lead to another place, is listed with its problem and never opened. So is a
 * kind's folder that cannot be read or is a link out of the data folder.
 * @throws `snapshot-unsafe` or `snapshot-unreadable` for the snapshots folder itself
 */
export async function listSnapshotFiles(folder: DataFolder): Promise<readonly SnapshotFile[]> {
  return (await lookAtSnapshots(folder)).files;
}

/** As `listSnapshotFiles`, with what else is there. Each folder is read once. @throws as it does */
export async function lookAtSnapshots(folder: DataFolder): Promise<Look> {
  const root = await findFolder(folder, SNAPSHOTS);
  const looks: Look[] = [];
  if (root !== null)
    for (const kind of await readKinds(root)) looks.push(await lookAtKind(folder, root, kind));
  looks.push(await lookAtKept(folder));
  return {
    files: looks.flatMap(({ files }) => files),
    others: looks.flatMap(({ others }) => others),
    folders: looks.flatMap(({ folders }) => folders),
  };
}

/** Those of one kind, as `listSnapshotFiles` lists them. Reads no other folder. @throws as it does */
export async function listFilesOfKind(folder: DataFolder, kind: string): Promise<readonly SnapshotFile[]> {
  if (kind === KEPT_KIND) return (await lookAtKept(folder)).files;
  const root = await findFolder(folder, SNAPSHOTS);
  return root === null ? [] : (await lookAtKind(folder, root, asEntry(root, Buffer.from(kind)))).files;
}

/** As `listSnapshotFiles`, and behind them what somebody opened from anywhere. @throws as it does */
export async function listWithBackups(folder: DataFolder): Promise<readonly SnapshotFile[]> {
  return [...(await listSnapshotFiles(folder)), ...(await listBackups(folder))];
}

/** What somebody opened from anywhere, as the list shows it. */
export function listBackups({ backups = [] }: DataFolder): Promise<readonly SnapshotFile[]> {
  return Promise.all(backups.map((backup) => describeBackup(backup)));
}

async function describeBackup(backup: Backup): Promise<SnapshotFile> {
  const { name, form, path, copy, mtimeMs, fingerprint, lacksWal } = backup;
  const now = await fingerprintOf(path).catch(unreachableAsNull);
  const isSame = now?.every((part, index) => part === fingerprint[index]) === true;
  const state = isSame ? 'unchanged' : now === null || now[0] === null ? 'gone' : 'changed';
  const facts = await statOrNull(copy);
  return {
    ...{ id: `${BACKUP_KIND}/${name}`, kind: BACKUP_KIND, name, form, file: path, mtimeMs },
    sizeBytes: Number(facts?.size ?? 0),
    key: keyOf(backup),
    problem: null,
    opened: { state, lacksWal },
  };
}

/** Of the moment at which it was copied. */
export function keyOf({ path, fingerprint }: Backup): string {
  return JSON.stringify([path, ...fingerprint]);
}

/** What cannot be reached must not keep anybody from the other snapshots: it is listed as one that is not opened. */
async function lookAtKept(folder: DataFolder): Promise<Look> {
  const segments = folderOfKind(KEPT_KIND);
  try {
    const place = await findFolder(folder, ...segments);
    return place === null ? NOTHING : await lookInto(KEPT_KIND, place);
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
    const path = join(folder.dir, ...segments);
    const facts = await statOrNull(path);
    if (facts === null) return NOTHING;
    return { ...NOTHING, files: [describeFile({ ...asFile(path), kind: KEPT_KIND }, facts, error.message)] };
  }
}

const TWIN = 'A JSON file has the same name. Rename one of the two.';
const ODD_NAME = 'Its name is not one that a snapshot can have.';

async function lookAtKind(folder: DataFolder, root: string, entry: Entry): Promise<Look> {
  const { name: kind, path: place } = entry;
  if (!entry.isText || !isKind(kind)) {
    const facts = await statOrNull(place);
    if (facts === null || facts.isFile()) return NOTHING;
    const file = { ...asFile(join(root, kind)), kind: toVisible(kind) };
    return { ...NOTHING, files: [describeFile(file, facts, ODD_NAME)] };
  }
  try {
    const path = await findFolder(folder, SNAPSHOTS, kind);
    return path === null ? NOTHING : await lookInto(kind, path);
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
    const facts = await statOrNull(place);
    if (facts === null) return NOTHING;
    return { ...NOTHING, files: [describeFile({ ...asFile(join(root, kind)), kind }, facts, error.message)] };
  }
}

/** A folder in the place of snapshots, as the list shows it. */
function asFile(file: string): Pick<SnapshotFile, 'name' | 'form' | 'file'> {
  return { name: '*', form: 'json', file };
}

async function lookInto(kind: string, folder: string): Promise<Look> {
  const all = await readNames(folder);
  const names = new Set(all.map(({ name }) => name));
  const isSnapshot = ({ name }: Entry) => splitFileName(name) !== null;
  const entries = await mapInBatches(all, async ({ name: fileName, path, isText }) => {
    const named = splitFileName(fileName);
    const facts = named === null ? null : await statOrNull(path);
    if (named === null || facts === null) return [];
    const { form } = named;
    const file = join(folder, fileName);
    // Both would have the same id. The one that the host reads keeps it.
    if (form === 'database' && names.has(fileNameOf(named.name, 'json')))
      return [describeFile({ kind, name: toVisible(fileName), form, file }, facts, TWIN)];
    return isText && isName(named.name)
      ? [describeFile({ kind, name: named.name, form, file }, facts, describeOddity(facts))]
      : [describeFile({ kind, name: toVisible(named.name), form, file }, facts, ODD_NAME)];
  });
  return {
    files: entries.flat().sort((a, b) => compareNames(b.name, a.name)),
    others: all.flatMap((entry) => (isSnapshot(entry) || !entry.isText ? [] : [join(folder, entry.name)])),
    folders: [folder],
  };
}

/** A name as it is shown: slashes, control characters and anything that is not text become U+FFFD. */
function toVisible(name: string): string {
  return name.toWellFormed().replace(/[/\\\p{Cc}]/gu, '\uFFFD');
}

function describeFile(
  { kind, name, form, file }: Pick<SnapshotFile, 'kind' | 'name' | 'form' | 'file'>,
  facts: BigIntStats,
  problem: string | null,
): SnapshotFile {
  return { id: `${kind}/${name}`, kind, name, form, file, ...statFacts(file, facts), problem };
}

/** Size, time and key of a file. A time outside the range of `Date` becomes the first or last one in it. */
export function statFacts(path: string, facts: BigIntStats) {
  return {
    sizeBytes: Number(facts.size),
    mtimeMs: Math.max(-LATEST_MS, Math.min(LATEST_MS, Number(facts.mtimeMs))),
    key: JSON.stringify([path, String(facts.size), String(facts.mtimeNs), String(facts.ino)]),
  };
}
