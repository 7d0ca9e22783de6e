/** How long after our own work its file changes may still be reported. Longer than the time between two checks. */
const OWN_TRACES_MS = 5_000;
/** A comparison that took longer than this is repeated only when the user asks for it. */
const SLOW_MS = 2_000;

/** Counts the changes to the database and distinguishes our own from those of other programs. */
export type Revisions = {
  /** Increases whenever the database has changed or may have changed. */
  readonly database: number;
  /** The newest revision that may come from an action in this window, even one that was rolled back. */
  readonly own: number;
  /** Until this time a change counts as our own; in milliseconds since 1970. */
  readonly ownUntil: number;
};

export const FIRST_REVISIONS: Revisions = { database: 0, own: 0, ownUntil: Number.NEGATIVE_INFINITY };

/** The revisions after a change to the database's files. */
export function afterChange({ database, own, ownUntil }: Revisions, nowMs: number): Revisions {
  const next = database + 1;
  return { database: next, own: nowMs < ownUntil ? next : own, ownUntil };
}

/** The revisions after one of our own writing actions has ended, whether or not it wrote anything. */
export function afterOwnWork({ database }: Revisions, nowMs: number): Revisions {
  return { database, own: database, ownUntil: nowMs + OWN_TRACES_MS };
}

/** The revisions after a restore of our own was made: the database has changed, and what is known of it is asked again at once. */
export function afterOwnRestore(last: Revisions, nowMs: number): Revisions {
  return afterOwnWork(afterChange(last, nowMs), nowMs);
}

/**
 * Whether a new comparison waits until the user asks for it. Otherwise a busy chat app would keep a slow comparison
 * running for ever. Our own changes are always compared at once, however long that takes.
 */
export function waitsForPerson({ database, own }: Revisions, lastTookMs: number): boolean {
  return lastTookMs > SLOW_MS && database > own;
}
