import { basename, join } from 'node:path';
import { recall } from '../catalog/memory.ts';
import { findNeeded } from '../catalog/needed-snapshots.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { ensureFolder, ownedLike } from '../host/folders.ts';
import { recordAction } from '../journal/actions.ts';
import { SnapbackError } from '../model/errors.ts';
import type { PutBack, PutBackChoice } from '../model/prune.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { listSnapshotFiles } from '../snapshots/files.ts';
import { isCheckpoint } from '../snapshots/kinds.ts';
import { compareNames, folderOfKind, parseSnapshotId, splitFileName } from '../snapshots/names.ts';
import { moveFromTrash } from './move.ts';
import { tidyTrashFolder } from './trash.ts';
import { readTrashFolder, trashedId } from './trash-folders.ts';

/**
 * Puts back what prunes moved to the trash, or parts of it, each file where the manifest says that it was. Nothing is
 * overwritten: a file whose name is taken stays in the trash. So does a checkpoint that the host would load instead of the
 * one that its next start needs. Where something fails after the first file is back, the notes say what was not done.
 * @throws `usage` for a name that no prune gives, `snapshot-missing` where there is no such folder or it lacks one of the
 * ids, `disk-full`, `folder-read-only`, `io-failed`; then each file is in one place or the other
 */
export async function putBack(folder: DataFolder, choices: readonly PutBackChoice[]): Promise<PutBack> {
  const all: PutBack[] = [];
  for (const choice of choices) {
    try {
      all.push(await putBackOne(folder, choice));
    } catch (error) {
      if (all.every((one) => one.putBack.length === 0) || !(error instanceof SnapbackError)) throw error;
      all.push({
        putBack: [],
        left: [],
        notes: [`The others are still in the trash; put them back again. ${error.message}`],
      });
      break;
    }
  }
  const snapshots = all.flatMap((one) => one.putBack);
  if (snapshots.length > 0) await recordAction(folder, { did: 'put-back', by: 'person', snapshots });
  return {
    putBack: snapshots,
    left: all.flatMap((one) => one.left),
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
  };
}

async function putBackOne(folder: DataFolder, { trashName, ids }: PutBackChoice): Promise<PutBack> {
  const prune = await readTrashFolder(folder, trashName);
  if (prune?.expendable === false)
    throw new SnapbackError(
      'io-failed',
      'The list of what was moved here cannot be read, so nothing was put back. Try again.',
      { path: prune.path },
    );
  const missing = ids?.find((id) => prune?.files.every(({ path }) => trashedId(path) !== id) ?? true);
  if (prune === null || missing !== undefined)
    throw new SnapbackError('snapshot-missing', 'This is not in the trash any more.', {
      ...{ name: trashName, id: missing ?? null },
    });
  const latest = await findCheckpointForNextStart(folder);
  const owned = await ownedLike(folder, folder.dir);
  const back: SnapshotId[] = [];
  const left: SnapshotId[] = [];
  const notes = new Set<string>();
  for (const { path } of prune.files) {
    const id = trashedId(path);
    if (ids !== null && !ids.includes(id)) continue;
    const { kind, name: file } = parseSnapshotId(id);
    const form = splitFileName(path)?.form ?? 'json';
    const replaces = isCheckpoint({ kind, form }) && latest !== null && compareNames(file, latest) > 0;
    const place = async () => join(await ensureFolder(owned, ...folderOfKind(kind)), basename(path));
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

/** The name of the checkpoint that the host must load at its next start; null where any will do. */
async function findCheckpointForNextStart(folder: DataFolder): Promise<string | null> {
  const files = await listSnapshotFiles(folder);
  const needed = await findNeeded(folder, files, { memory: await recall(folder), now: new Date() });
  const id = [...needed].find(([, need]) => need === 'needed-at-next-start')?.[0];
  return id === undefined ? null : parseSnapshotId(id).name;
}
