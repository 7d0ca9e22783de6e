import { SnapbackError } from '../model/errors.ts';
import type { SnapshotSummary } from '../model/snapshots.ts';

/** A whole snapshot that can be read as far as is known, and whose last event is known. */
export type Placed = SnapshotSummary & { readonly lastEventId: bigint };

/** The snapshots whose place in the log is known. What was saved of a damaged one cannot be restored as a whole. */
export function readPlaced(list: readonly SnapshotSummary[]): readonly Placed[] {
  return list.filter(isPlaced);
}

function isPlaced(one: SnapshotSummary): one is Placed {
  return (
    (one.health === 'good' || one.health === 'unchecked') &&
    one.lastEventId !== null &&
    one.salvagedFrom === null
  );
}

/** Null where the snapshot turns out to be unreadable. @throws any other error */
export async function unlessUnreadable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SnapbackError && error.code.startsWith('snapshot-')) return null;
    throw error;
  }
}
