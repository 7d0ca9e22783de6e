import type { Choosing } from './choosing.ts';

type Pressed = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
};

/** Where the focus is in the list, and where a page up and down from there leads. */
type Extent = {
  readonly at: number;
  readonly count: number;
  readonly page: (direction: -1 | 1) => number;
};

export type KeyStep =
  /** Goes to a line; `choosing` null: chooses nothing. */
  | { readonly does: 'go'; readonly to: number; readonly choosing: Choosing | null }
  | { readonly does: 'all' }
  | { readonly does: 'act' };

/** What a key does in a list of lines, as in lists of files; null: nothing. */
export function stepByKey(pressed: Pressed, { at, count, page }: Extent, isMac: boolean): KeyStep | null {
  const { key, shiftKey } = pressed;
  const { ctrlKey, metaKey, altKey } = pressed;
  // On a Mac, Ctrl and the arrow keys are the system's.
  const [apart, foreign] = isMac ? [altKey, ctrlKey || metaKey] : [ctrlKey, altKey || metaKey];
  const isCommand = isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  if (key.toLowerCase() === 'a' && isCommand && !altKey && !shiftKey) return { does: 'all' };
  if (foreign) return null;
  if (key === 'Enter') return apart ? null : { does: 'act' };
  if (key === ' ') return { does: 'go', to: at, choosing: apart ? 'toggle' : shiftKey ? 'range' : 'only' };
  const to = placeOf(key, { at, count, page });
  if (to === null || to < 0 || to >= count) return null;
  return { does: 'go', to, choosing: shiftKey ? 'range' : apart ? null : 'only' };
}

function placeOf(key: string, { at, count, page }: Extent): number | null {
  switch (key) {
    case 'ArrowDown':
      return at + 1;
    case 'ArrowUp':
      return at - 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'PageDown':
      return page(1);
    case 'PageUp':
      return page(-1);
    default:
      return null;
  }
}
