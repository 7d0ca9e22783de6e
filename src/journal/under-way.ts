import type { DataFolder } from '../host/data-folder.ts';

/*
 * Which restores are being made right now: those of this process are known here, those of others by the mark that each
 * leaves in the journal. What somebody is still at is theirs to end.
 */

type Work = { readonly dir: string; readonly planId: string };

const here = new Set<Work>();

/** Does what concerns a plan, which counts as running until that has ended. Passes on what it returns or throws. */
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

/** Whether this process is at a plan of this folder. */
export function isRunningHere({ dir }: DataFolder, planId: string): boolean {
  return [...here].some((work) => work.dir === dir && work.planId === planId);
}
