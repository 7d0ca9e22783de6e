import type { DataFolder } from '../host/data-folder.ts';
import type { PrunePolicy, SpaceUse } from '../model/prune.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { listSnapshotFiles, type SnapshotFile } from '../snapshots/files.ts';
import { PERIODIC_KIND, REWIND_KIND, SAFETY_KIND } from '../snapshots/kinds.ts';
import { KEPT_KIND } from '../snapshots/names.ts';
import { mapInBatches } from '../system/batches.ts';
import { lstat } from '../system/files.ts';
import { planPrune } from './prune.ts';
import { describeTrash } from './trash.ts';

/**
 * Says what the snapshots of a folder take on the disk, by kind and in all, and which of the usual rules would free the
 * most. Writes nothing. @throws as `listSnapshotFiles` and `describeTrash`
 */
export async function describeSpace(folder: DataFolder): Promise<SpaceUse> {
  const files = await listSnapshotFiles(folder);
  const taken = await measure(files);
  const { files: trashed, bytes, freesBytes } = await describeTrash(folder);
  const kinds = [...Map.groupBy(files, ({ kind }) => kind)]
    .map(([kind, list]) => ({ kind, snapshots: list.length, bytes: sumOf(list, taken) }))
    .toSorted((a, b) => b.bytes - a.bytes);
  // What is in the trash and kept as well counts where it is kept.
  const trash = { snapshots: trashed, bytes: Math.min(bytes, freesBytes) };
  const totalBytes = kinds.reduce((sum, kind) => sum + kind.bytes, trash.bytes);
  return { kinds, trash, totalBytes, suggestion: await suggest(folder, files, taken) };
}

type Rule = Exclude<PrunePolicy, { readonly by: 'choice' }>;

/** The rules by which the host, or we, keep each kind. */
function rulesOf({ profile: { periodic, rewind, restore } }: DataFolder): readonly Rule[] {
  return [
    { by: 'count', kind: PERIODIC_KIND, keep: periodic.keep },
    { by: 'age', kind: REWIND_KIND, olderThanDays: rewind.keepDays },
    { by: 'count', kind: SAFETY_KIND, keep: restore.keep },
  ];
}

async function suggest(
  folder: DataFolder,
  files: readonly SnapshotFile[],
  taken: Taken,
): Promise<SpaceUse['suggestion']> {
  const byId = new Map(files.map((file) => [file.id, file]));
  let best: SpaceUse['suggestion'] = null;
  for (const policy of rulesOf(folder)) {
    const { goes } = await planPrune(folder, policy);
    const bytes = sumOf(
      goes.flatMap(({ id }) => byId.get(id) ?? []),
      taken,
    );
    if (bytes > (best?.bytes ?? 0)) best = { policy, snapshots: goes.length, bytes };
  }
  return best;
}

/** How many bytes of the disk each file takes for itself. */
type Taken = ReadonlyMap<SnapshotId, number>;

/** A file with several names counts where it is kept, because there it stays the longest. */
async function measure(files: readonly SnapshotFile[]): Promise<Taken> {
  const kept = files.filter(({ kind }) => kind === KEPT_KIND);
  const others = files.filter(({ kind }) => kind !== KEPT_KIND);
  const seen = new Set<string>();
  const facts = await mapInBatches([...kept, ...others], async (file) => {
    const found = await lstat(file.file, { bigint: true }).catch(() => null);
    return { file, inode: found === null || found.nlink === 1n ? null : `${found.dev}:${found.ino}` };
  });
  return new Map(
    facts.map(({ file: { id, sizeBytes }, inode }) => {
      const again = inode !== null && seen.has(inode);
      if (inode !== null) seen.add(inode);
      return [id, again ? 0 : sizeBytes];
    }),
  );
}

function sumOf(files: readonly SnapshotFile[], taken: Taken): number {
  return files.reduce((sum, { id }) => sum + (taken.get(id) ?? 0), 0);
}
