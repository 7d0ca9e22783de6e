import { elementScroll } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';

/** What covers lines at the ends of the page while it scrolls, in pixels, and the least distance from there. */
export type Covered = { readonly top: number; readonly bottom: number };
export const LEAST: Covered = { top: 9, bottom: 16 };

export type Align = 'auto' | 'start' | 'center' | 'end';

/** Where the browser itself scrolls, if nothing else takes the key. */
const SCROLLING_KEYS = ['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown', ' '];
/** Positions that differ by less are the same: the browser rounds them. */
const SAME_PX = 1.5;

export type Following = {
  /** A line was gone to. From now on it stays in sight, until the person scrolls. */
  readonly follow: (align: Align) => void;
  /** Whether a line can be seen: as a whole or, where it is higher than the page, all over that. */
  readonly isSeen: (line: Element) => boolean;
  /** Brings what is followed into sight again. Call it whenever anything may have moved. */
  readonly keep: () => void;
  /** To be the virtualizer's. */
  readonly scrollToFn: (...args: Parameters<typeof elementScroll<HTMLElement>>) => void;
};

export type Followed = {
  readonly page: () => HTMLElement | null;
  readonly list: RefObject<HTMLElement | null>;
  readonly covered: Covered;
  /** The active line, if the list has the focus or is about to get it, and it is drawn. */
  readonly line: () => HTMLElement | null;
  readonly scrollTo: (align: Align) => void;
};

/**
 * Keeps in sight where keys have led: the active line of the list, or what has the focus below it. Lines are measured once
 * they are drawn and read, what stands above the list may grow, and the page may get lower: all of that moves what the person
 * looks at. As soon as they scroll by themselves, it stays where they left it.
 */
export function useFollowing({ page, list, covered, line, scrollTo }: Followed): Following {
  const followed = useRef<Align | null>(null);
  /** Where the page was scrolled to when that was noted last: any other position is somebody else's. */
  const lastTop = useRef(0);

  const roomOf = (scroller: HTMLElement) => {
    const { top, bottom } = scroller.getBoundingClientRect();
    return { top: top + covered.top - LEAST.top, bottom: bottom - covered.bottom + LEAST.bottom };
  };
  const isSeen = (element: Element): boolean => {
    const scroller = page();
    if (scroller === null) return false;
    const room = roomOf(scroller);
    const { top, bottom, height } = element.getBoundingClientRect();
    const seen = Math.min(bottom, room.bottom) - Math.max(top, room.top);
    return seen >= Math.min(height, room.bottom - room.top - LEAST.top - LEAST.bottom) - 1;
  };
  /** What has the focus below the list, or in a line that is higher than the page. */
  const inner = (): HTMLElement | null => {
    const { activeElement } = document;
    const isOwn = list.current?.parentElement?.contains(activeElement) === true;
    const part = isOwn ? activeElement?.closest('.conversation-foot, .line') : null;
    return part != null && part !== activeElement && activeElement instanceof HTMLElement
      ? activeElement
      : null;
  };
  const isScrolledByOther = (scroller: HTMLElement): boolean => {
    const isAtEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - SAME_PX;
    // At its end it may only have got shorter.
    return !isAtEnd && Math.abs(scroller.scrollTop - lastTop.current) > SAME_PX;
  };
  const keep = useEffectEvent(() => {
    const scroller = page();
    if (followed.current === null || scroller === null || scroller.clientHeight === 0) return;
    if (isScrolledByOther(scroller)) return;
    const [own, part] = [line(), inner()];
    if (own !== null && !isSeen(own)) scrollTo(followed.current);
    else if (part !== null && !isSeen(part)) {
      const room = roomOf(scroller);
      const { top, bottom } = part.getBoundingClientRect();
      scroller.scrollTop += top < room.top ? top - room.top - LEAST.top : bottom - room.bottom + LEAST.bottom;
      lastTop.current = scroller.scrollTop;
    }
  });
  const onScroll = useEffectEvent(() => {
    const scroller = page();
    if (scroller === null) return;
    const target = line() ?? inner();
    if (isScrolledByOther(scroller) && target !== null && !isSeen(target)) followed.current = null;
    lastTop.current = scroller.scrollTop;
  });
  const onFocus = useEffectEvent((target: Element) => {
    const isOwn = list.current?.parentElement?.contains(target) === true;
    if (isOwn && target.closest('.line, .conversation-foot') !== null && target.matches(':focus-visible'))
      followed.current ??= 'auto';
  });
  useEffect(() => {
    const scroller = page();
    if (scroller === null) return;
    lastTop.current = scroller.scrollTop;
    const abort = new AbortController();
    const { signal } = abort;
    const stop = () => {
      followed.current = null;
    };
    // Before the list is drawn anew for it.
    scroller.addEventListener('scroll', () => onScroll(), { signal, capture: true });
    scroller.addEventListener('wheel', (event) => event.ctrlKey || stop(), { signal, passive: true });
    for (const type of ['pointerdown', 'touchmove'] as const)
      scroller.addEventListener(type, stop, { signal, passive: true });
    scroller.addEventListener(
      'focusin',
      ({ target, relatedTarget }) => {
        // Where a line with the focus was replaced, nobody has gone anywhere.
        if (relatedTarget !== null && target instanceof Element) onFocus(target);
      },
      { signal },
    );
    window.addEventListener(
      'keydown',
      (event) => {
        const isHere = event.target instanceof Node && scroller.contains(event.target);
        if (isHere && !event.defaultPrevented && SCROLLING_KEYS.includes(event.key)) stop();
      },
      { signal },
    );
    return () => abort.abort();
  }, [page]);
  useLayoutEffect(() => keep());

  const follow = useCallback((align: Align) => {
    followed.current = align;
  }, []);
  const scrollToFn = useCallback(
    (...[offset, options, own]: Parameters<typeof elementScroll<HTMLElement>>) => {
      elementScroll(offset, options, own);
      lastTop.current = own.scrollElement?.scrollTop ?? 0;
    },
    [],
  );
  return { follow, isSeen, keep, scrollToFn };
}
