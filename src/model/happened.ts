import type { Diff, NewerEvents } from './diff.ts';
import type { HeldState } from './receipt.ts';
import type { SnapshotId } from './snapshots.ts';

/** A message, as a person reads it. `text`: at most 600 characters; `at`: ISO 8601 in UTC, null where it is not known. */
export type SaidMessage = {
  readonly event: bigint;
  readonly chat: string | null;
  readonly chatName: string | null;
  readonly speaker: string | null;
  readonly text: string;
  readonly at: string | null;
};

/** What restoring one snapshot would bring back and remove. */
export type Way = {
  readonly snapshotId: SnapshotId;
  /** ISO 8601 in UTC. */
  readonly takenAt: string;
  /** When the rewind happened, as the host recorded it, ISO 8601 in UTC. Null: the log does not say. */
  readonly rewoundAt: string | null;
  readonly returningEvents: readonly NewerEvents[];
  readonly newerEvents: readonly NewerEvents[];
  /** Whether a restore can keep the newer events, as far as the logs tell. */
  readonly keepsNewer: boolean;
  /** Whether what comes back and what is newer can be merged, as far as the logs tell. */
  readonly mergesNewer: boolean;
};

/** The way that brings back most of what the newest rewind took. */
export type Loss = Way & {
  readonly tables: Diff['tables'];
  /** The last messages that would come back, oldest first. */
  readonly lastMessages: readonly SaidMessage[];
};

/**
 * What happened to the chats, told from the logs.
 * `rewound`: messages were taken away and nothing was written since.
 * `written-since`: the same, and something was written since.
 * `staged`: the same as `rewound`, but the messages are only hidden and no rewind is recorded, so that the host may be
 * able to undo it itself.
 * `several`: rewinds in a row. `earlier` are the ways to undo more of them; each brings back more than the one before and
 * removes no more messages.
 * `undone`: a restore brought back what was lost, and it is still there. `undo`: what taking it back would do.
 * `recorded`: the log records a rewind, and yet nothing is missing or flagged: the host has undone it, or it only ever
 * records rewinds. Only the host knows, whatever was written since. `way` leads to before the record.
 * `unplaced`: the place in the log of some snapshots is not known, as where ids are texts, and no other one brings anything
 * back. `way`: of the latest of them that holds something missing, which may not be restorable; null: not all of them were
 * read, so it is not known whether anything is missing.
 * `nothing`: no snapshot brings anything back.
 */
export type Happened =
  | { readonly state: 'rewound' | 'written-since' | 'staged'; readonly loss: Loss }
  | { readonly state: 'recorded'; readonly way: Way }
  | { readonly state: 'several'; readonly loss: Loss; readonly earlier: readonly Way[] }
  | {
      readonly state: 'undone';
      readonly holds: HeldState;
      /** Null: the safety copy cannot be read. */
      readonly undo: Pick<Diff, 'returningEvents' | 'newerEvents'> | null;
    }
  | { readonly state: 'unplaced'; readonly way: Way | null }
  | { readonly state: 'nothing' };
