import type { DataFolder } from '../host/data-folder.ts';

/*
 * Which restores this process is making right now. Restores of other processes are recognized by the mark that each leaves
 * in the journal. Only the process that makes a restore may end it.
 */

type Work = { readonly dir: string; readonly planId: string };

/**
 * Module state on purpose: whoever restores and whoever lists or recovers in this process hand each other no object, yet
 * all must see the same restores. The journal's mark names only the process, not the work that it is still doing.
 */
const restoresUnderWay = new Set<Work>();

/** Does some work for a plan, which counts as running until the work ends. Returns or throws whatever the work does. */
export async function whileRunning<T>(
  { dir }: DataFolder,
  planId: string,
  work: () => Promise<T>,
): Promise<T> {
  const entry = { dir, planId };
  restoresUnderWay.add(entry);
  try {
    return await work();
  } finally {
    restoresUnderWay.delete(entry);
  }
}

/** Whether this process is working on a plan of this folder. */
export function isRunningHere({ dir }: DataFolder, planId: string): boolean {
  return [...restoresUnderWay].some((work) => work.dir === dir && work.planId === planId);
}
