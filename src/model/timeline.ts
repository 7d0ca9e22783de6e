import type { SnapshotId } from './snapshots.ts';

/** A rewind, as the log records it. Times are in milliseconds since 1970. */
export type TimelineRewind = {
  readonly event: bigint;
  readonly at: number;
  /** The time of the first event that it took; null where the log does not say which they were. */
  readonly from: number | null;
  readonly chat: string | null;
  readonly chatName: string | null;
  /** What it took: events, and how many of them are messages. Null where the log does not say. */
  readonly took: { readonly events: number; readonly messages: number } | null;
};

/** A restore or undo that was made: when, and to which moment it led. */
export type TimelineRestore = {
  readonly at: number;
  readonly to: number;
  readonly action: 'restore' | 'undo';
  readonly snapshotId: SnapshotId;
};

/** The life of a data folder, as far as its log and the journal tell it. Times are in milliseconds since 1970. */
export type Timeline = {
  /** How many events were written from one time to the next, in ascending order. */
  readonly density: readonly { readonly from: number; readonly to: number; readonly events: number }[];
  /** Oldest first. */
  readonly rewinds: readonly TimelineRewind[];
  readonly restores: readonly TimelineRestore[];
  /**
   * How many messages each snapshot holds that a rewind took out of its chat after it was taken. Snapshots without any,
   * and those of another timeline, are left out.
   */
  readonly held: readonly { readonly snapshotId: SnapshotId; readonly messages: number }[];
  /** Of more rewinds, only the newest are listed. */
  readonly rewindsLeftOut: number;
};
