import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useState } from 'react';
import type { Axis } from './axis.ts';

const MOST_ZOOM = 32;
const KEYS: Readonly<Record<string, number>> = { '+': 2, '=': 2, '-': 0.5, '0': 0 };

/** What stays where it is while the zoom changes. */
type Place = {
  readonly time: number;
  /** How far right of the end of the axis it is. What stands there has the same width at any zoom. */
  readonly beyond: number;
  /** Where it is, in pixels from the left of the pane. */
  readonly at: number;
};

export type Zoom = {
  /** How much wider than its pane the content is: from 1 to 32. */
  readonly times: number;
  /** Null before the first change. */
  readonly place: Place | null;
};

type Zooming = {
  readonly axis: Axis;
  readonly zoom: Zoom;
  readonly onZoom: (change: (zoom: Zoom) => Zoom) => void;
};

/** The zoom of a timeline, at first the whole. Where its axis is made, `useZooming` changes it. */
export function useZoom(): readonly [Zoom, Zooming['onZoom']] {
  return useState<Zoom>({ times: 1, place: null });
}

/** Where the focused element is in the pane, in pixels from the left; null if it is elsewhere. */
function middleOfFocus(pane: HTMLElement): number | null {
  const { activeElement } = document;
  if (activeElement === null || !pane.contains(activeElement)) return null;
  const { left, width } = activeElement.getBoundingClientRect();
  return left + width / 2 - pane.getBoundingClientRect().left;
}

function placeOf({ time, beyond }: Place, axis: Axis): number {
  return axis.xOf(time) + beyond;
}

/**
 * Ctrl and the wheel, or two fingers, zoom around the pointer; + and − around what has the focus; 0 shows the whole again.
 * The time there stays where it is. Scrolling is the pane's own.
 */
export function useZooming(pane: RefObject<HTMLElement | null>, { axis, zoom, onZoom }: Zooming): void {
  const zoomTo = useEffectEvent((element: HTMLElement, factor: number, pointer: number | null) => {
    const at = pointer ?? middleOfFocus(element) ?? element.clientWidth / 2;
    const x = element.scrollLeft + at;
    const { place: last } = zoom;
    // Pixels are whole and times are not: through many small steps around one place, its time would wander off.
    const isLast = last !== null && last.at === at && Math.abs(placeOf(last, axis) - x) < 1;
    const time = axis.timeOf(x);
    const place = isLast ? last : { time, beyond: x - axis.xOf(time), at };
    onZoom(({ times }) => ({ times: Math.min(MOST_ZOOM, Math.max(1, times * factor)), place }));
  });

  useEffect(() => {
    const element = pane.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      // Otherwise the whole window would be zoomed.
      event.preventDefault();
      zoomTo(element, 2 ** (-event.deltaY / 200), event.clientX - element.getBoundingClientRect().left);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const factor = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key];
      if (factor === undefined) return;
      event.preventDefault();
      zoomTo(element, factor, null);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('keydown', onKeyDown);
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('keydown', onKeyDown);
    };
  }, [pane]);

  const keepPlace = useEffectEvent(({ place }: Zoom) => {
    if (place !== null && pane.current !== null) pane.current.scrollLeft = placeOf(place, axis) - place.at;
  });
  useLayoutEffect(() => keepPlace(zoom), [zoom]);
}
