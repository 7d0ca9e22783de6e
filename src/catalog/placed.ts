import type { SnapshotSummary } from '../model/snapshots.ts';

type Seen = Pick<SnapshotSummary, 'health' | 'lastEventId' | 'salvagedFrom'>;

/** A whole snapshot that can be read as far as is known, and whose last event is known. */
export type Placed<T extends Seen = SnapshotSummary> = T & { readonly lastEventId: bigint };

/** The snapshots whose place in the log is known. What was saved of a damaged one cannot be restored as a whole. */
export function readPlaced<T extends Seen>(list: readonly T[]): readonly Placed<T>[] {
  return list.filter(isPlaced<T>);
}

/** The other whole ones: their last event is not a number, as in a log with text ids, or they do not name it. */
export function readUnplaced<T extends Seen>(list: readonly T[]): readonly T[] {
  return list.filter((one) => isWhole(one) && one.lastEventId === null);
}

function isPlaced<T extends Seen>(one: T): one is Placed<T> {
  return isWhole(one) && one.lastEventId !== null;
}

function isWhole({ health, salvagedFrom }: Seen): boolean {
  return (health === 'good' || health === 'unchecked') && salvagedFrom === null;
}
