import type { Progress } from '../../src/model/task.ts';

const LEAST_INTERVAL_MS = 100;

export type ProgressThrottle = {
  readonly report: (progress: Progress) => void;
  /** Sends a report that was held back, so that the last one is never lost. */
  readonly flush: () => void;
};

/** Passes on at most ten reports a second; a new phase, or a change of whether cancel works, at once. `now` is in milliseconds. */
export function throttleProgress(send: (progress: Progress) => void, now: () => number): ProgressThrottle {
  let sentAt = Number.NEGATIVE_INFINITY;
  let sent: Progress | null = null;
  let held: Progress | null = null;
  const pass = (progress: Progress) => {
    sentAt = now();
    sent = progress;
    held = null;
    send(progress);
  };
  return {
    report(progress) {
      const turn = sent?.phase !== progress.phase || sent.cancellable !== progress.cancellable;
      if (turn || now() - sentAt >= LEAST_INTERVAL_MS) pass(progress);
      else held = progress;
    },
    flush() {
      if (held !== null) pass(held);
    },
  };
}
