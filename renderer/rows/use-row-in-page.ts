import { type RefObject, useEffect, useEffectEvent, useLayoutEffect } from 'react';

/**
 * Where there is little room, the page around the grid scrolls, too. There the row that keys led to comes into sight, and stays
 * there when the page gets lower or something above the grid grows, as long as nothing but keys is used. `isFollowed` is told
 * whether that is so.
 */
export function useRowInPage(grid: RefObject<HTMLElement | null>, isFollowed: RefObject<boolean>): void {
  const reveal = useEffectEvent(() => {
    const active = grid.current?.querySelector('.rows-row.active') ?? null;
    const page = active?.closest('.page') ?? null;
    if (!isFollowed.current || active === null || page === null) return;
    if (document.activeElement !== grid.current) return;
    const [inner, outer] = [active.getBoundingClientRect(), page.getBoundingClientRect()];
    // It is rounded to whole pixels of the screen, and nothing of the row is to be cut off.
    if (inner.top < outer.top) page.scrollTop += Math.floor(inner.top - outer.top);
    else if (inner.bottom > outer.bottom) page.scrollTop += Math.ceil(inner.bottom - outer.bottom);
  });
  // The grid may have scrolled, too.
  useLayoutEffect(() => reveal());
  useEffect(() => {
    const own = grid.current;
    const page = own?.closest('.page');
    if (own == null || page == null) return;
    const abort = new AbortController();
    const { signal } = abort;
    const options = { signal, passive: true };
    const follow = (isByKey: boolean) => () => {
      isFollowed.current = isByKey;
    };
    own.addEventListener('keydown', follow(true), options);
    for (const type of ['pointerdown', 'wheel', 'touchmove'])
      page.addEventListener(type, follow(false), options);
    const sizes = new ResizeObserver(() => reveal());
    for (const part of [page, ...page.children]) sizes.observe(part);
    return () => {
      abort.abort();
      sizes.disconnect();
    };
  }, [grid, isFollowed]);
}
