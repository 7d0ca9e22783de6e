import type { SnapshotId } from './snapshots.ts';

export type TableDiff = {
  readonly name: string;
  readonly role: 'log' | 'projected';
  /**
   * `compared`.
   * `missing-live`: the live schema has no such table.
   * `not-in-snapshot`: left alone.
   * `empty-then`: the file has an empty list and cannot tell “empty” from “not yet existing”, while there are live
   * rows. It is left alone unless chosen, so none of its rows counts as removed.
   * `derived`: compared, but its rows come from other tables, as a view's do. It follows what is restored there.
   * `unreadable`: the database has it but it cannot be read here (`liveRows` is 0), so no restore can keep its rows.
   */
  readonly state: 'compared' | 'missing-live' | 'not-in-snapshot' | 'empty-then' | 'derived' | 'unreadable';
  readonly snapshotRows: number;
  readonly liveRows: number;
  /**
   * In the snapshot, missing live: a restore brings them back. Rows of the log are compared by what their events hold,
   * because a host may use an id twice: another event under the same id counts as one added and one removed.
   */
  readonly added: number;
  /** Live only: a restore removes them. */
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
};

/** A difference between the snapshot's columns or tables and the live schema. `loses`: values or rows that could not be stored. */
export type SchemaDrift =
  | PlaceDrift
  /** The host's own version number of its data, `user_version`. A restore leaves it at `now`. */
  | (Omit<PlaceDrift, 'kind'> & {
      readonly kind: 'user-version-changed';
      readonly was: number;
      readonly now: number;
    });

type PlaceDrift = {
  readonly kind:
    | 'table-missing-live'
    | 'table-unknown'
    | 'column-missing-live'
    | 'column-missing-in-snapshot'
    | 'column-computed'
    | 'schema-changed'
    | 'value-converted'
    | 'text-not-unicode';
  readonly table: string;
  readonly column: string | null;
  readonly loses: number;
};

/** One end of a group of events. `text`: at most 80 characters of what was said, where the profile says how to find it. */
export type EventMark = {
  readonly id: bigint;
  readonly ts: string | null;
  readonly kind: string | null;
  readonly speaker: string | null;
  readonly text: string | null;
};

/** The first events that were written since a snapshot, without the host's own records of rewinds; `more`: how many others there are. */
export type NewerList = {
  readonly events: readonly (EventMark & Pick<NewerEvents, 'chat' | 'chatName'>)[];
  readonly more: number;
};

/** The events of one chat that only one side holds, whatever their ids. */
export type NewerEvents = {
  /** Null: events that name no chat. */
  readonly chat: string | null;
  readonly chatName: string | null;
  readonly events: number;
  /** The first and the last event that says something, or of all events where none does. */
  readonly first: EventMark;
  readonly last: EventMark;
  /** The snapshot would bring back events of this chat: it is the one that was rewound. */
  readonly rewoundChat: boolean;
  /** How many are the host's own records of a rewind, not something that a person wrote. */
  readonly rewindRecords: number;
  /** The time of the newest of these records; null where there is none, or it has none. */
  readonly rewoundAt: string | null;
  /** How many of the others say something. */
  readonly spoken: number;
  /** How many of those that say something are hidden or superseded. */
  readonly spokenHidden: number;
  /** How many are hidden or superseded in the state they belong to, so that no reader of the chat sees them. */
  readonly hidden: number;
};

export type SnapshotRef = {
  readonly id: SnapshotId;
  readonly takenAt: string;
  readonly sizeBytes: number;
  readonly lastEventId: bigint | null;
  readonly sha256: string;
};

/** Values that may have been bytes, or text that looks like Python's notation of bytes. The snapshot does not say which. */
export type GuessedBytes = {
  readonly table: string;
  readonly column: string;
  readonly values: number;
  readonly takenAs: 'bytes' | 'text';
  /** `row`: the same row holds such a value now; `column`: others in the column do; `type`: the column is declared so; `nothing`: a person has to accept the guess. */
  readonly because: 'row' | 'column' | 'type' | 'nothing';
};

export type Diff = {
  readonly snapshot: SnapshotRef;
  /** What it was compared with. `viewingCopy`: the database cannot be opened where it is, so a private copy was read. */
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
  readonly guessedBlobs: readonly GuessedBytes[];
  /** `other`: neither the snapshot's log nor the live log continues the other. */
  readonly lineage: 'same' | 'other';
};
