import type { Diff, SnapshotRef } from './diff.ts';

/**
 * `kept`: can be read in the snapshot and now. `lost`: can be read in the snapshot and not now, so that a restore brings it
 * back. `newer`: can be read now and not in the snapshot, so that a restore removes it.
 */
export type MessageState = 'kept' | 'lost' | 'newer';

/** One chat of a snapshot, or one branch of it. Its numbers count what says something. */
export type ChatSummary = {
  /** What a request names it by, as long as the conversation is open. */
  readonly no: number;
  /** Null: events that name no chat. */
  readonly chat: string | null;
  readonly name: string | null;
  /** Null where the log has no branches, or the chat has only one. */
  readonly branch: string | null;
  readonly kept: number;
  readonly lost: number;
  readonly newer: number;
  /** How many places its conversation has: messages, and events that say nothing. */
  readonly places: number;
  /** How many messages can be read neither in the snapshot nor now. They are not among the places. */
  readonly unread: number;
};

/** The record of a rewind in the log. */
type RewindMark = { readonly event: bigint | string | null; readonly ts: string | null };

/** Consecutive places of one chat with the same state. */
export type ConversationRun = {
  readonly from: number;
  readonly length: number;
  readonly state: MessageState;
  /** How many of the places are messages. */
  readonly messages: number;
  /** Of a lost run: the rewind that took it; null where no record says so. */
  readonly rewind: RewindMark | null;
  /** The part of a long kept run that need not be shown: all but the messages beside a difference. */
  readonly fold: { readonly from: number; readonly length: number; readonly messages: number } | null;
};

/** An event that belongs to a message, because it names the message's event. */
export type MessageNote = {
  readonly event: bigint | string | null;
  readonly ts: string | null;
  readonly kind: string | null;
  readonly payload: string | null;
  readonly state: MessageState;
};

/** A row of a table that belongs to a message, because it names the message's event. */
export type MessageRow = {
  readonly table: string;
  /**
   * What it holds, as a JSON object: in the snapshot, or now where it is newer. Without the name of the event, without what
   * is NULL, and with long values cut.
   */
  readonly payload: string;
  /** `changed`: both have the row, with other values. */
  readonly state: MessageState | 'changed';
};

/** How many rows of a table that differ stand beside messages. */
export type RowsBeside = { readonly table: string; readonly rows: number };

/** One place of a conversation. */
export type ConversationMessage = MessageNote & {
  readonly place: number;
  readonly speaker: string | null;
  /** Null for an event that says nothing: then `kind` and `payload` are shown. */
  readonly text: string | null;
  /** True if only the beginning of the text or payload is here. */
  readonly cut: boolean;
  readonly notes: readonly MessageNote[];
  /** The first few rows that belong to it, or to one of its notes: those that differ before the others. */
  readonly rows: readonly MessageRow[];
  /** How many more there are. */
  readonly moreRows: number;
};

/** The meanings of a message's fields. */
export type FieldMeaning = 'chat' | 'speaker' | 'text' | 'time';

/** Which field of the events means what. `because`: who says so. */
export type FieldChoice = {
  readonly meaning: FieldMeaning;
  /** The first one that an event has counts; none: no field means this. */
  readonly fields: readonly string[];
  readonly because: 'profile' | 'guess' | 'person';
};

/** A field that events have, with an example of what it holds, at most 80 characters. */
export type FieldCandidate = { readonly field: string; readonly example: string };

/** What a person says that the fields mean; null: as the profile says, or as guessed. */
export type FieldCorrection = { readonly [M in FieldMeaning]: string | null };

/** The chats of a snapshot, compared with the database. */
export type ConversationOverview = {
  readonly snapshot: SnapshotRef;
  /** `other`: neither log continues the other, so that equal ids do not mean the same message. */
  readonly lineage: Diff['lineage'];
  /** False: no database can be read here, so this is what the snapshot holds. All of it counts as kept. */
  readonly isCompared: boolean;
  /** Only the record of a rewind says that what is lost no longer counts. The host may have undone that rewind itself. */
  readonly lostByRecord: boolean;
  readonly beside: readonly RowsBeside[];
  /** Those with something lost come first, then those with something newer, then the largest. */
  readonly chats: readonly ChatSummary[];
  /** The table of the log, where an event's id alone is its row's key; null: nothing names the row of an event. */
  readonly keyedLog: string | null;
  /** The names by which the person speaks, where the profile says how to find them. */
  readonly persons: readonly string[];
  readonly fields: readonly FieldChoice[];
  readonly candidates: readonly FieldCandidate[];
};

/** Where a conversation shows an event: in which chat, by its number, and at which place. */
export type FoundMessage = { readonly chat: number; readonly place: number };

/** How one chat is laid out. */
export type ConversationLayout = {
  readonly places: number;
  /** Null where there are so many that nothing is folded. */
  readonly runs: readonly ConversationRun[] | null;
};
