import { useSyncExternalStore } from 'react';

/*
 * How many restores, undos and redos this window has made, or may have made. What was known of the chats before the last of
 * them is not said any more.
 */

let made = 0;
const listeners = new Set<() => void>();

/** Call this when one was made, or may have been. */
export function countRestore(): void {
  made += 1;
  for (const tell of [...listeners]) tell();
}

/** How many there were so far. */
export function restoresMade(): number {
  return made;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The same for a component, which is drawn again after each. */
export function useRestoresMade(): number {
  return useSyncExternalStore(subscribe, restoresMade);
}
