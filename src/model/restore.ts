import type { Diff, NewerEvents, SchemaDrift, SnapshotRef, TableDiff } from './diff.ts';
import type { ErrorCode, ErrorDetail } from './errors.ts';
import type { RowName } from './search.ts';
import type { SnapshotId } from './snapshots.ts';

/* What is shown before a restore, and what is proven after it. */

/** Who else has the database open. `unknown`: this system does not say. */
export type InUse =
  | { readonly state: 'no' | 'unknown' }
  | { readonly state: 'yes'; readonly by: readonly { readonly pid: number; readonly name: string }[] };

export type RestoreMode = 'full' | 'projections';

/** The losses that a person accepts. They are not part of a plan's identity: with them, the plan that was shown stays the same. */
export type RestoreConsents = {
  /** Accept the loss of values that the live schema cannot hold, rows that come back without their parents, and guesses without evidence. */
  readonly acceptDrift: boolean;
  /** Accept the loss of newer events although the snapshot belongs to another timeline. */
  readonly acceptOtherTimeline: boolean;
};

/** What a restore is asked to do. All but the consents is part of a plan's identity. */
export type RestoreOptions = RestoreConsents & {
  readonly mode: RestoreMode;
  /** Keep the events that were written since the snapshot. The host applies them at its next start. Only in a full restore. */
  readonly keepNewer: boolean;
  /** Newer events that are not kept, by their ids; absent: all are kept. Only with `keepNewer`. */
  readonly leaveOut?: readonly bigint[] | undefined;
  /** Tables in state `empty-then` to be emptied. */
  readonly clearTables: readonly string[];
  /** The part of the snapshot that is brought back; absent: all of it. Only in a full restore that keeps no newer events. */
  readonly selection?: Selection | undefined;
  /**
   * Merge the snapshot with what was written since, row by row; absent: it replaces that. Only in a full restore of the
   * whole snapshot that keeps no newer events for the host to apply.
   */
  readonly merge?: Merge | undefined;
};

/** One side of a row that the snapshot and the database have otherwise: `mine` is the database’s now, `theirs` the snapshot’s. */
export type MergeSide = 'mine' | 'theirs';

/** Which sides are taken of the rows that both changed. What nothing chooses stays open, and then nothing is restored. */
export type MergeChoices = {
  /** For every row that `tables` does not choose. */
  readonly all: MergeSide | null;
  readonly tables: readonly {
    readonly table: string;
    /** Either for all rows of the table, or for these. */
    readonly take: MergeSide | readonly { readonly key: RowName['key']; readonly take: MergeSide }[];
  }[];
};

/** `baseId`: the snapshot of the state just after the rewind; null: the one that is found for it, if any. */
export type Merge = { readonly baseId: SnapshotId | null; readonly choices: MergeChoices };

/** A row by its columns. */
export type NamedValues = readonly (readonly [column: string, value: RowName['key'][number]])[];

/** A row that the snapshot and the database have otherwise, and both otherwise than the base. Null: it is not there. */
export type Conflict = RowName & {
  readonly base: NamedValues | null;
  readonly mine: NamedValues | null;
  readonly theirs: NamedValues | null;
  /** What was chosen; null: nothing yet. */
  readonly take: MergeSide | null;
};

/** A newer event that is kept, and one that is left out, whose id its payload holds: it may refer to it. */
export type Referring = { readonly event: bigint; readonly to: bigint };

/** What a merge found. */
export type MergedPart = {
  /** The state that both sides are compared with; `inferred`: it is one of the same event from before the rewind. Null: none. */
  readonly base: { readonly snapshot: SnapshotId; readonly inferred: boolean } | null;
  /** Only the first ones. */
  readonly conflicts: readonly Conflict[];
  readonly conflictCount: number;
  /** For how many of them nothing was chosen yet. */
  readonly conflictsOpen: number;
  /** What the database holds in these rows. */
  readonly conflictsHash: string;
};

/**
 * What comes back along with single rows. `none`: only what they need. `children`: also what belonged to them, by declared
 * references. `operation`: also everything else that the rewind took which took them.
 */
export type Related = 'none' | 'children' | 'operation';

/**
 * Which part of a snapshot is brought back: whole tables; what belongs to one chat, by its id; or single rows. `withGuessed`:
 * also rows that only the name of a column ties to these. Everything else stays as it is now.
 */
export type Selection =
  | { readonly by: 'tables'; readonly tables: readonly string[] }
  | { readonly by: 'chat'; readonly chat: string; readonly withGuessed: boolean }
  | {
      readonly by: 'rows';
      readonly rows: readonly RowName[];
      /** Absent: `none`. */
      readonly related?: Related | undefined;
      /** Absent: false. Only where something related comes along. */
      readonly withGuessed?: boolean | undefined;
    };

/** What a selected restore does beyond the rows that were selected by name. */
export type SelectedPart = {
  /** Parents that are missing now and come along. `because`: the row that refers to it. */
  readonly pulled: readonly (RowName & { readonly because: RowName })[];
  /**
   * Live rows that differ from the snapshot and stay all the same. `because`: a selected row refers to it; null: it belongs to
   * the chat only now, or only did so then.
   */
  readonly staying: readonly (RowName & { readonly because: RowName | null })[];
  /** There are more rows that stay than are named. */
  readonly moreStaying: boolean;
  /** How many rows of each table come back or go besides single selected ones, because they belonged to these. */
  readonly related: readonly { readonly table: string; readonly rows: number }[];
  /** Columns that by their names alone refer to the chat or to selected rows, with how many rows differ; `taken`: whether these are restored. */
  readonly guessed: readonly {
    readonly table: string;
    readonly column: string;
    readonly rows: number;
    readonly taken: boolean;
  }[];
};

