import { useEffect, useEffectEvent } from 'react';
import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { call } from '../ask/api.ts';
import { fallbackSnapshot } from '../snapshots/snapshot-groups.ts';

/** Chooses, while nothing is chosen, the snapshot that brings back what was lost; where nothing is, one that is not as now. */
export function useLikelyChoice(
  folderId: FolderId,
  isNeeded: boolean,
  snapshots: readonly ListedSnapshot[],
  lastEventId: bigint,
  onChoose: (id: SnapshotId) => void,
): void {
  const choose = useEffectEvent((likely: SnapshotId | null) => {
    const found = snapshots.find(({ id }) => id === likely) ?? fallbackSnapshot(snapshots, lastEventId);
    if (found !== undefined) onChoose(found.id);
  });
  useEffect(() => {
    if (!isNeeded) return;
    const abort = new AbortController();
    void call('snapshots.likely', { folderId }, { signal: abort.signal }).then((reply) => {
      if (!abort.signal.aborted) choose(reply.ok ? reply.value : null);
    });
    return () => abort.abort();
  }, [folderId, isNeeded]);
}
