import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { GridPlace } from './grid-keys.ts';
import { useRowInPage } from './use-row-in-page.ts';
import { nameOf, type ShownRows } from './use-shown-rows.ts';
import type { VirtualScroll } from './use-virtual-scroll.ts';

type Cursor = {
  readonly grid: RefObject<HTMLElement | null>;
  /** Is told the row. */
  readonly row: RefObject<number>;
  readonly rowHeight: number;
};

/**
 * The active cell of the rows that are shown. In another comparison it goes along with its row. Where it is in sight, or keys
 * led to it, it stays in sight: at the same height if rows come or go above it, and in a lower window, too.
 */
export function useGridCursor(
  shown: ShownRows,
  scroll: VirtualScroll,
  { grid, row, rowHeight }: Cursor,
): readonly [GridPlace, (place: GridPlace) => void] {
  const { shape, moved } = shown;
  const name = nameOf(shown);
  const [chosen, setChosen] = useState<GridPlace>({ row: 0, column: 0 });
  const [drawn, setDrawn] = useState(name);
  if (drawn !== name) {
    setDrawn(name);
    const cursor = moved?.from === drawn ? moved.cursor : null;
    if (cursor !== null && chosen.row >= 0)
      setChosen({ ...chosen, row: chosen.row + cursor.to - cursor.from });
  }
  const active = { ...chosen, row: Math.min(chosen.row, shape.total - 1) };
  const top = active.row * rowHeight;
  const isInSight = active.row >= 0 && top >= scroll.top && top + rowHeight <= scroll.top + scroll.height;
  const last = useRef({ name, top, height: scroll.height, isInSight });
  const isFollowed = useRef(false);
  useLayoutEffect(() => {
    const before = last.current;
    last.current = { name, top, height: scroll.height, isInSight };
    row.current = active.row;
    if (!(before.isInSight || isFollowed.current) || active.row < 0) return;
    const isOther = before.name !== name;
    if (isOther) scroll.shift(top - before.top);
    if (isOther || before.height !== scroll.height) scroll.showRows({ start: top, end: top + rowHeight });
  });
  useRowInPage(grid, isFollowed);
  return [active, setChosen];
}
