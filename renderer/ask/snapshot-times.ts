import { createContext, useContext } from 'react';
import type { SnapshotId } from '../../src/model/snapshots.ts';

const SnapshotTimesContext = createContext<(id: SnapshotId) => string | null>(() => null);

/** Provides when each snapshot of the open folder was taken, ISO 8601 in UTC; null for one that is gone. */
export const SnapshotTimesProvider = SnapshotTimesContext.Provider;

/** When a snapshot of the open folder was taken. */
export function useSnapshotTimes(): (id: SnapshotId) => string | null {
  return useContext(SnapshotTimesContext);
}
