import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { lastOffset, reveal, type ScrollSize, scrollHeight, toOffset, toTop } from './scroll-scale.ts';

/** Where a list is scrolled to, in its own pixels, and the size of the visible part. */
type Scrolled = {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
};

export type VirtualScroll = Scrolled & {
  /** The height of the element that scrolls. */
  readonly scrollHeight: number;
  /** Makes a part of the list visible. */
  readonly show: (
    rows: { readonly start: number; readonly end: number },
    columns: { readonly start: number; readonly end: number },
  ) => void;
  readonly showRows: (rows: { readonly start: number; readonly end: number }) => void;
  /** Scrolls on by so many pixels. */
  readonly shift: (by: number) => void;
};

const LINE_PX = 30;
/**
 * The browser rounds the size of the visible part, also up. What is drawn in it must not be larger: that would bring
 * scrollbars, which leave less room; then they go again, and so on without end.
 */
const ROUNDED_PX = 1;

/**
 * Scrolls a list of any height in an element. `headHeight` is covered at the top of the visible part, and `fixedWidth` at
 * its left.
 */
export function useVirtualScroll(
  element: RefObject<HTMLElement | null>,
  content: number,
  { headHeight, fixedWidth }: { readonly headHeight: number; readonly fixedWidth: number },
): VirtualScroll {
  const [scrolled, setScrolled] = useState<Scrolled>({ top: 0, left: 0, width: 0, height: 0 });
  const position = useRef({ offset: 0, top: 0 });
  const size = useCallback(
    (): ScrollSize => ({ content, view: visible(element.current?.clientHeight ?? 0, headHeight) }),
    [content, element, headHeight],
  );

  const settle = useCallback(() => {
    const { current } = element;
    if (current === null) return;
    const next = {
      top: position.current.offset,
      left: current.scrollLeft,
      width: visible(current.clientWidth, 0),
      height: visible(current.clientHeight, headHeight),
    };
    setScrolled((last) => (isSame(last, next) ? last : next));
  }, [element, headHeight]);

  const moveTo = useCallback(
    (offset: number) => {
      const { current } = element;
      if (current === null) return;
      const now = size();
      const next = Math.min(Math.max(0, offset), lastOffset(now));
      current.scrollTop = toTop(next, now);
      // The browser rounds it. What it says then is not somebody else's scrolling.
      position.current = { offset: next, top: current.scrollTop };
      settle();
    },
    [element, size, settle],
  );

  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const onScroll = () => {
      if (Math.abs(current.scrollTop - position.current.top) > 1)
        position.current = { offset: toOffset(current.scrollTop, size()), top: current.scrollTop };
      settle();
    };
    const onWheel = (event: WheelEvent) => {
      // Zooming and sideways scrolling are the browser's.
      if (event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
      const now = size();
      if (lastOffset(now) === 0) return;
      event.preventDefault();
      const step =
        event.deltaMode === WheelEvent.DOM_DELTA_LINE
          ? LINE_PX
          : event.deltaMode === WheelEvent.DOM_DELTA_PAGE
            ? now.view
            : 1;
      moveTo(position.current.offset + event.deltaY * step);
      if (event.deltaX !== 0) current.scrollLeft += event.deltaX * step;
    };
    const sizes = new ResizeObserver(() => moveTo(position.current.offset));
    sizes.observe(current);
    current.addEventListener('scroll', onScroll, { passive: true });
    current.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      sizes.disconnect();
      current.removeEventListener('scroll', onScroll);
      current.removeEventListener('wheel', onWheel);
    };
  }, [element, size, settle, moveTo]);

  // After the content has changed its height, the same position may be elsewhere, or beyond the end.
  useLayoutEffect(() => moveTo(position.current.offset), [moveTo]);

  const showRows = useCallback<VirtualScroll['showRows']>(
    (rows) => moveTo(reveal(position.current.offset, rows, size().view)),
    [moveTo, size],
  );
  const show = useCallback<VirtualScroll['show']>(
    (rows, columns) => {
      const { current } = element;
      if (current === null) return;
      current.scrollLeft = reveal(current.scrollLeft, columns, visible(current.clientWidth, fixedWidth));
      showRows(rows);
    },
    [element, fixedWidth, showRows],
  );
  const shift = useCallback((by: number) => moveTo(position.current.offset + by), [moveTo]);
  const height = scrollHeight({ content, view: 0 }) + ROUNDED_PX;
  return { ...scrolled, scrollHeight: height, show, showRows, shift };
}

/** So much of a side is surely visible, but for what is covered there. */
function visible(side: number, coveredPart: number): number {
  return Math.max(0, side - ROUNDED_PX - coveredPart);
}

function isSame(a: Scrolled, b: Scrolled): boolean {
  return a.top === b.top && a.left === b.left && a.width === b.width && a.height === b.height;
}
