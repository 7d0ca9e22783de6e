import type { SnapshotId } from '../../src/index.ts';

/** A file to check. `version` changes when the file is replaced. */
type Unchecked = { readonly id: SnapshotId; readonly version: string };

export type CheckQueue = {
  /** Sets what is still to be checked, in this order, instead of what was offered before. No version is checked twice. */
  readonly offer: (files: readonly Unchecked[]) => void;
  /** Runs what a person waits for. Checks pause meanwhile, and an interrupted one starts over afterwards. */
  readonly runBefore: <T>(task: () => Promise<T>) => Promise<T>;
  readonly stop: () => void;
};

/** Checks snapshots in the background, one at a time. `check` must reject when its signal is aborted. */
export function createCheckQueue(
  check: (id: SnapshotId, signal: AbortSignal) => Promise<void>,
  onProblem: (error: unknown) => void,
): CheckQueue {
  let pending: readonly Unchecked[] = [];
  const finished = new Set<string>();
  let urgent = 0;
  let stopped = false;
  let current: AbortController | null = null;

  async function work(): Promise<void> {
    if (current !== null || urgent > 0 || stopped) return;
    const [file, ...rest] = pending;
    if (file === undefined) return;
    pending = rest;
    const abort = new AbortController();
    current = abort;
    try {
      await check(file.id, abort.signal);
      finished.add(file.version);
    } catch (error) {
      if (abort.signal.aborted) pending = [file, ...pending.filter(({ id }) => id !== file.id)];
      else {
        finished.add(file.version);
        onProblem(error);
      }
    }
    current = null;
    return work();
  }

  return {
    offer(files) {
      pending = files.filter(({ version }) => !finished.has(version));
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
