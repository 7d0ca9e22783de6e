import type { SnapshotId } from './snapshots.ts';

export type TableDiff = {
  readonly name: string;
  readonly role: 'log' | 'projected';
  /**
   * `compared`; `missing-live`: the live schema has no such table; `not-in-snapshot`: left alone;
   * `empty-then`: an empty list in a file that can't tell "empty" from "not yet existing" while live rows exist:
   * left alone unless chosen, so that none of them counts as removed;
   * `derived`: compared, but its rows come from elsewhere, as those of a view do: it follows what is restored there;
   * `unreadable`: the database has it, and it can't be read here (`liveRows` is 0): no restore can keep what it holds.
   */
  readonly state: 'compared' | 'missing-live' | 'not-in-snapshot' | 'empty-then' | 'derived' | 'unreadable';
  readonly snapshotRows: number;
  readonly liveRows: number;
  /**
   * In the snapshot, missing live: a restore brings them back. Rows of the log are told apart by what their events hold,
   * since a host may give an id again: another event under the same id is one added and one removed.
   */
  readonly added: number;
  /** Live only: a restore removes them. */
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
};

/** Something the snapshot and the live schema do not agree on. `loses` is the number of values or rows that would have no place. */
export type SchemaDrift =
  | PlaceDrift
  /** The host's own number for the form of its data, `user_version`: `now` stays. */
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

/** One end of a group of events. `text` is at most 80 characters of what was said, where the profile knows how to find it. */
export type EventMark = {
  readonly id: bigint;
  readonly ts: string | null;
  readonly kind: string | null;
  readonly speaker: string | null;
  readonly text: string | null;
};

/** Live events that the snapshot does not hold, whatever their ids, of one chat. */
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
  /** How many of those that say something are hidden or superseded. */
  readonly spokenHidden: number;
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

/** Values of which the snapshot does not tell whether they were bytes or a text that looks like bytes written down. */
export type GuessedBytes = {
  readonly table: string;
  readonly column: string;
  readonly values: number;
  readonly takenAs: 'bytes' | 'text';
  /** `row`: the same row holds such a value now; `column`: others in the column do; `type`: the column is declared so; `nothing`: that has to be accepted. */
  readonly because: 'row' | 'column' | 'type' | 'nothing';
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
  readonly guessedBlobs: readonly GuessedBytes[];
  /** `other`: its log and the live one went different ways; neither continues the other. */
  readonly lineage: 'same' | 'other';
};
