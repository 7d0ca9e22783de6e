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
  /** Selected by the policy or by hand, but not moved. */
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
  /** Whole sentences: what was not done, though the rest was. */
  readonly notes: readonly string[];
};

export type TrashSummary = {
  readonly files: number;
  readonly bytes: number;
  /** How many of these bytes emptying the trash frees: none of a file that is kept as well. */
  readonly freesBytes: number;
  /** Folders in the trash with files that no prune's manifest names. Emptying the trash leaves those files alone. */
  readonly others: number;
  /** The names of those folders. */
  readonly otherNames: readonly string[];
};

/** What emptying the trash deleted, and what stayed. `notes`, in whole sentences: what could not be done. */
export type EmptiedTrash = TrashSummary & { readonly notes: readonly string[] };

/** What one prune has moved to the trash and is still there. */
export type TrashedPrune = {
  /** The name of its folder in the trash; `putBack` takes it. */
  readonly trashName: string;
  readonly prunedAt: string;
  /** Newest first. */
  readonly snapshots: readonly {
    readonly id: SnapshotId;
    readonly takenAt: string;
    readonly sizeBytes: number;
  }[];
  readonly bytes: number;
};

/** What the trash holds. `planId` identifies exactly that. */
export type TrashView = TrashSummary & {
  readonly planId: string;
  /** Newest first. */
  readonly prunes: readonly TrashedPrune[];
};

/** What to put back of one prune: these snapshots; null: all of them. */
export type PutBackChoice = { readonly trashName: string; readonly ids: readonly SnapshotId[] | null };

/** What happened to a prune's files: they are back in their places, or in the trash because their place is taken or may not be used. */
export type PutBack = {
  readonly putBack: readonly SnapshotId[];
  readonly left: readonly SnapshotId[];
  /** Whole sentences: what was not done, though the rest was. */
  readonly notes: readonly string[];
};

/** What snapshots take on the disk. A file that has several names counts once. */
export type SpaceUse = {
  /** The kinds of snapshots that take any, the largest first. */
  readonly kinds: readonly { readonly kind: string; readonly snapshots: number; readonly bytes: number }[];
  /** What a prune moved away and still takes space. */
  readonly trash: { readonly snapshots: number; readonly bytes: number };
  readonly totalBytes: number;
  /** The rule that would move most to the trash, and what would be free once that is emptied; null: none moves anything. */
  readonly suggestion: {
    readonly policy: Exclude<PrunePolicy, { readonly by: 'choice' }>;
    readonly snapshots: number;
    readonly bytes: number;
  } | null;
};

/** Events that only this snapshot can bring back: they are gone from the database, and no snapshot that stays holds them. */
export type OnlyCopy = {
  readonly id: SnapshotId;
  readonly takenAt: string;
  readonly events: number;
  readonly messages: number;
  /** The name or id of their chat; null where they belong to several chats or to none. */
  readonly chat: string | null;
};
