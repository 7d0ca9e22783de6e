import type { Progress } from './progress.ts';

export type { Progress };

/** What every long task accepts: a signal that cancels it at the next bounded step, and a listener for progress. */
export type TaskOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
};
