import { createContext, useContext } from 'react';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { ChosenPart } from '../../words/part.ts';

/** Opens the question whether to bring back a part of a snapshot. Null: nothing can be restored in this folder. */
export type RestorePart = ((snapshotId: SnapshotId, part: ChosenPart) => void) | null;

const RestorePartContext = createContext<RestorePart>(null);

/** Provides it to whatever shows messages and rows of snapshots that are not the chosen one. */
export const RestorePartProvider = RestorePartContext.Provider;

/** What brings back a part of any snapshot; null: nothing does. */
export function useRestorePart(): RestorePart {
  return useContext(RestorePartContext);
}
