import { findPerhapsOnlyCopies } from '../catalog/lost.ts';
import { recall } from '../catalog/memory.ts';
import { findNeeded } from '../catalog/needed-snapshots.ts';
import { explainRetention } from '../catalog/retention.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { SnapbackError } from '../model/errors.ts';
import type { Happened } from '../model/happened.ts';
import type { Retention, SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { listSnapshotFiles, type SnapshotFile } from '../snapshots/files.ts';
import { findKeptFolder, readKeptNote } from '../snapshots/kept-notes.ts';
import { SAFETY_KIND } from '../snapshots/kinds.ts';
import { KEPT_KIND } from '../snapshots/names.ts';
import { waysOf } from './ways.ts';

/** As long before its time is over does a snapshot count as about to be taken: as the window says “soon”. */
const SOON_MS = 3 * 24 * 60 * 60 * 1000;

/** The snapshots that the host's rule is about to take. `key` changes whenever a snapshot comes, goes or changes. */
export type Endangered = { readonly ids: readonly SnapshotId[]; readonly key: string };

/**
 * Finds the snapshots that the host's rule is about to take, and that nobody keeps. Reads names, notes, and the ends of a
 * few files. @throws as `listSnapshotFiles` and `findNeeded`
 */
export async function findEndangered(folder: DataFolder, now: Date): Promise<Endangered> {
  const files = await listSnapshotFiles(folder);
  const needed = await findNeeded(folder, files, { memory: await recall(folder), now });
  const retention = explainRetention(files, folder.profile, needed, now);
  const kept = await listKeptFrom(folder, files);
  const others = files.filter(({ kind }) => kind !== KEPT_KIND);
  const key = [...others.map((file) => file.key), ...kept].join('\n');
  const found = others.filter(
    ({ id, kind, problem }) =>
      problem === null && kind !== SAFETY_KIND && !kept.has(id) && isAboutToGo(retention.get(id), now),
  );
  return { ids: found.map(({ id }) => id), key };
}

/** `whole`: false where it could not be looked at now, so that there may be more of them. */
type Worth = { readonly ids: readonly SnapshotId[]; readonly whole: boolean };

/**
 * Those of them that would bring something back: the ways that the first screen names, what no snapshot that stays holds,
 * and that of which this was not found out. Where a log has no numbers to tell it by, only the ways. `happened`: null where
 * it is not known. @throws `cancelled`
 */
export async function findWorthKeeping(
  folder: DataFolder,
  { ids }: Endangered,
  happened: Happened | null,
  task: TaskOptions = {},
): Promise<Worth> {
  const ways = new Set(waysOf(happened));
  try {
    const copies = new Set(await findPerhapsOnlyCopies(folder, ids, task));
    return { ids: ids.filter((id) => ways.has(id) || copies.has(id)), whole: true };
  } catch (error) {
    if (!(error instanceof SnapbackError) || error.code === 'cancelled') throw error;
    return { ids: ids.filter((id) => ways.has(id)), whole: error.code === 'event-ids-unsupported' };
  }
}

function isAboutToGo(retention: Retention | undefined, now: Date): boolean {
  if (retention === undefined) return false;
  const { status, reason, goesAt } = retention;
  if (status === 'goes-next' || status === 'due') return true;
  return reason === 'within-age' && goesAt !== null && Date.parse(goesAt) - now.getTime() < SOON_MS;
}

/** What somebody keeps already. */
async function listKeptFrom(
  folder: DataFolder,
  files: readonly SnapshotFile[],
): Promise<ReadonlySet<SnapshotId>> {
  const place = await findKeptFolder(folder);
  const kept = new Set<SnapshotId>();
  if (place === null) return kept;
  for (const { kind, name } of files) {
    const note = kind === KEPT_KIND ? await readKeptNote(place, name) : null;
    if (note !== null && note.held === null) kept.add(note.from);
  }
  return kept;
}
