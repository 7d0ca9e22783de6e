import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';

/**
 * Where there is little room, the page around the grid scrolls, too. There the row with the cursor comes into sight when keys
 * lead to it, and stays there when the page gets lower or something above the grid grows, unless the person scrolls away.
 */
export function useRowInPage(grid: RefObject<HTMLElement | null>, row: number): void {
  const wasSeen = useRef(false);
  /** How far the page would have to scroll; null: nothing is to be seen. */
  const distance = (page: Element): number | null => {
    const active = grid.current?.querySelector('.rows-row.active') ?? null;
    if (active === null || document.activeElement !== grid.current) return null;
    const [inner, outer] = [active.getBoundingClientRect(), page.getBoundingClientRect()];
    return inner.top < outer.top ? inner.top - outer.top : Math.max(0, inner.bottom - outer.bottom);
  };
  const reveal = useEffectEvent((page: Element) => {
    const by = distance(page);
    // It is rounded to whole pixels of the screen, and nothing of the row is to be cut off.
    if (by !== null) page.scrollTop += by < 0 ? Math.floor(by) : Math.ceil(by);
    wasSeen.current = by !== null;
  });
  const look = useEffectEvent((page: Element) => {
    const by = distance(page);
    wasSeen.current = by !== null && Math.abs(by) < 1;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: wherever the cursor is now
  useLayoutEffect(() => {
    const page = grid.current?.closest('.page');
    if (page != null) reveal(page);
  }, [grid, row]);
  useEffect(() => {
    const page = grid.current?.closest('.page');
    if (page == null) return;
    const sizes = new ResizeObserver(() => wasSeen.current && reveal(page));
    for (const part of [page, ...page.children]) sizes.observe(part);
    const onChange = () => look(page);
    page.addEventListener('scroll', onChange, { passive: true });
    page.addEventListener('focusin', onChange);
    return () => {
      sizes.disconnect();
      page.removeEventListener('scroll', onChange);
      page.removeEventListener('focusin', onChange);
    };
  }, [grid]);
}
