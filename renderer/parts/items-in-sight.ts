import { useEffect } from 'react';

/** Of React Aria's lists. The list of snapshots sees to its own lines. */
const ITEM = ':is([role=row], [role=option])[data-collection][data-key]';
/** The browser itself scrolls for them, also where the list has moved the focus. */
const SCROLLING_KEYS = ['PageUp', 'PageDown', 'Home', 'End'];

/**
 * Shows the item of a list that keys have led to: as a whole or, where it is higher than what scrolls around it, from its
 * start. It stays so while the window gets smaller, until the person scrolls. React Aria shows the end of a high item.
 */
export function useItemsInSight(): void {
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    let sizes: ResizeObserver | null = null;
    const stop = () => {
      sizes?.disconnect();
      sizes = null;
    };
    const follow = ({ target }: FocusEvent) => {
      stop();
      if (!(target instanceof HTMLElement && target.matches(ITEM) && target.matches(':focus-visible')))
        return;
      const scrollers = scrollersOf(target);
      // It tells of the first size, too: after React Aria has scrolled, before anything is painted.
      sizes = new ResizeObserver(() => {
        for (const scroller of scrollers) show(target, scroller);
      });
      // All that is around it, too: what is not drawn has a guessed height, and the window may get smaller.
      for (let part: Element | null = target; part !== null; part = part.parentElement) sizes.observe(part);
    };
    document.addEventListener('focusin', follow, { signal });
    document.addEventListener('focusout', stop, { signal });
    for (const type of ['wheel', 'pointerdown', 'touchmove'] as const)
      window.addEventListener(type, stop, { signal, passive: true, capture: true });
    window.addEventListener(
      'keydown',
      (event) => {
        const { target, key } = event;
        if (SCROLLING_KEYS.includes(key) && target instanceof Element && target.closest(ITEM) !== null)
          event.preventDefault();
      },
      // A dialog lets no key out.
      { signal, capture: true },
    );
    return () => {
      abort.abort();
      stop();
    };
  }, []);
}

/** What scrolls around it, from the inside. */
function scrollersOf(item: HTMLElement): readonly HTMLElement[] {
  const scrollers: HTMLElement[] = [];
  for (let part = item.parentElement; part !== null; part = part.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(part).overflowY)) scrollers.push(part);
  return scrollers;
}

function show(item: HTMLElement, scroller: HTMLElement): void {
  const style = getComputedStyle(scroller);
  const start = scroller.getBoundingClientRect().top + scroller.clientTop;
  const room = {
    top: start + (Number.parseFloat(style.scrollPaddingTop) || 0),
    bottom: start + scroller.clientHeight - (Number.parseFloat(style.scrollPaddingBottom) || 0),
  };
  const ring = ringOf(item);
  const { top, bottom } = item.getBoundingClientRect();
  const beforeStart = top - ring - room.top;
  const behindEnd = bottom + ring - room.bottom;
  // The start is never given up for the end.
  if (beforeStart < 0) scroller.scrollTop += beforeStart;
  else if (behindEnd > 0) scroller.scrollTop += Math.min(behindEnd, beforeStart);
}

/** How far the mark of the focus reaches beyond it. */
function ringOf(item: HTMLElement): number {
  const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(item);
  return outlineStyle === 'none'
    ? 0
    : Math.max(0, Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset));
}
