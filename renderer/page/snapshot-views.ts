import type { ComponentType } from 'react';
import type { SnapshotViewProps } from '../ask/snapshot-view.ts';
import { ConversationView } from '../conversation/conversation-view.tsx';
import { DetailsView } from '../details/details-view.tsx';
import { RowsView } from '../rows/rows-view.tsx';

export type SnapshotView = {
  readonly id: string;
  readonly name: string;
  readonly View: ComponentType<SnapshotViewProps>;
};

const conversation: SnapshotView = { id: 'conversation', name: 'Conversation', View: ConversationView };
const rows: SnapshotView = { id: 'rows', name: 'Rows', View: RowsView };
const details: SnapshotView = { id: 'details', name: 'Details', View: DetailsView };

/** The view that is shown first. */
export const firstView = conversation.id;

/** The views of a snapshot, in the order of their tabs. */
export const snapshotViews: readonly [SnapshotView, ...SnapshotView[]] = [conversation, rows, details];
