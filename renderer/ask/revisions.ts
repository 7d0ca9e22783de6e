/** How long after our own work its traces in the database's files may be noticed: longer than two looks are apart. */
const OWN_TRACES_MS = 5_000;
/** A comparison that took longer than this is made again only when a person asks for it. */
const SLOW_MS = 2_000;

/** Counts the changes of the database, and tells ours from those of others. */
export type Revisions = {
  /** Grows whenever the database has changed, or may have. */
  readonly database: number;
  /** The newest revision that may come from what was done in this window, even if that was taken back. */
  readonly own: number;
  /** Until when a change may be a trace of our own work, in milliseconds since 1970. */
  readonly ownUntil: number;
};

export const FIRST_REVISIONS: Revisions = { database: 0, own: 0, ownUntil: Number.NEGATIVE_INFINITY };

/** After the files of the database have changed. */
export function afterChange({ database, own, ownUntil }: Revisions, nowMs: number): Revisions {
  const next = database + 1;
  return { database: next, own: nowMs < ownUntil ? next : own, ownUntil };
}

/** After something of ours that writes, or was about to, has ended. */
export function afterOwnWork({ database }: Revisions, nowMs: number): Revisions {
  return { database, own: database, ownUntil: nowMs + OWN_TRACES_MS };
}

/**
 * Whether comparing again waits for a person. A busy chat app would otherwise keep a slow comparison going for ever; what
 * changed through our own work is compared at once, however long that takes.
 */
export function waitsForPerson({ database, own }: Revisions, lastTookMs: number): boolean {
  return lastTookMs > SLOW_MS && database > own;
}
