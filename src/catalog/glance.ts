import type { DataFolder } from '../host/data-folder.ts';
import { isRunningHere } from '../journal/under-way.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotId, SnapshotSummary } from '../model/snapshots.ts';
import { readSnapshotEnds } from '../snapshot-file/ends.ts';
import { INCOMPLETE } from '../snapshot-file/foreign.ts';
import { type Listed, type OpenedFile, withSnapshotFile } from '../snapshots/open-file.ts';
import { readUndoes } from './undoes.ts';

/** What is known about a file after a look at its ends, or after reading all of it. */
export type Known = Pick<
  SnapshotSummary,
  'lastEventId' | 'health' | 'healthDetail' | 'tables' | 'undoes' | 'salvagedFrom'
>;

/**
 * What head and tail tell, wherever the file is; null where it has disappeared. A file with a wrong end is damaged; whether
 * another one is, only reading all of it tells. `listed`: as for `openSnapshotFile`.
 */
export async function glanceAt(
  folder: DataFolder,
  id: SnapshotId,
  listed: Listed | null = null,
): Promise<Known | null> {
  const glance = async (file: OpenedFile): Promise<Known | null> => {
    const { lastEventId, complete, about, foreign } = await readSnapshotEnds(file);
    // A running restore may still remove its safety copy, so it is not shown yet.
    if (about?.restore && isRunningHere(folder, about.restore.planId)) return null;
    if (!complete)
      return {
        ...unreadable(foreign ?? INCOMPLETE),
        health: 'damaged',
        lastEventId,
      };
    const tables = about?.tables.map(({ name, rows }) => ({ name, rows })) ?? null;
    const salvagedFrom = about?.salvaged?.from ?? null;
    return {
      lastEventId,
      health: 'unchecked',
      healthDetail: null,
      tables,
      undoes: readUndoes(about),
      salvagedFrom,
    };
  };
  try {
    return await withSnapshotFile(folder, id, glance, listed);
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
    return error.code === 'snapshot-missing' ? null : unreadable(error.message);
  }
}

/** What is known of a file that cannot be read. */
export function unreadable(why: string): Known {
  return {
    lastEventId: null,
    health: 'unreadable',
    healthDetail: why,
    tables: null,
    undoes: null,
    salvagedFrom: null,
  };
}
