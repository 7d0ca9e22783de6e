import type { InUse, TrashSummary } from './model-plans.ts';

export type * from './model-plans.ts';

/** How a long task reports where it is. `done` and `total` count `unit`; `total` is null while unknown. */
export type Progress = {
  readonly phase:
    | 'copy-database'
    | 'read-snapshot'
    | 'compare'
    | 'rehearse'
    | 'safety-copy'
    | 'wait-for-lock'
    | 'apply'
    | 'verify'
    | 'checkpoint'
    | 'commit'
    | 'check-snapshots'
    | 'move'
    | 'build';
  readonly done: number;
  readonly total: number | null;
  readonly unit: 'bytes' | 'rows' | 'tables' | 'files' | 'steps';
  /** False while one statement runs that SQLite can't interrupt, and after COMMIT has begun. */
  readonly cancellable: boolean;
};

/** What every long task accepts: a signal that cancels it at the next bounded step, and where progress goes. */
export type TaskOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
};

/** `<kind>/<file name without .json>`. */
export type SnapshotId = string;

export type TableCount = { readonly name: string; readonly rows: number };

export type Health = 'good' | 'damaged' | 'unreadable' | 'unchecked';

/** Why nothing may take a snapshot: it holds what the newest restore replaced, or what the host must load next. */
export type Need = 'needed-by-undo' | 'needed-at-next-start';

/** When and why a retention rule takes a snapshot. Times are ISO 8601 in UTC. */
export type Retention = {
  /**
   * `kept`: no rule takes it now. `goes-next`: the next checkpoint takes it. `due`: a rule would take it now.
   * `offered`: no rule ever takes it, but its time is over, so that a prune of its kind does.
   */
  readonly status: 'kept' | 'goes-next' | 'due' | 'offered';
  readonly reason:
    | 'among-newest'
    | 'beyond-newest'
    | 'within-age'
    | 'age-passed'
    | Need
    | 'safety-copy'
    | 'safety-copy-passed'
    | 'no-rule';
  /** From when on the age rule takes it, or a safety copy is offered; null where no age rule applies. */
  readonly goesAt: string | null;
  /** Place among its kind, newest = 1, and how many the rule keeps; null where no such rule applies. */
  readonly rank: number | null;
  readonly keep: number | null;
};

/** One line of the list. Everything but `tables` and `health` comes from the name, `stat`, head and tail of the file. */
export type SnapshotSummary = {
  readonly id: SnapshotId;
  readonly kind: string;
  /** Absolute path. Never crosses to the window. */
  readonly file: string;
  /** ISO 8601, UTC, from the name; from the modification time where the name has none. */
  readonly takenAt: string;
  readonly modifiedAt: string;
  readonly sizeBytes: number;
  readonly lastEventId: bigint | null;
  readonly health: Health;
  readonly healthDetail: string | null;
  readonly tables: readonly TableCount[] | null;
  readonly retention: Retention;
  /** `other`: its log is neither a prefix of the live log nor continued by it. */
  readonly timeline: 'same' | 'other' | 'unknown';
  /** For a safety copy: what it undoes. */
  readonly undoes: { readonly snapshotId: SnapshotId; readonly action: 'restore' | 'undo' } | null;
};

export type TableDiff = {
  readonly name: string;
  readonly role: 'log' | 'projected';
  /**
   * `compared`; `missing-live`: the live schema has no such table; `not-in-snapshot`: left alone;
   * `empty-then`: an empty list in a file that can't tell "empty" from "not yet existing" while live rows exist: left alone unless chosen.
   */
  readonly state: 'compared' | 'missing-live' | 'not-in-snapshot' | 'empty-then';
  readonly snapshotRows: number;
  readonly liveRows: number;
  /** In the snapshot, missing live: a restore brings them back. */
  readonly added: number;
  /** Live only: a restore removes them. */
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
};

/** Something the snapshot and the live schema do not agree on. `loses` is the number of values or rows that would have no place. */
export type SchemaDrift = {
  readonly kind:
    | 'table-missing-live'
    | 'table-unknown'
    | 'column-missing-live'
    | 'column-missing-in-snapshot'
    | 'column-computed'
    | 'schema-changed'
    | 'value-converted';
  readonly table: string;
  readonly column: string | null;
  readonly loses: number;
};

/** One end of a group of events. `text` is at most 80 characters of what was said, where the profile knows how to find it. */
export type EventMark = {
  readonly id: bigint;
  readonly ts: string | null;
  readonly kind: string | null;
  readonly speaker: string | null;
  readonly text: string | null;
};

/** Live events that the snapshot does not hold, of one chat. */
export type NewerEvents = {
  /** Null: events that name no chat. */
  readonly chat: string | null;
  readonly chatName: string | null;
  readonly events: number;
  /** The first and the last that say something; of all, where none does. */
  readonly first: EventMark;
  readonly last: EventMark;
  /** True where the chat is one that the snapshot would bring back events of, that is, the rewound one. */
  readonly rewoundChat: boolean;
  /** How many of them are the host's own record of the rewind, not something that a person wrote. */
  readonly rewindRecords: number;
  /** How many of the others say something: all of them, where they are messages. */
  readonly spoken: number;
  /** How many of them are flagged as hidden or superseded in the state that they are part of: there, no reader meets them. */
  readonly hidden: number;
};

export type SnapshotRef = {
  readonly id: SnapshotId;
  readonly takenAt: string;
  readonly sizeBytes: number;
  readonly lastEventId: bigint | null;
  readonly sha256: string;
};

export type Diff = {
  readonly snapshot: SnapshotRef;
  /** What it was compared with. `viewingCopy`: the database could only be read from a private copy because it can't be opened where it is. */
  readonly against: {
    readonly database: string;
    readonly lastEventId: bigint | null;
    readonly events: number;
    readonly viewingCopy: boolean;
  };
  readonly tables: readonly TableDiff[];
  readonly newerEvents: readonly NewerEvents[];
  /** Events of the snapshot that would come back or be unflagged, by chat: what the mistake took away. */
  readonly returningEvents: readonly NewerEvents[];
  readonly schemaDrift: readonly SchemaDrift[];
  readonly guessedBlobs: readonly {
    readonly table: string;
    readonly column: string;
    readonly values: number;
  }[];
  readonly timeline: 'same' | 'other';
};

export type TakeResult =
  | {
      readonly taken: true;
      readonly id: SnapshotId;
      readonly file: string;
      readonly lastEventId: bigint;
      readonly sizeBytes: number;
      readonly retired: readonly SnapshotId[];
    }
  | { readonly taken: false; readonly reason: string };

/** What the window's banner says. Null fields: not known any more. */
export type RestoredState = {
  readonly planId: string;
  readonly action: 'restore' | 'undo';
  readonly snapshotId: SnapshotId;
  readonly snapshotTakenAt: string;
  readonly safetySnapshotId: SnapshotId;
  readonly finishedAt: string | null;
  readonly tablesVerified: number;
};

export type FolderFacts = {
  readonly name: string;
  readonly database: string;
  readonly databaseBytes: number;
  readonly events: number;
  readonly lastEventId: bigint;
  readonly journalMode: string;
  readonly inUse: InUse;
  readonly viewingCopy: boolean;
  readonly demo: boolean;
  readonly restored: RestoredState | null;
  readonly trash: TrashSummary;
};
