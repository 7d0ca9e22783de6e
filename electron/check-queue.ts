import type { SnapshotId } from '../src/index.ts';

export type CheckQueue = {
  /** What is still to be checked, in this order; replaces what was offered before. Nothing is checked twice that has failed to be. */
  readonly offer: (ids: readonly SnapshotId[]) => void;
  /** Runs what a person waits for; checks give way meanwhile, and the one under way starts anew afterwards. */
  readonly runBefore: <T>(task: () => Promise<T>) => Promise<T>;
  readonly stop: () => void;
};

/** Checks snapshots one after another in the background. `check` rejects when its signal is aborted. */
export function createCheckQueue(
  check: (id: SnapshotId, signal: AbortSignal) => Promise<void>,
  onProblem: (error: unknown) => void,
): CheckQueue {
  let pending: readonly SnapshotId[] = [];
  const finished = new Set<SnapshotId>();
  let urgent = 0;
  let stopped = false;
  let current: AbortController | null = null;

  async function work(): Promise<void> {
    if (current !== null || urgent > 0 || stopped) return;
    const [id, ...rest] = pending;
    if (id === undefined) return;
    pending = rest;
    const abort = new AbortController();
    current = abort;
    try {
      await check(id, abort.signal);
      finished.add(id);
    } catch (error) {
      if (abort.signal.aborted) pending = [id, ...pending.filter((other) => other !== id)];
      else {
        finished.add(id);
        onProblem(error);
      }
    }
    current = null;
    return work();
  }

  return {
    offer(ids) {
      pending = ids.filter((id) => !finished.has(id));
      void work();
    },
    async runBefore(task) {
      urgent += 1;
      current?.abort();
      try {
        return await task();
      } finally {
        urgent -= 1;
        void work();
      }
    },
    stop() {
      stopped = true;
      pending = [];
      current?.abort();
    },
  };
}
