import type { HeldState, KnownOutcome } from '../src/model/receipt.ts';
import { heldName, type Naming } from './restore-name.ts';
import { plain, type Story } from './story.ts';

/** The step that the window offers next: take the restore back, or make it again. */
export type WayBack = 'Undo' | 'Redo';

/** Whether undoing the newest step takes the restore back or makes it again. */
export function wayBackFrom({ state }: HeldState): WayBack {
  return state === 'undone' ? 'Redo' : 'Undo';
}

/** The label of the button for undo or redo, which names the restore that it is about. */
export function wayBackStory(holds: HeldState, naming: Naming): Story {
  const name = heldName(holds, naming);
  return name === null ? [plain('Undo…')] : [plain(`${wayBackFrom(holds)} “`), ...name, plain('”…')];
}

/** How a restore, undo or redo ended that was running when Snapback stopped. Null: none was running. */
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
