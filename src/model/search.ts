import type { SnapshotId } from './snapshots.ts';

/** A value as SQLite stores it. Text that is not valid Unicode has U+FFFD where it is not. */
export type StoredValue = null | bigint | number | string | Uint8Array;

export type SearchRequest = {
  readonly phrase: string;
  /** Only in snapshots of this kind; null: in all of them and in the database as it is now. */
  readonly kind: string | null;
  /** Only where the phrase begins and ends with a word. */
  readonly words: boolean;
};

/** What an event of the log says of the text that was found in it. */
export type FoundEvent = {
  readonly chat: string | null;
  /** Its name now; null if the database has none. */
  readonly chatName: string | null;
  readonly speaker: string | null;
  readonly ts: string | null;
  readonly kind: string | null;
};

/** One distinct version of a text in which the phrase occurs. */
export type Hit = {
  readonly table: string;
  /** The row's key; empty where the table has none. */
  readonly key: readonly StoredValue[];
  readonly column: string;
  /** The text; of JSON in the log, the string that holds the phrase. Of a very long text, what stands around the phrase. */
  readonly text: string;
  /** Where the phrase is in `text`, in UTF-16 units: the first few places, each from the first to behind the last. */
  readonly marks: readonly (readonly [from: number, to: number])[];
  /** The snapshots that hold it, newest first. */
  readonly in: readonly SnapshotId[];
  /** Those of them in which it is hidden or superseded, so that no reader of the chat sees it. */
  readonly hiddenIn: readonly SnapshotId[];
  /** Whether the database holds it now. Null: it could not be read. */
  readonly live: boolean | null;
  /** The database holds it, but hidden or superseded: a rewind may have hidden it. */
  readonly hiddenNow: boolean;
  /** Null: it is not of the log. */
  readonly event: FoundEvent | null;
};

/** What could not be searched, wholly or in part. `id` null: the database as it is now. */
export type NotSearched = { readonly id: SnapshotId | null; readonly reason: string };

export type SearchResult = {
  /** Newest first: what the database holds, and then by the newest snapshot that holds it. */
  readonly hits: readonly Hit[];
  /** There are more hits than are kept. */
  readonly more: boolean;
  /** How many snapshots were searched. */
  readonly searched: number;
  readonly notSearched: readonly NotSearched[];
};

/** Names a row by its table and the values of its key, in the key's order. */
export type RowName = { readonly table: string; readonly key: readonly StoredValue[] };

/** What an event says, as a person reads it. */
export type SaidText = {
  readonly speaker: string | null;
  readonly text: string;
  readonly ts: string | null;
  readonly kind: string | null;
  /** It is hidden or superseded, so that no reader of the chat sees it. */
  readonly isHidden: boolean;
};

/** A row as it was for a while. */
export type RowVersion = {
  readonly row: readonly (readonly [column: string, value: StoredValue])[];
  /** The snapshots that hold it, oldest first. */
  readonly in: readonly SnapshotId[];
  readonly live: boolean;
  /** Null for a row that is no event, and for an event without a text. */
  readonly said: SaidText | null;
};

export type RowHistory = {
  readonly table: string;
  readonly key: readonly StoredValue[];
  /** Oldest first. A row that came back as it had been before is one version. */
  readonly versions: readonly RowVersion[];
  readonly notSearched: readonly NotSearched[];
};
