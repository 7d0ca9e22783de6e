import { SnapbackError } from '../model/errors.ts';

const PAGES_PER_STEP = 512;
/** How long one step may keep a host with a rollback journal from committing. */
const LONGEST_STEP_MS = 200;
/** In WAL mode a read blocks nobody, but the WAL grows meanwhile. After this time the copy continues without the read. */
const LONGEST_READ_MS = 10_000;
const LONGEST_STANDSTILL_MS = 5000;
const MOST_RESTARTS = 200;

type Step = {
  /** How many pages to copy now. */
  readonly pages: number;
  /** Whether the read that began with the copy must end now. */
  readonly readTooLong: boolean;
};

/**
 * Decides how many pages each step of a copy takes. The duration of the previous step determines the size of the next, so
 * that steps stay short. All times are in ms of one clock. `next` @throws `database-busy` after 5 s without progress or
 * 200 restarts of the copy.
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
      // Each commit of another program restarts the copy. Larger steps help to win that race, but must stay short.
      const perStep = pages === 0 ? PAGES_PER_STEP : (pages * LONGEST_STEP_MS) / Math.max(now - turn, 1);
      pages = Math.max(1, Math.floor(Math.min(PAGES_PER_STEP * 2 ** restarts, perStep)));
      remaining = remainingPages;
      turn = now;
      return { pages, readTooLong: now - began > LONGEST_READ_MS };
    },
  };
}
