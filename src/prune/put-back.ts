import { basename, dirname, join } from 'node:path';
import { recall } from '../catalog/memory.ts';
import { findNeeded } from '../catalog/needed-snapshots.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { ensureFolder, SNAPSHOTS } from '../host/folders.ts';
import { SnapbackError } from '../model/errors.ts';
import type { PutBack } from '../model/prune.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { listSnapshotFiles } from '../snapshots/files.ts';
import { PERIODIC_KIND } from '../snapshots/kinds.ts';
import { compareNames, parseSnapshotId } from '../snapshots/names.ts';
import { moveFromTrash } from './move.ts';
import { readTrashFolder, tidyTrashFolder } from './trash.ts';

/**
 * Puts back what one prune moved to the trash, each file where the manifest says that it was. Nothing is overwritten: a
 * file whose name is taken stays in the trash. So does a checkpoint that the host would load instead of the one that its
 * next start needs. `name` is the name of the folder in the trash.
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
  for (const { path } of prune.files) {
    const kind = basename(dirname(path));
    const file = basename(path);
    const id = `${kind}/${file.slice(0, -'.json'.length)}`;
    const replaces =
      kind === PERIODIC_KIND && latest !== null && compareNames(parseSnapshotId(id).name, latest) > 0;
    if (
      !replaces &&
      (await moveFromTrash(folder, path, join(await ensureFolder(folder, SNAPSHOTS, kind), file)))
    )
      back.push(id);
    else left.push(id);
  }
  await tidyTrashFolder(prune);
  return { putBack: back, left };
}

/** The name of the checkpoint that the host must load at its next start; null where any will do. */
async function findCheckpointForNextStart(folder: DataFolder): Promise<string | null> {
  const files = await listSnapshotFiles(folder);
  const needed = await findNeeded(folder, files, { memory: await recall(folder), now: new Date() });
  const id = [...needed].find(([, need]) => need === 'needed-at-next-start')?.[0];
  return id === undefined ? null : parseSnapshotId(id).name;
}
