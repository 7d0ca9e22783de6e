import { setImmediate as nextTurn } from 'node:timers/promises';
import { SnapbackError } from '../model/errors.ts';
import type { Progress, TaskOptions } from '../model/task.ts';
import { clockMs } from './clock.ts';

const YIELD_EVERY_MS = 12;

/** @throws `cancelled` if the task was cancelled */
export function throwIfCancelled(task: TaskOptions): void {
  if (task.signal?.aborted === true) throw new SnapbackError('cancelled', 'Cancelled; nothing was changed.');
}

/** Lets a long task share its thread. `step` is cheap enough to call for every batch of rows. */
export type Yielder = {
  /** Gives other work a turn every few milliseconds. @throws `cancelled` */
  readonly step: () => Promise<void>;
  readonly report: (progress: Progress) => void;
};

/** Makes the yielder of one task. */
export function createYielder(task: TaskOptions): Yielder {
  let last = clockMs();
  return {
    async step() {
      if (clockMs() - last >= YIELD_EVERY_MS) {
        await nextTurn();
        last = clockMs();
      }
      throwIfCancelled(task);
    },
    report(progress) {
      task.onProgress?.(progress);
    },
  };
}
