import type { Diff, NewerEvents, SchemaDrift, SnapshotRef, TableDiff } from './diff.ts';
import type { ErrorCode, ErrorDetail } from './errors.ts';
import type { Merge, MergedPart, SelectedPart, Selection } from './selection.ts';

/* What a restore is asked to do, and what is shown before it. */

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

/** A newer event that is kept, and one that is left out, whose id its payload holds: it may refer to it. */
export type Referring = { readonly event: bigint; readonly to: bigint };

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
  /** Those of its columns that these triggers set, where that can be told. */
  readonly columns: readonly string[];
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
