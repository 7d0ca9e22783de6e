import type { DataFolder } from '../host/data-folder.ts';

/*
 * Which restores are being made right now. Those of this process are known here; those of other processes are known by
 * the mark that each leaves in the journal. Only whoever makes a restore ends it.
 */

type Work = { readonly dir: string; readonly planId: string };

const here = new Set<Work>();

/** Does some work for a plan, which counts as running until the work has ended. Returns or throws what the work does. */
export async function whileRunning<T>(
  { dir }: DataFolder,
  planId: string,
  work: () => Promise<T>,
): Promise<T> {
  const entry = { dir, planId };
  here.add(entry);
  try {
    return await work();
  } finally {
    here.delete(entry);
  }
}

/** Whether this process is working on a plan of this folder. */
export function isRunningHere({ dir }: DataFolder, planId: string): boolean {
  return [...here].some((work) => work.dir === dir && work.planId === planId);
}
