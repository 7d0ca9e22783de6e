import { useCallback, useEffect, useState } from 'react';
import type { FolderId } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { type Revisions, waitsForPerson } from '../ask/revisions.ts';
import type { ComparisonState } from '../ask/snapshot-view.ts';
import { useRequest } from '../ask/use-request.ts';

/**
 * Compares a snapshot with the database, and again after each change of the database. If that takes long, the next
 * comparison waits until the user asks for it. A running comparison is finished first. A null id compares nothing.
 */
export function useComparison(
  folderId: FolderId,
  snapshotId: SnapshotId | null,
  revisions: Revisions,
): ComparisonState {
  const diff = useRequest('snapshot.diff', snapshotId === null ? null : { folderId, snapshotId });
  const { busy, tookMs, reload } = diff;
  const { database } = revisions;
  const [compared, setCompared] = useState(database);
  const compareAgain = useCallback(() => {
    setCompared(database);
    reload();
  }, [database, reload]);
  const behind = compared !== database && !busy;
  const waits = waitsForPerson(revisions, tookMs);
  useEffect(() => {
    if (behind && !waits) compareAgain();
  }, [behind, waits, compareAgain]);
  return { diff, outdated: behind && waits, compareAgain };
}
