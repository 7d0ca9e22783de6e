import type { ErrorCode } from './errors.ts';
import type { RestoreReceipt } from './receipt.ts';
import type { RestoreMode } from './restore.ts';
import type { SnapshotId } from './snapshots.ts';

/* What was done in a data folder, as far as the journal and the folder itself still tell it. */

/**
 * Why an entry cannot be taken back now. `newer-first`: something newer has to be undone first. `past`: what it led to is
 * not what the database holds any more. `undecided`: nobody can tell whether it was made. `kept`: what is kept stays until
 * somebody moves it to the trash. `not-kept`: it is not kept any more. `not-in-trash`: what was moved is not there any more.
 * The others tell of an action that replaced nothing, or that is final.
 */
export type NoWayBack =
  | 'newer-first'
  | 'past'
  | 'not-made'
  | 'under-way'
  | 'undecided'
  | 'copy-gone'
  | 'copy-unreadable'
  | 'copy-damaged'
  | 'kept'
  | 'not-kept'
  | 'not-in-trash'
  | 'taken'
  | 'put-back'
  | 'salvaged'
  | 'deleted'
  | 'in-system-trash';

/** How an entry can be taken back now. */
type WayBackNow =
  | {
      readonly can: true;
      readonly by: 'undo' | 'redo';
      /** How many events were written since, which would go too. Null: not known. What was written without an event, only the plan tells. */
      readonly since: number | null;
    }
  /** From the trash, with the name of the folder there. */
  | { readonly can: true; readonly by: 'put-back'; readonly trashName: string }
  /** `because`: the same in a whole sentence. */
  | { readonly can: false; readonly why: NoWayBack; readonly because: string };

type Entry = {
  /**
   * The id of the safety copy for a restore, undo or redo; `trash/NAME` for what was moved there; its own id for what is
   * kept; `taken/ID` for a snapshot that was taken; for all else what it was, a slash, and when.
   */
  readonly id: string;
  readonly at: string;
  readonly wayBack: WayBackNow;
};

/** A restore, an undo or a redo, made or not. */
export type RestoreEntry = Entry & {
  readonly kind: 'restore' | 'undo' | 'redo';
  /** What was brought back; of an undo or redo, a safety copy. Null: not known any more. */
  readonly target: SnapshotId | null;
  readonly targetTakenAt: string | null;
  /** Of an undo or redo, the restore that it took back or made again. Null: not known any more, or it is a restore. */
  readonly of: SnapshotId | null;
  readonly mode: RestoreMode | null;
  /**
   * `done`. `found-done`: it was interrupted, and found complete at a later start. `not-made`: nothing was changed.
   * `under-way`. `undecided`: nobody can tell.
   */
  readonly ended: 'done' | 'found-done' | 'not-made' | 'under-way' | 'undecided';
  /** Why nothing was changed: `core-stopped` where it was interrupted. */
  readonly code: ErrorCode | null;
  /** `held`: the database holds its result. `in-effect`: so far, its result is part of what the database holds. `past`: it is not. */
  readonly standing: 'held' | 'in-effect' | 'past';
  /** The restore, still in effect, that went back to before this one; null: none did, or it is not known. */
  readonly replacedBy: SnapshotId | null;
  /** Null where it was not made, or the journal lacks it. */
  readonly receipt: RestoreReceipt | null;
};

/** Who did it: a person, or Snapback by itself, because a person once allowed it. */
export type By = 'person' | 'itself';

export type TrashEntry = Entry & {
  readonly kind: 'prune';
  readonly by: By;
  /** What was moved. Where that was not recorded, what of it is still in the trash. */
  readonly snapshots: readonly SnapshotId[];
  /** Of what is still in the trash. */
  readonly bytes: number;
};

export type KeepEntry = Entry & {
  readonly kind: 'keep';
  readonly by: By;
  readonly target: SnapshotId;
  readonly targetTakenAt: string | null;
  readonly name: string | null;
};

/** A snapshot that was taken. */
type TakeEntry = Entry & {
  readonly kind: 'take';
  readonly by: By;
  readonly target: SnapshotId;
  /** Whether it is still in its place. */
  readonly isThere: boolean;
};

type PutBackEntry = Entry & { readonly kind: 'put-back'; readonly snapshots: readonly SnapshotId[] };

/** What was whole of a damaged snapshot was saved as a file, which is told by its name. */
type SalvageEntry = Entry & {
  readonly kind: 'salvage';
  readonly target: SnapshotId;
  readonly targetTakenAt: string | null;
  readonly fileName: string;
};

export type EmptyEntry = Entry & {
  readonly kind: 'empty-trash';
  readonly files: number;
  readonly bytes: number;
  readonly to: 'deleted' | 'system-trash';
};

export type HistoryEntry =
  | RestoreEntry
  | TrashEntry
  | KeepEntry
  | TakeEntry
  | PutBackEntry
  | SalvageEntry
  | EmptyEntry;

/** What was done besides restoring, as it is noted down. */
export type RecordedAction = { readonly at: string; readonly by: By } & (
  | { readonly did: 'take'; readonly snapshotId: SnapshotId }
  | {
      readonly did: 'prune';
      readonly trashName: string;
      readonly snapshots: readonly SnapshotId[];
      readonly bytes: number;
    }
  | { readonly did: 'put-back'; readonly snapshots: readonly SnapshotId[] }
  | {
      readonly did: 'empty-trash';
      readonly files: number;
      readonly bytes: number;
      readonly to: 'deleted' | 'system-trash';
    }
  | {
      readonly did: 'keep';
      readonly keptId: SnapshotId;
      readonly snapshotId: SnapshotId;
      readonly name: string | null;
    }
  | { readonly did: 'salvage'; readonly snapshotId: SnapshotId; readonly fileName: string }
);

/** All that was done, newest first. */
export type ActionHistory = {
  readonly entries: readonly HistoryEntry[];
  /** The entry of which the database holds the result; null where all that is known was taken back, or nobody can tell. */
  readonly held: SnapshotId | null;
  /** What Undo takes back next, one restore further back each time. */
  readonly undo: SnapshotId | null;
  /** The undo that Redo takes back next. */
  readonly redo: SnapshotId | null;
};

/** A receipt that was written into a file of its own. */
export type ExportedReceipt = { readonly id: string; readonly file: string; readonly sizeBytes: number };
