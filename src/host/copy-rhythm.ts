import { SnapbackError } from '../model/errors.ts';

const PAGES_PER_STEP = 512;
/** How long one step may keep a host with a rollback journal from committing. */
const LONGEST_STEP_MS = 200;
/** In WAL mode a reader blocks nobody but keeps the WAL from being reused. After this long the copy continues without it. */
const LONGEST_READ_MS = 10_000;
const LONGEST_STANDSTILL_MS = 5000;
const MOST_RESTARTS = 200;

type Step = {
  /** How many pages to copy now. */
  readonly pages: number;
  /** Whether a read that began with the copy must end now. */
  readonly readTooLong: boolean;
};

/**
 * Decides how many pages each step of a copy takes, so that a step stays short: it is judged by the duration of the step
 * before. Times are in ms of one clock. @throws `database-busy` after 5 s without progress, or 200 restarts of the copy
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
      // Each commit of another program restarts the copy. Larger steps win that race, as long as a step stays short.
      const perStep = pages === 0 ? PAGES_PER_STEP : (pages * LONGEST_STEP_MS) / Math.max(now - turn, 1);
      pages = Math.max(1, Math.floor(Math.min(PAGES_PER_STEP * 2 ** restarts, perStep)));
      remaining = remainingPages;
      turn = now;
      return { pages, readTooLong: now - began > LONGEST_READ_MS };
    },
  };
}
