import { basename } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import type { TrashView } from '../model/prune.ts';
import { compareNames, parseSnapshotId, snapshotTime, TRASH_NAME } from '../snapshots/names.ts';
import { asNone, describePrunes } from './trash.ts';
import { bytesOf, type Prune, readTrash, trashedId } from './trash-folders.ts';

/**
 * What the trash holds: the prunes of which something can be put back, newest first, each with what is still in the trash
 * of it, and what emptying it would do. A trash that is not a plain folder of the data folder counts as empty.
 * @throws `io-failed`
 */
export async function viewTrash(folder: DataFolder): Promise<TrashView> {
  const prunes = await readTrash(folder).catch(asNone);
  const { planId, files, bytes, freesBytes, others, otherNames } = describePrunes(prunes);
  return { planId, files, bytes, freesBytes, others, otherNames, prunes: listPrunes(prunes) };
}

/** As `viewTrash`, of prunes that were read. */
export function listPrunes(prunes: readonly Prune[]): TrashView['prunes'] {
  return prunes
    .flatMap(({ path, files }) => {
      const trashName = basename(path);
      const prunedAt = trashName.replace(TRASH_NAME, '$1-$2-$3T$4:$5:$6Z');
      const snapshots = files
        .map(({ path: file, modifiedAt, sizeBytes }) => {
          const id = trashedId(file);
          const named = snapshotTime(parseSnapshotId(id).name);
          return { id, takenAt: named?.toISOString() ?? modifiedAt, sizeBytes };
        })
        .toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));
      const bytes = bytesOf(files);
      return files.length === 0 ? [] : [{ trashName, prunedAt, snapshots, bytes }];
    })
    .toSorted((a, b) => compareNames(b.trashName, a.trashName));
}
