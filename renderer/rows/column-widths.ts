import type { CellPreview, RowCell, RowColumn } from '../../src/model/rows.ts';
import { cellWords } from '../../words/rows.ts';

const LETTER_PX = 7;
const PADDING_PX = 24;
const NARROWEST = 72;
const WIDEST = 380;
/** What a column gets whose values nobody has seen yet. */
const UNSEEN = 150;

/**
 * A width for each column, by its name and by the values that were seen of it. Where there is room left, those that would
 * need more get it.
 */
export function columnWidths(
  columns: readonly RowColumn[],
  seen: (column: number) => readonly RowCell[],
  room: number,
): readonly number[] {
  const needed = columns.map(({ name }, index) => {
    const cells = seen(index);
    const longest = Math.max(0, ...cells.map(lengthOf));
    const letters = Math.max(name.length + 2, longest);
    return cells.length === 0 ? UNSEEN : letters * LETTER_PX + PADDING_PX;
  });
  const widths = needed.map((width) => Math.min(WIDEST, Math.max(NARROWEST, Math.round(width))));
  const left = room - widths.reduce((sum, width) => sum + width, 0);
  if (left <= 0) return widths;
  const narrow = needed.flatMap((width, index) => (width > (widths[index] ?? 0) ? [index] : []));
  const growing = narrow.length > 0 ? narrow : [widths.length - 1];
  return widths.map((width, index) =>
    growing.includes(index) ? width + Math.floor(left / growing.length) : width,
  );
}

function lengthOf({ before, after, isChanged, parts }: RowCell): number {
  if (parts !== null) return parts.reduce((sum, { text }) => sum + text.length, 0);
  const one = (value: CellPreview | null) => (value === null ? 0 : cellWords(value).length);
  return isChanged ? one(before) + one(after) + 1 : one(after ?? before);
}
