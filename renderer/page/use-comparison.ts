import type { FolderId } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { Revisions } from '../ask/revisions.ts';
import type { ComparisonState } from '../ask/snapshot-view.ts';
import { useFollowed } from '../ask/use-followed.ts';
import { useRequest } from '../ask/use-request.ts';

/** Compares a snapshot with the database, and again when the database changes. A null id compares nothing. */
export function useComparison(
  folderId: FolderId,
  snapshotId: SnapshotId | null,
  revisions: Revisions,
): ComparisonState {
  const diff = useRequest('snapshot.diff', snapshotId === null ? null : { folderId, snapshotId });
  const { outdated, renewing, again } = useFollowed(diff, revisions);
  return { diff, outdated, renewing, compareAgain: again };
}
