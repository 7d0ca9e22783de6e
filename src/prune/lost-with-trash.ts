import { findOnlyTrashedCopies } from '../catalog/lost.ts';
import type { DataFolder } from '../host/data-folder.ts';
import type { OnlyCopy } from '../model/prune.ts';
import type { TaskOptions } from '../model/task.ts';
import { idInTrash } from '../snapshots/names.ts';
import { describeAsShown, type TrashAsShown } from './trash.ts';
import { readTrash } from './trash-folders.ts';
import { listPrunes } from './trash-view.ts';

/**
 * Finds those snapshots in the trash that hold what no snapshot in the list brings back: once the trash is emptied, nobody
 * can. Each has the id `@trash/<prune>/<id that it had>`. Reads as `findOnlyTrashedCopies`.
 * @throws `plan-stale` where the trash is not what was shown, `snapshot-unsafe`, `io-failed`, and as `findOnlyTrashedCopies`
 */
export async function findOnlyCopiesInTrash(
  folder: DataFolder,
  { planId }: TrashAsShown = {},
  task: TaskOptions = {},
): Promise<readonly OnlyCopy[]> {
  const prunes = await readTrash(folder);
  describeAsShown(prunes, planId);
  const trashed = listPrunes(prunes).flatMap(({ trashName, snapshots }) =>
    snapshots.map(({ id, takenAt }) => ({ id: idInTrash(trashName, id), takenAt })),
  );
  return trashed.length === 0 ? [] : findOnlyTrashedCopies(folder, trashed, task);
}
