import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { Items } from './blocks.ts';

/** The height of a line that was not measured yet, in pixels. */
const ESTIMATE = 66;
/** The bar that stays on top while the page scrolls. */
const BAR = 56;

/**
 * The lines of a chat in the page that scrolls: only those near the screen exist. One line is the active one: it exists
 * wherever the page is scrolled to, and has the focus when the list has it.
 */
export function useMessageList(items: Items, list: RefObject<HTMLElement | null>) {
  const [active, setActive] = useState(0);
  const [margin, setMargin] = useState(0);
  const takesFocus = useRef(false);
  /** The active line, also before it is drawn. */
  const newest = useRef(0);
  const page = useCallback(() => list.current?.closest<HTMLElement>('.page') ?? null, [list]);
  useLayoutEffect(() => {
    const [own, scroller] = [list.current, page()];
    if (own === null || scroller === null) return;
    const measure = () =>
      setMargin(own.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop);
    measure();
    // What stands above the list may grow, and the page with it.
    const sizes = new ResizeObserver(measure);
    sizes.observe(scroller);
    for (const above of scroller.children) sizes.observe(above);
    return () => sizes.disconnect();
    // The page is the same as long as the list is.
  }, [list, page]);
  const current = Math.min(active, Math.max(0, items.count - 1));
  const virtualizer = useVirtualizer({
    count: items.count,
    getScrollElement: page,
    // Both are asked of every line below one that was measured: they must cost nothing. So a line is known by its index.
    estimateSize: () => ESTIMATE,
    overscan: 6,
    scrollMargin: margin,
    scrollPaddingStart: BAR,
    scrollPaddingEnd: 16,
    rangeExtractor: (range: Range) => {
      const shown = defaultRangeExtractor(range);
      return shown.includes(current) || items.count === 0
        ? shown
        : [...shown, current].toSorted((a, b) => a - b);
    },
  });

  useLayoutEffect(() => {
    // The indices mean other lines now.
    if (items.count > 0) virtualizer.measure();
  }, [items, virtualizer]);
  useEffect(() => {
    if (!takesFocus.current) return;
    const line = list.current?.querySelector<HTMLElement>(`[data-index="${current}"]`);
    if (line == null) return;
    takesFocus.current = false;
    (line.querySelector<HTMLElement>('.fold-line') ?? line).focus({ preventScroll: true });
  });

  /** Makes a line the active one, with the focus, and scrolls to it. */
  const goTo = (index: number, align: 'auto' | 'start' | 'end' = 'auto') => {
    const to = Math.max(0, Math.min(index, items.count - 1));
    takesFocus.current = true;
    newest.current = to;
    setActive(to);
    virtualizer.scrollToIndex(to, { align });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      Home: 0,
      End: items.count - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    goTo(to);
  };
  const onFocus = (index: number) => {
    newest.current = index;
    setActive(index);
  };
  return { virtualizer, margin, active: current, newest, onFocus, goTo, onKeyDown };
}
