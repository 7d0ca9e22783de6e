import { type RefObject, useEffect, useEffectEvent, useState } from 'react';
import {
  type Heights,
  LEAST_LINE,
  type LineGroup,
  pageFrom,
  type Range,
  rangeAround,
  rangeFor,
  within,
} from './line-window.ts';

type Drawn = Range & { readonly heights: Heights };

export type LineWindow = Drawn & {
  /** Call this whenever the list was drawn and has scrolled to where it should be: other lines may be in sight now. */
  readonly look: () => void;
  /** Draws a line and those around it, unless it is drawn. */
  readonly show: (place: number) => void;
  /** The line a page below or above another one. */
  readonly pageFrom: (at: number, direction: -1 | 1) => number;
};

/**
 * Which lines of a list that scrolls are drawn. The first drawing is enough for any screen and measures nothing; where it
 * is the whole list, nothing ever does.
 */
export function useLineWindow(groups: readonly LineGroup[], list: RefObject<HTMLElement | null>): LineWindow {
  const count = groups.reduce((sum, { ids }) => sum + ids.length, 0);
  const [{ heights, ...wanted }, setDrawn] = useState<Drawn>(() => ({
    from: 0,
    to: Math.ceil(window.innerHeight / LEAST_LINE),
    heights: new Map(),
  }));
  const range = within(wanted, count);
  const isWhole = range.to - range.from === count;

  const look = () => {
    const { current } = list;
    if (current === null || isWhole) return;
    const { scrollTop: top, clientHeight: view } = current;
    const measured = measure(current, heights);
    const next = rangeFor(range, groups, measured, { top, view });
    if (next !== range) setDrawn({ ...next, heights: measured });
  };
  const lookAgain = useEffectEvent(look);
  useEffect(() => {
    const { current } = list;
    if (current === null || isWhole) return;
    const sizes = new ResizeObserver(() => lookAgain());
    sizes.observe(current);
    const onScroll = () => lookAgain();
    current.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      sizes.disconnect();
      current.removeEventListener('scroll', onScroll);
    };
  }, [list, isWhole]);
  return {
    ...range,
    heights,
    look,
    show(place) {
      const { current } = list;
      if (current === null || (place >= range.from && place < range.to)) return;
      setDrawn({ ...rangeAround(place, window.innerHeight), heights: measure(current, heights) });
    },
    pageFrom(at, direction) {
      const { current } = list;
      if (current === null) return at;
      return pageFrom(groups, measure(current, heights), { at, view: current.clientHeight, direction });
    },
  };
}

/** The heights that are known, with those of the lines that are drawn now. */
function measure(list: HTMLElement, known: Heights): Heights {
  const lines = [...list.querySelectorAll<HTMLElement>('[data-key]')];
  return new Map([...known, ...lines.map((line) => [line.dataset.key ?? '', line.offsetHeight] as const)]);
}