/** Rows that refer to rows that do not exist, beyond those that did so before. */
export type Orphans = {
  readonly table: string;
  readonly parent: string;
  readonly rows: number;
  /** True: the rows come back without their parents. False: the parents are removed. */
  readonly comesBack: boolean;
};

/** Events that are in the log afterwards and not in the tables yet: the host applies them at its next start. */
export type Replay = {
  readonly fromEvent: bigint;
  readonly toEvent: bigint;
  /** The events by chat. */
  readonly events: readonly NewerEvents[];
};

/**
 * A table outside the plan that may be out of step afterwards. `by`: the triggers that would have updated it if the chat
 * application had written the rows. Empty for a virtual table with its own data that no trigger writes to: an
 * application may update such an index itself.
 */
export type NotKeptUp = {
  readonly name: string;
  readonly by: readonly { readonly trigger: string; readonly table: string }[];
};

/** In a table with action `leave`, nothing is added, removed or changed. */
export type PlannedTable = TableDiff & { readonly action: 'write' | 'leave' };

/** A projected table that keeps its current rows while others are restored, so that the result mixes two moments. */
export type NotRestored = {
  readonly name: string;
  readonly rows: number;
  /** The snapshot has it as an empty list, so `clearTables` may name it. */
  readonly choice: boolean;
};

/** Why a plan cannot be applied at present, with the code and detail that applying it would throw. */
export type Refusal = { readonly code: ErrorCode; readonly message: string; readonly detail: ErrorDetail };

/** Exactly what a restore or an undo will do. Planning writes nothing; a plan is applied exactly or refused. */
export type RestorePlan = SelectedPart &
  MergedPart & {
    /** SHA-256 over snapshot bytes, schema, mode, options and the content hash of every live table it touches. */
    readonly planId: string;
    readonly action: 'restore' | 'undo';
    readonly snapshot: SnapshotRef;
    readonly options: RestoreOptions;
    readonly tables: readonly PlannedTable[];
    /** Empty: the whole result is of one moment. For tables in state `derived`, only a rehearsal can tell. */
    readonly notRestored: readonly NotRestored[];
    /** Live tables that the snapshot does not name and the plan leaves alone. */
    readonly bystanders: readonly string[];
    readonly newerEvents: readonly NewerEvents[];
    readonly returningEvents: readonly NewerEvents[];
    /** Null where the tables hold all events of the log afterwards. */
    readonly replay: Replay | null;
    /** Newer events that stay, and may refer to such as are left out; only the first ones. */
    readonly referring: readonly Referring[];
    /** Live events that the snapshot does not hold, whatever their ids, without the host's own records of rewinds. */
    readonly newerEventsLost: number;
    /** `other`: neither log continues the other, so losing newer events needs a consent. */
    readonly lineage: Diff['lineage'];
    readonly schemaDrift: readonly SchemaDrift[];
    readonly guessedBlobs: Diff['guessedBlobs'];
    /** Triggers of touched tables. `kept`: it runs, because it only maintains a search index. `set-aside`: dropped, and created again verbatim. */
    readonly triggers: readonly {
      readonly name: string;
      readonly table: string;
      readonly handling: 'kept' | 'set-aside';
    }[];
    readonly searchIndexes: readonly {
      readonly name: string;
      readonly before: 'ok' | 'stale' | 'unchecked';
      /** `follows`: updated row by row. `rebuilt`: rebuilt if it does not match. `left`: cannot be updated row by row and stays as it is. */
      readonly handling: 'follows' | 'rebuilt' | 'left';
    }[];
    /** Tables that stay as they are although rows change that they are derived from. */
    readonly notKeptUp: readonly NotKeptUp[];
    readonly foreignKeyViolations: number;
    /** How many there are afterwards, as the rehearsal on a copy found; null without a rehearsal. */
    readonly foreignKeyViolationsAfter: number | null;
    /** Those of them that are new, as the rehearsal found. */
    readonly orphans: readonly Orphans[];
    readonly damage: readonly string[];
    readonly inUse: InUse;
    readonly safetyCopy: { readonly folder: string; readonly aboutBytes: number };
    /** A fresh checkpoint of the result is published, so that the host's next start does not load an older one. */
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

/** What a restore into a new file will do. The database stays as it is, so there is no safety copy and no checkpoint. */
export type CopyPlan = Omit<
  RestorePlan,
  'action' | 'inUse' | 'safetyCopy' | 'freshCheckpoint' | 'hostReplay'
> & {
  /** Absolute path of the new file. Never crosses to the window. */
  readonly to: string;
};

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

/** The proof of an applied plan. */
export type RestoreReceipt = {
  readonly planId: string;
  readonly action: 'restore' | 'undo';
  readonly snapshotId: SnapshotId;
  readonly mode: RestoreMode;
  /** Only a selected part was restored; absent in other receipts. */
  readonly isPart?: true | undefined;
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
  readonly isPart: boolean;
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
