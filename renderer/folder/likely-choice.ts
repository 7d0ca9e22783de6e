import { useEffect, useEffectEvent } from 'react';
import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { afterDrawing } from '../ask/after-drawing.ts';
import { call } from '../ask/api.ts';
import { fallbackSnapshot } from '../snapshots/snapshot-groups.ts';

type LikelyChoice = {
  readonly folderId: FolderId;
  /** A new empty set asks for another choice, even while one is being looked for. */
  readonly chosen: ReadonlySet<unknown>;
  readonly snapshots: readonly ListedSnapshot[];
  readonly lastEventId: bigint;
  readonly onChoose: (id: SnapshotId) => void;
};

/**
 * While no snapshot is chosen, chooses the one that most likely brings back what was lost. If nothing seems lost, it chooses
 * the best remaining one (see `fallbackSnapshot`).
 */
export function useLikelyChoice({ folderId, chosen, snapshots, lastEventId, onChoose }: LikelyChoice): void {
  const choose = useEffectEvent((likely: SnapshotId | null) => {
    const found = snapshots.find(({ id }) => id === likely) ?? fallbackSnapshot(snapshots, lastEventId);
    if (found !== undefined) onChoose(found.id);
  });
  const hasSnapshots = snapshots.length > 0;
  useEffect(() => {
    if (chosen.size > 0 || !hasSnapshots) return;
    const abort = new AbortController();
    const { signal } = abort;
    // The list first: it can be used while this is being found out.
    const stopWaiting = afterDrawing(() => {
      void call('snapshots.likely', { folderId }, { signal }).then((reply) => {
        if (!signal.aborted) choose(reply.ok ? reply.value : null);
      });
    });
    return () => {
      stopWaiting();
      abort.abort();
    };
  }, [folderId, chosen, hasSnapshots]);
}
