import type { HeldState } from '../src/model/restore.ts';

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
