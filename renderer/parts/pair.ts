import type { ListedSnapshot } from '../../electron/contract.ts';
import { isUnwell } from '../../words/snapshots.ts';

/** Two snapshots that can be compared with each other. */
export type Pair = {
  readonly earlier: ListedSnapshot;
  readonly later: ListedSnapshot;
  /** The same for the same two, also once the list was read again. */
  readonly name: string;
  /** False where one of them is damaged. */
  readonly isReadable: boolean;
};

/** What two chosen snapshots are compared as; null for any other number. */
export function pairOf(snapshots: readonly ListedSnapshot[]): Pair | null {
  const [earlier, later, ...more] = snapshots.toSorted((a, b) => a.takenAt.localeCompare(b.takenAt));
  if (earlier === undefined || later === undefined || more.length > 0) return null;
  return {
    earlier,
    later,
    name: `${earlier.id} ${later.id}`,
    isReadable: !isUnwell(earlier) && !isUnwell(later),
  };
}
