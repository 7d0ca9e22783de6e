import { useCallback, useEffect, useState } from 'react';
import type { FolderId } from '../../electron/contract.ts';
import type { Diff } from '../../src/model/diff.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { type Request, useRequest } from '../ask/use-request.ts';

const SLOW_MS = 2_000;

export type ComparisonState = {
  readonly diff: Request<Diff>;
  /** What is shown is older than the database, and comparing anew waits for a person. */
  readonly outdated: boolean;
  readonly compareAgain: () => void;
};

/**
 * Compares a snapshot with the database, anew whenever that has changed; but where it takes long only when asked for,
 * since a busy chat app would keep it going for ever. Up to `freshRevision` it is compared anew in any case. A comparison under way is never thrown away for a newer one.
 */
export function useComparison(
  folderId: FolderId,
  snapshotId: SnapshotId | null,
  revision: number,
  freshRevision: number,
): ComparisonState {
  const diff = useRequest('snapshot.diff', snapshotId === null ? null : { folderId, snapshotId });
  const { busy, tookMs, reload } = diff;
  const [compared, setCompared] = useState(revision);
  const compareAgain = useCallback(() => {
    setCompared(revision);
    reload();
  }, [revision, reload]);
  const behind = compared !== revision && !busy;
  const slow = tookMs > SLOW_MS && revision > freshRevision;
  useEffect(() => {
    if (behind && !slow) compareAgain();
  }, [behind, slow, compareAgain]);
  return { diff, outdated: behind && slow, compareAgain };
}
