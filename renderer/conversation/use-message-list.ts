import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { BAND, bandAround, ESTIMATE, heightOf, holds, lineOutside } from './band.ts';
import type { Items } from './blocks.ts';
import { type Align, type Covered, LEAST, useFollowing } from './use-following.ts';

const NOTHING_MEASURED: ReadonlyMap<unknown, number> = new Map();

/** The line to scroll to. */
type Going = { readonly to: number; readonly align: Align };
type ShownLine = {
  readonly index: number;
  /** In pixels from the top of the list. */
  readonly top: number;
  /** How the element is known when it is measured. */
  readonly measuredAs: number;
};

/**
 * The lines of a chat in the page that scrolls: only those near the screen exist. One line is the active one: it exists
 * wherever the page is scrolled to, and has the focus when the list has it.
 */
export function useMessageList(items: Items, list: RefObject<HTMLElement | null>) {
  const [active, setActive] = useState(0);
  const [margin, setMargin] = useState(0);
  const [covered, setCovered] = useState<Covered>(LEAST);
  const [chosenBand, setBand] = useState(() => ({ items, ...bandAround(0, items.count, NOTHING_MEASURED) }));
  // Other lines have other heights, but the reader stays where they are.
  const band =
    chosenBand.items === items
      ? chosenBand
      : { items, ...bandAround(chosenBand.from + BAND / 2, items.count, NOTHING_MEASURED) };
  const { from, to, above, below } = band;
  const [going, setGoing] = useState<Going | null>(null);
  /** The line that is to have the focus as soon as it is the active one; null: none is. */
  const wanted = useRef<number | null>(null);
  /** Whether the focus is in the list, also while the line that had it has just been replaced. */
  const hasFocus = useRef(false);
  /** The active line, also before it is drawn. */
  const newest = useRef(0);
  const page = useCallback(() => list.current?.closest<HTMLElement>('.page') ?? null, [list]);
  const current = Math.min(active, Math.max(0, items.count - 1));
  const keepInSight = useEffectEvent(() => following.keep());
  useLayoutEffect(() => {
    const [own, scroller] = [list.current, page()];
    if (own === null || scroller === null) return;
    const measure = () => {
      setMargin(own.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop);
      const top = LEAST.top + heightOfBar(own, '.conversation-bar');
      const bottom = LEAST.bottom + heightOfBar(own, '.chosen-bar');
      setCovered((last) => (last.top === top && last.bottom === bottom ? last : { top, bottom }));
      keepInSight();
    };
    measure();
    // What stands above the list may grow, and the page with it.
    const sizes = new ResizeObserver(measure);
    sizes.observe(scroller);
    for (const above of scroller.children) sizes.observe(above);
    return () => sizes.disconnect();
    // The page is the same as long as the list is.
  }, [list, page]);
  const lineOf = (index: number) =>
    list.current?.querySelector<HTMLElement>(`[data-line="${index}"]`) ?? null;
  const following = useFollowing({
    page,
    list,
    covered,
    line: () => (hasFocus.current || wanted.current !== null ? lineOf(current) : null),
    scrollTo: (align) => virtualizer.scrollToIndex(current - from, { align }),
  });
  const virtualizer = useVirtualizer({
    count: to - from,
    paddingStart: above,
    paddingEnd: below,
    getScrollElement: page,
    scrollToFn: following.scrollToFn,
    getItemKey: useCallback((index: number) => from + index, [from]),
    estimateSize: () => ESTIMATE,
    overscan: 6,
    scrollMargin: margin,
    scrollPaddingStart: covered.top,
    scrollPaddingEnd: covered.bottom,
    rangeExtractor: (range: Range) => {
      const shown = defaultRangeExtractor(range);
      const own = current - from;
      return shown.includes(own) || current < from || current >= to
        ? shown
        : [...shown, own].toSorted((a, b) => a - b);
    },
  });

  useLayoutEffect(() => {
    // The indices mean other lines now. Lines that stay are the same elements, which nothing else would measure again.
    if (items.count === 0) return;
    virtualizer.measure();
    // Otherwise it would compare with the sizes from before, and overlook a line that is as high as the one that stood there.
    virtualizer.getTotalSize();
    virtualizer.elementsCache.clear();
    // The reader does not move: what is above was as high before.
    virtualizer.shouldAdjustScrollPositionOnItemSizeChange = () => false;
    for (const line of list.current?.querySelectorAll('.line') ?? []) virtualizer.measureElement(line);
    virtualizer.shouldAdjustScrollPositionOnItemSizeChange = undefined;
  }, [items, virtualizer, list]);
  const scrollTo = useEffectEvent(({ to: line, align }: Going) =>
    virtualizer.scrollToIndex(line - from, { align }),
  );
  useLayoutEffect(() => {
    // Only when it is asked for: what a reader does afterwards counts.
    if (going !== null) scrollTo(going);
  }, [going]);
  const uncover = useEffectEvent(() => {
    const [line, scroller] = [lineOf(current), page()];
    if (!hasFocus.current || line === null || scroller === null || following.isSeen(line)) return;
    const [inner, outer] = [line.getBoundingClientRect(), scroller.getBoundingClientRect()];
    // Wherever else a person has scrolled to, they stay there.
    if (inner.bottom > outer.top && inner.top < outer.bottom)
      virtualizer.scrollToIndex(current - from, { align: 'auto' });
  });
  useLayoutEffect(() => {
    // A bar that has appeared must not cover the line with the focus.
    if (covered !== LEAST) uncover();
  }, [covered]);
  useLayoutEffect(() => {
    const scroller = page();
    if (scroller === null || items.count <= BAND) return;
    const top = scroller.scrollTop - margin;
    const sight = { top, bottom: top + scroller.clientHeight, bandEnds: virtualizer.getTotalSize() - below };
    const line = lineOutside(band, items.count, sight);
    if (line !== null) setBand({ items, ...bandAround(line, items.count, virtualizer.itemSizeCache) });
  });
  // Far away, the active line is not among the lines of the band. It is not in sight, and need not be measured.
  const isFar = items.count > 0 && (current < from || current >= to);
  const far = useMemo(
    () => (isFar ? heightOf(0, current, virtualizer.itemSizeCache) : null),
    [isFar, current, virtualizer],
  );
  const inBand = virtualizer.getVirtualItems();
  const place = (index: number, top: number): ShownLine => ({ index, top, measuredAs: index - from });
  const near = inBand.map(({ index, start }) => place(from + index, start - margin));
  const farLine = far === null ? null : place(current, far);
  useEffect(() => {
    const own = list.current;
    if (own === null) return;
    const note = ({ type, relatedTarget }: FocusEvent) => {
      hasFocus.current = type === 'focusin' || relatedTarget === null;
    };
    own.addEventListener('focusin', note);
    own.addEventListener('focusout', note);
    return () => {
      own.removeEventListener('focusin', note);
      own.removeEventListener('focusout', note);
    };
  }, [list]);
  useEffect(() => {
    const isLost = hasFocus.current && document.activeElement === document.body;
    // A key may have chosen another line since this was drawn.
    if (wanted.current === null ? !isLost : wanted.current !== current) return;
    if (focusActive()) wanted.current = null;
  });
  /** Gives the focus to the active line, wherever the page is scrolled to. False: that is not drawn yet. */
  const focusActive = (): boolean => {
    const line = lineOf(current);
    if (line === null) return false;
    (line.querySelector<HTMLElement>('.fold-line') ?? line).focus({ preventScroll: true });
    return true;
  };

  /** Makes a line the active one, with the focus, and scrolls to it. */
  const goTo = (index: number, align: Align = 'auto') => {
    const line = Math.max(0, Math.min(index, items.count - 1));
    wanted.current = line;
    newest.current = line;
    following.follow(align);
    setActive(line);
    setBand((last) =>
      last.items === items && holds(last, line, items.count)
        ? last
        : { items, ...bandAround(line, items.count, virtualizer.itemSizeCache) },
    );
    setGoing({ to: line, align });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const line = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      Home: 0,
      End: items.count - 1,
    }[event.key];
    if (line === undefined) return;
    event.preventDefault();
    goTo(line);
  };
  const onFocus = (index: number) => {
    newest.current = index;
    wanted.current = null;
    setActive(index);
  };
  return {
    lines: farLine === null ? near : current < from ? [farLine, ...near] : [...near, farLine],
    height: virtualizer.getTotalSize(),
    measureElement: virtualizer.measureElement,
    active: current,
    newest,
    onFocus,
    focusActive,
    goTo,
    onKeyDown,
  };
}

/** How much of the page a bar beside the list covers; none if it scrolls along or is not there. */
function heightOfBar(list: HTMLElement, selector: string): number {
  const bar = list.parentElement?.querySelector<HTMLElement>(selector) ?? null;
  return bar === null || getComputedStyle(bar).position !== 'sticky' ? 0 : bar.offsetHeight;
}
