import type { Choosing } from './use-choosing.ts';

/** A cell by its row and column; row -1 is the head. */
export type GridPlace = { readonly row: number; readonly column: number };

type Key = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
};
type Extent = { readonly rows: number; readonly columns: number; readonly page: number };

/** Where a key leads in a grid; null where it does nothing. */
export function moveInGrid(
  from: GridPlace,
  { key, ctrlKey, metaKey, altKey }: Key,
  extent: Extent,
): GridPlace | null {
  const { rows, columns, page } = extent;
  const whole = ctrlKey || metaKey;
  if (altKey) return null;
  const to = (row: number, column: number): GridPlace => ({
    row: Math.min(rows - 1, Math.max(-1, row)),
    column: Math.min(columns - 1, Math.max(0, column)),
  });
  switch (key) {
    case 'ArrowDown':
      return to(whole ? rows - 1 : from.row + 1, from.column);
    case 'ArrowUp':
      return to(whole ? 0 : from.row - 1, from.column);
    case 'ArrowRight':
      return to(from.row, whole ? columns - 1 : from.column + 1);
    case 'ArrowLeft':
      return to(from.row, whole ? 0 : from.column - 1);
    case 'Home':
      return whole ? to(0, 0) : to(from.row, 0);
    case 'End':
      return whole ? to(rows - 1, columns - 1) : to(from.row, columns - 1);
    case 'PageDown':
      return to(from.row + page, from.column);
    case 'PageUp':
      return to(Math.max(0, from.row - page), from.column);
    default:
      return null;
  }
}

/** What a key chooses in a grid. False: it does nothing there. */
export function chooseByKey(
  choosing: Choosing,
  row: number,
  { key, ctrlKey, metaKey, altKey }: Key,
): boolean {
  if (altKey) return false;
  const withControl = ctrlKey || metaKey;
  if (key === ' ' && row >= 0) choosing.toggle(row);
  else if (withControl && key.toLowerCase() === 'a') choosing.all();
  else return key === 'Escape' && choosing.clear();
  return true;
}
