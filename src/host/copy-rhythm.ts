import { SnapbackError } from '../model/errors.ts';

const PAGES_PER_STEP = 512;
/** How long one step may keep a host with a rollback journal from committing. */
const LONGEST_STEP_MS = 200;
/** In a WAL a reader hinders nobody, but the WAL can't be reused under it: after this long the copy goes on without. */
const LONGEST_READ_MS = 10_000;
const LONGEST_STANDSTILL_MS = 5000;
const MOST_RESTARTS = 200;

type Step = {
  /** How many pages to copy now. */
  readonly pages: number;
  /** Whether a read that began with the copy has lasted for as long as it may. */
  readonly readTooLong: boolean;
};

/**
 * Makes the rhythm of one copy in steps: each as large as a bounded time allows, going by how long the one before took.
 * Times are in ms of any one clock. @throws `database-busy` where nothing moved for 5 s, or the copy began anew 200 times
 */
export function createCopyRhythm(began: number): {
  readonly next: (remainingPages: number, now: number) => Step;
} {
  let moved = began;
  let turn = began;
  let remaining = Number.POSITIVE_INFINITY;
  let pages = 0;
  let restarts = 0;
  return {
    next(remainingPages, now) {
      if (remainingPages !== remaining) moved = now;
      if (remainingPages > remaining) restarts += 1;
      if (now - moved > LONGEST_STANDSTILL_MS || restarts > MOST_RESTARTS)
        throw new SnapbackError('database-busy', 'Another program keeps the database busy.', {
          waitedMs: Math.round(now - began),
          restarts,
        });
      // Someone who commits all the time makes the copy start anew: larger steps win that race, as far as a step stays short.
      const perStep = pages === 0 ? PAGES_PER_STEP : (pages * LONGEST_STEP_MS) / Math.max(now - turn, 1);
      pages = Math.max(1, Math.floor(Math.min(PAGES_PER_STEP * 2 ** restarts, perStep)));
      remaining = remainingPages;
      turn = now;
      return { pages, readTooLong: now - began > LONGEST_READ_MS };
    },
  };
}
