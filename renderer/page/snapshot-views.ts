import type { ComponentType } from 'react';
import type { SnapshotViewProps } from '../ask/snapshot-view.ts';
import { DetailsView } from '../details/details-view.tsx';

export type SnapshotView = {
  readonly id: string;
  readonly name: string;
  readonly View: ComponentType<SnapshotViewProps>;
};

const details: SnapshotView = { id: 'details', name: 'Details', View: DetailsView };

/** The views of a snapshot, in the order of their tabs. The first one is shown first. */
export const snapshotViews: readonly [SnapshotView, ...SnapshotView[]] = [details];
