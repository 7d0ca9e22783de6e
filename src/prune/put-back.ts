import { basename, dirname, join } from 'node:path';
import { recall } from '../catalog/memory.ts';
import { findNeeded } from '../catalog/needed-snapshots.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { ensureFolder } from '../host/folders.ts';
import { SnapbackError } from '../model/errors.ts';
import type { PutBack, TrashedPrune } from '../model/prune.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { listSnapshotFiles } from '../snapshots/files.ts';
import { isCheckpoint } from '../snapshots/kinds.ts';
import {
  compareNames,
  folderOfKind,
  parseSnapshotId,
  snapshotTime,
  splitFileName,
} from '../snapshots/names.ts';
import { moveFromTrash } from './move.ts';
import { asNone, tidyTrashFolder } from './trash.ts';
import { readTrash, readTrashFolder, TRASH_NAME } from './trash-folders.ts';

/**
 * Puts back what one prune moved to the trash, each file where the manifest says that it was. Nothing is overwritten: a
 * file whose name is taken stays in the trash. So does a checkpoint that the host would load instead of the one that its
 * next start needs. `name` is the name of the folder in the trash. Where something fails after the first file is back,
 * the notes say what was not done.
 * @throws `usage` for a name that no prune gives, `snapshot-missing` where there is no such folder, `disk-full`,
 * `folder-read-only`, `io-failed`; then each file is in one place or the other
 */
export async function putBack(folder: DataFolder, name: string): Promise<PutBack> {
  const prune = await readTrashFolder(folder, name);
  if (prune === null)
    throw new SnapbackError('snapshot-missing', 'This is not in the trash any more.', { name });
  const latest = await findCheckpointForNextStart(folder);
  const back: SnapshotId[] = [];
  const left: SnapshotId[] = [];
  const notes = new Set<string>();
  for (const { path } of prune.files) {
    const id = idOf(path);
    const { kind, name: file } = parseSnapshotId(id);
    const form = splitFileName(path)?.form ?? 'json';
    const replaces = isCheckpoint({ kind, form }) && latest !== null && compareNames(file, latest) > 0;
    const place = async () => join(await ensureFolder(folder, ...folderOfKind(kind)), basename(path));
    try {
      const done = replaces ? null : await moveFromTrash(folder, path, await place());
      if (done?.moved === true) back.push(id);
      else left.push(id);
      if (done !== null && done.trouble !== null) notes.add(`${UNCONFIRMED} ${done.trouble.message}`);
    } catch (error) {
      if (back.length === 0 || !(error instanceof SnapbackError)) throw error;
      notes.add(`The others are still in the trash; put them back again. ${error.message}`);
      break;
    }
  }
  try {
    await tidyTrashFolder(prune);
  } catch (error) {
    if (back.length === 0 || !(error instanceof SnapbackError)) throw error;
    notes.add(`The folder in the trash could not be tidied up. ${error.message}`);
  }
  return { putBack: back, left, notes: [...notes] };
}

const UNCONFIRMED =
  'The disk did not confirm all of this: after a power failure, some of them may be in the trash again.';

/**
 * The prunes of which something can be put back, newest first, each with what is still in the trash of it. A trash that
 * is not a plain folder of the data folder counts as empty. @throws `io-failed`
 */
export async function listTrash(folder: DataFolder): Promise<readonly TrashedPrune[]> {
  const prunes = await readTrash(folder).catch(asNone);
  return prunes
    .flatMap(({ path, files }) => {
      const trashName = basename(path);
      const prunedAt = trashName.replace(TRASH_NAME, '$1-$2-$3T$4:$5:$6Z');
      const snapshots = files.map((file) => {
        const id = idOf(file.path);
        const named = snapshotTime(parseSnapshotId(id).name);
        return { id, takenAt: named?.toISOString() ?? file.modifiedAt };
      });
      const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      return files.length === 0 ? [] : [{ trashName, prunedAt, snapshots, bytes }];
    })
    .toSorted((a, b) => compareNames(b.trashName, a.trashName));
}

/** The snapshot that a file of the trash was, and is again when it is put back. */
function idOf(path: string): SnapshotId {
  const fileName = basename(path);
  return `${basename(dirname(path))}/${splitFileName(fileName)?.name ?? fileName}`;
}

/** The name of the checkpoint that the host must load at its next start; null where any will do. */
async function findCheckpointForNextStart(folder: DataFolder): Promise<string | null> {
  const files = await listSnapshotFiles(folder);
  const needed = await findNeeded(folder, files, { memory: await recall(folder), now: new Date() });
  const id = [...needed].find(([, need]) => need === 'needed-at-next-start')?.[0];
  return id === undefined ? null : parseSnapshotId(id).name;
}
