import { useEffect } from 'react';
import type { FolderId } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { call } from '../ask/api.ts';

/**
 * Keeps a snapshot while this is shown, so that the chat app cannot remove it while a person decides on it. Null: no need.
 * Where the snapshot is removed meanwhile, it stays kept, and the list shows it.
 */
export function useHold(folderId: FolderId, snapshotId: SnapshotId | null): void {
  useEffect(() => {
    if (snapshotId === null) return;
    const held = call('snapshot.hold', { folderId, snapshotId });
    return () =>
      void held.then((reply) => {
        if (reply.ok && reply.value !== null)
          void call('snapshot.release', { folderId, snapshotId: reply.value });
      });
  }, [folderId, snapshotId]);
}
