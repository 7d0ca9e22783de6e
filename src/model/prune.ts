import type { Need, SnapshotId } from './snapshots.ts';

export type PrunePolicy =
  | { readonly by: 'count'; readonly kind: string; readonly keep: number }
  | { readonly by: 'age'; readonly kind: string; readonly olderThanDays: number }
  | { readonly by: 'choice'; readonly ids: readonly SnapshotId[] };

export type PrunePlan = {
  readonly planId: string;
  readonly policy: PrunePolicy;
  readonly goes: readonly {
    readonly id: SnapshotId;
    readonly takenAt: string;
    readonly sizeBytes: number;
    readonly reason: 'beyond-newest' | 'older-than' | 'chosen';
  }[];
  /** Named by the policy or the choice, but refused. */
  readonly stays: readonly {
    readonly id: SnapshotId;
    readonly reason: Need | 'safety-copy-too-young' | 'unreadable';
  }[];
  readonly bytes: number;
};

export type PruneReceipt = {
  readonly planId: string;
  readonly moved: readonly SnapshotId[];
  readonly bytes: number;
  readonly trashFolder: string;
};

export type TrashSummary = {
  readonly files: number;
  readonly bytes: number;
  /** Folders of the trash with something in them that no prune's manifest names: emptying leaves that alone. */
  readonly others: number;
};

/** What one prune has moved to the trash and is still there. */
export type TrashedPrune = {
  /** The name of its folder in the trash; `putBack` takes it. */
  readonly trashName: string;
  readonly prunedAt: string;
  readonly snapshots: readonly { readonly id: SnapshotId; readonly takenAt: string }[];
  readonly bytes: number;
};

/** What became of a prune's files: back in their places, or left in the trash since their place is taken or must not be. */
export type PutBack = { readonly putBack: readonly SnapshotId[]; readonly left: readonly SnapshotId[] };

/** What only one snapshot can bring back: messages or other events that came away, and no snapshot that stays holds them. */
export type OnlyCopy = {
  readonly id: SnapshotId;
  readonly takenAt: string;
  readonly events: number;
  readonly messages: number;
  /** Of one chat only, its name or id; null where they are of several, or of none. */
  readonly chat: string | null;
};
