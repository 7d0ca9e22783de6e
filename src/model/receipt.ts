import type { InUse, NotRestored, Replay, RestoreMode } from './restore.ts';
import type { SnapshotId } from './snapshots.ts';

/* What is proven after a restore, and what the database holds since. */

/** The proof of a restore into a new file. */
export type CopyReceipt = Pick<
  RestoreReceipt,
  | 'planId'
  | 'snapshotId'
  | 'mode'
  | 'isPart'
  | 'finishedAt'
  | 'notRestored'
  | 'leftOut'
  | 'checks'
  | 'lastEventId'
  | 'replay'
> & {
  readonly to: string;
  readonly sizeBytes: number;
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
};

export type CheckResult = {
  readonly check:
    | 'content-hash'
    | 'bystanders'
    | 'foreign-keys'
    | 'integrity'
    | 'search-index'
    | 'derived'
    | 'schema'
    | 'checkpoint';
  readonly subject: string | null;
  /**
   * `came-back`: not in order, but that is how the restored state was, or it was accepted. `left`: not updated with the
   * tables, so it may be out of step with them. `not-brought-back`: not as in the snapshot, because its rows come from
   * other tables.
   */
  readonly result:
    | 'ok'
    | 'unchanged-damage'
    | 'came-back'
    | 'rebuilt'
    | 'left'
    | 'not-run'
    | 'not-brought-back';
  readonly detail: string | null;
};

/** The events that a restore brought back or made visible again: what it is named by afterwards. */
export type Returned = {
  /** Messages that a reader of the chats sees again. */
  readonly messages: number;
  readonly events: number;
  readonly chats: number;
  /** The chats with most of them, first the one with most messages; at most 20. */
  readonly named: readonly {
    readonly chat: string | null;
    readonly chatName: string | null;
    readonly messages: number;
  }[];
};

/** What a restored part is called where no event came back with it. At most 20 tables are named. */
export type RestoredPart =
  | { readonly by: 'tables'; readonly tables: readonly string[] }
  | { readonly by: 'chat'; readonly chat: string; readonly chatName: string | null }
  /** `back`: rows that came back or changed; `gone`: rows that were removed. */
  | {
      readonly by: 'rows';
      readonly rows: readonly {
        readonly table: string;
        readonly role: 'log' | 'projected';
        readonly back: number;
        readonly gone: number;
      }[];
    };

/** The proof of an applied plan. */
export type RestoreReceipt = {
  readonly planId: string;
  readonly action: 'restore' | 'undo';
  readonly snapshotId: SnapshotId;
  readonly mode: RestoreMode;
  /** Only a selected part was restored; absent in other receipts. */
  readonly isPart?: true | undefined;
  /** What was selected, in such a receipt. */
  readonly part?: RestoredPart | undefined;
  readonly finishedAt: string;
  readonly safetyCopyId: SnapshotId;
  /** Null where the restore published no fresh checkpoint. */
  readonly checkpointId: SnapshotId | null;
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    readonly beforeHash: string;
    readonly afterHash: string;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
  }[];
  /** Null for an undo, for a restore that did not write the log, and in receipts of earlier versions. */
  readonly returned: Returned | null;
  /** As in the plan; empty in receipts of earlier versions. */
  readonly notRestored: readonly NotRestored[];
  /** Tables of which some values are missing or changed, as was accepted; empty in receipts of earlier versions. */
  readonly leftOut: readonly string[];
  readonly checks: readonly CheckResult[];
  readonly lastEventId: bigint;
  /** The events that the host applies at its next start, from the first to the last; null: none. */
  readonly replay: Omit<Replay, 'events'> | null;
  /** How long other writers were shut out, in milliseconds. */
  readonly writeLockMs: number;
  readonly whileOpen: boolean;
  readonly inUse: InUse;
};

/** What a restore is named by afterwards. */
export type MadeRestore = {
  readonly mode: RestoreMode | null;
  readonly returned: Returned | null;
  readonly keptNewer: boolean;
  /** Null: it is not known to have been of a part only. */
  readonly part: RestoredPart | null;
};

/**
 * What the database holds since the newest restore or undo, judged by its content and not by what was done last.
 * `restored`: the state of the named snapshot. `undone`: what was there before that snapshot was restored. `unknown`:
 * the state of the named safety copy, whose origin is not recorded any more.
 */
export type HeldState = {
  readonly state: 'restored' | 'undone' | 'unknown';
  readonly snapshotId: SnapshotId;
  readonly snapshotTakenAt: string;
  /** Only a part of that state was brought back; all else stayed as it was. */
  readonly isPart?: true | undefined;
  /** What the restore is named by that led to this state, or that was undone; absent where it is not known any more. */
  readonly made?: MadeRestore | undefined;
};

/** The newest restore or undo, and what the database holds since. Null fields: not known any more. */
export type RestoredState = {
  readonly planId: string;
  readonly action: 'restore' | 'undo';
  readonly snapshotId: SnapshotId;
  readonly snapshotTakenAt: string;
  readonly holds: HeldState;
  readonly safetyCopyId: SnapshotId;
  readonly finishedAt: string | null;
  readonly tablesVerified: number;
};

/** How a restore ended that could not report its result, judged by the database's content and our own records. */
export type PlanOutcome = KnownOutcome | 'unknown';

export type KnownOutcome = 'made' | 'not-made';
