import type { Happened } from '../model/happened.ts';
import type { SnapshotId } from '../model/snapshots.ts';

/** The snapshots that the first screen names, which hold what is missing. */
export function waysOf(happened: Happened | null): readonly SnapshotId[] {
  if (happened?.state === 'unplaced') return happened.way === null ? [] : [happened.way.snapshotId];
  if (happened === null || !('loss' in happened)) return [];
  const earlier = happened.state === 'several' ? happened.earlier : [];
  return [happened.loss, ...earlier].map(({ snapshotId }) => snapshotId);
}
