import type { Diff, NewerEvents, SchemaDrift, SnapshotRef, TableDiff } from './diff.ts';
import type { ErrorCode, ErrorDetail } from './errors.ts';
import type { SnapshotId } from './snapshots.ts';

/* What is shown before a restore or a prune, and what is proven after it. Part of the model. */

/** Who has the database open. `unknown`: this system does not tell. */
export type InUse =
  | { readonly state: 'no' | 'unknown' }
  | { readonly state: 'yes'; readonly by: readonly { readonly pid: number; readonly name: string }[] };

export type RestoreMode = 'full' | 'projections';

/** What a person accepts to be lost. No part of a plan's identity: the plan that was shown stays the plan. */
export type RestoreConsents = {
  /** Accept that values without a place in the live schema are lost, that rows come back whose parents are gone, and guesses that nothing supports. */
  readonly acceptDrift: boolean;
  /** Accept that newer events are lost although the snapshot is of another timeline than the database. */
  readonly acceptOtherTimeline: boolean;
};

/** What a restore is asked to do. But for the consents, part of a plan's identity. */
export type RestoreOptions = RestoreConsents & {
  readonly mode: RestoreMode;
  /** Tables in state `empty-then` that shall be emptied. */
  readonly clearTables: readonly string[];
};

/** Rows that refer to something that is not there, more than there were. */
export type Orphans = {
  readonly table: string;
  readonly parent: string;
  readonly rows: number;
  /** Whether they come back so; otherwise it is what they refer to that goes. */
  readonly comesBack: boolean;
};

/**
 * A table outside the plan that may be out of step afterwards. `by`: the triggers that would have kept it up, had the chat
 * application written the rows; empty for a virtual table with data of its own that no trigger writes to, since an
 * application may keep such an index up by itself.
 */
export type NotKeptUp = {
  readonly name: string;
  readonly by: readonly { readonly trigger: string; readonly table: string }[];
};

/** Of a table that is left alone nothing is added, removed or changed. */
export type PlannedTable = TableDiff & { readonly action: 'write' | 'leave' };

/** A derived table that keeps the rows of now beside tables of then: the result is of no one moment. */
export type NotRestored = {
  readonly name: string;
  readonly rows: number;
  /** Whether `clearTables` may name it: the snapshot has it as an empty list. */
  readonly choice: boolean;
};

/** Why a plan can't be applied as things stand; the same code and detail that apply would throw. */
export type Refusal = { readonly code: ErrorCode; readonly message: string; readonly detail: ErrorDetail };

/** Exactly what a restore (or its undo) will do. Made without writing a byte; applied exactly or refused. */
export type RestorePlan = {
  /** SHA-256 over snapshot bytes, schema, mode, options and the content hash of every live table it touches. */
  readonly planId: string;
  readonly action: 'restore' | 'undo';
  readonly snapshot: SnapshotRef;
  readonly options: RestoreOptions;
  readonly tables: readonly PlannedTable[];
  /** Empty: what is restored is of one moment. Of tables in state `derived` that trial tells. */
  readonly notRestored: readonly NotRestored[];
  /** Live tables that the snapshot does not name and the plan leaves alone. */
  readonly bystanders: readonly string[];
  readonly newerEvents: readonly NewerEvents[];
  readonly returningEvents: readonly NewerEvents[];
  /** Live events that the snapshot does not hold, whatever their ids, but for the host's own records of rewinds. */
  readonly newerEventsLost: number;
  /** `other`: the snapshot's log and the live one went different ways. Losing newer events then takes a consent. */
  readonly lineage: Diff['lineage'];
  readonly schemaDrift: readonly SchemaDrift[];
  readonly guessedBlobs: Diff['guessedBlobs'];
  /** Triggers of touched tables: left running because they only maintain a search index, or set aside and put back verbatim. */
  readonly triggers: readonly {
    readonly name: string;
    readonly table: string;
    readonly handling: 'kept' | 'set-aside';
  }[];
  readonly searchIndexes: readonly {
    readonly name: string;
    readonly before: 'ok' | 'stale' | 'unchecked';
    /** `follows`: kept up row by row. `rebuilt`: built anew if it does not agree. `left`: can't be brought along row by row, left as it is. */
    readonly handling: 'follows' | 'rebuilt' | 'left';
  }[];
  /** What stays as it is although rows change that it is derived from. */
  readonly notKeptUp: readonly NotKeptUp[];
  readonly foreignKeyViolations: number;
  /** How many there are after it, as a trial on a copy found; null where that was not tried. */
  readonly foreignKeyViolationsAfter: number | null;
  /** What of these is new, as that trial found. */
  readonly orphans: readonly Orphans[];
  readonly damage: readonly string[];
  readonly inUse: InUse;
  readonly safetyCopy: { readonly folder: string; readonly aboutBytes: number };
  /** True: a fresh checkpoint of the result is published, so that the host's next start loads it and not an older one. */
  readonly freshCheckpoint: boolean;
  /** Projections only: the checkpoint that the host will load at its next start, and the events it then replays. */
  readonly hostReplay: {
    readonly checkpoint: string | null;
    readonly afterEvent: bigint;
    readonly upToEvent: bigint;
    readonly tablesAtEvent: bigint;
  } | null;
  readonly space: readonly {
    readonly volume: string;
    readonly neededBytes: number;
    readonly freeBytes: number;
  }[];
  readonly refusals: readonly Refusal[];
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
   * `came-back`: not in order, but so in the state that was asked for, or accepted. `left`: not brought along with the
   * tables, so it may be out of step with them. `not-brought-back`: not as in the snapshot, because its rows come from
   * elsewhere.
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

/** The proof of an applied plan. */
export type RestoreReceipt = {
  readonly planId: string;
  readonly action: 'restore' | 'undo';
  readonly snapshotId: SnapshotId;
  readonly mode: RestoreMode;
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
  /** As the plan's; empty in receipts of earlier versions. */
  readonly notRestored: readonly NotRestored[];
  readonly checks: readonly CheckResult[];
  readonly lastEventId: bigint;
  /** How long other writers were shut out, in milliseconds. */
  readonly writeLockMs: number;
  readonly whileOpen: boolean;
  readonly inUse: InUse;
};

/**
 * What the database holds since the newest restore or undo, told by content and not by what was done last. `restored`:
 * the state of the snapshot named here. `undone`: what was there before that snapshot was restored. `unknown`: the state
 * of the safety copy named here, of which nobody knows any more what it was.
 */
export type HeldState = {
  readonly state: 'restored' | 'undone' | 'unknown';
  readonly snapshotId: SnapshotId;
  readonly snapshotTakenAt: string;
};

/** The newest restore or undo that was made, and what the database holds since. Null fields: not known any more. */
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

/** How a restore ended of which nobody heard: told by the content of the database and our own records. */
export type PlanOutcome = KnownOutcome | 'unknown';
export type KnownOutcome = 'made' | 'not-made';
