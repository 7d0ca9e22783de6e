import type { HeldState, KnownOutcome } from '../src/model/restore.ts';

/** What can be done from the state that the database holds: take the restore back, or make it again. */
export type WayBack = 'Undo' | 'Redo';

/** Where undoing the newest step leads: to the state before a restore, or to the restored one. */
export function wayBackFrom({ state }: HeldState): WayBack {
  return state === 'undone' ? 'Redo' : 'Undo';
}

/** What the button that leads to the other state says. */
export function wayBackWords(holds: HeldState): string {
  return holds.state === 'unknown' ? 'Undo…' : `${wayBackFrom(holds)} restore…`;
}

/** News of a restore, undo or redo that was under way when Snapback was closed or stopped; null where there was none. */
export function interruptedWords(ended: KnownOutcome | null): string | null {
  switch (ended) {
    case 'made':
      return 'Snapback stopped right after the last restore. The restore is complete, and you can undo it.';
    case 'not-made':
      return 'The last restore was stopped before it was finished. It was rolled back: the database is exactly as it was before.';
    case null:
      return null;
  }
}
