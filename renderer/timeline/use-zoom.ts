import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
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

/** What is there on an axis, and how far right of its end. */
function pointAt(x: number, axis: Axis): Pick<Place, 'time' | 'beyond'> {
  const time = axis.timeOf(x);
  return { time, beyond: x - axis.xOf(time) };
}

function placeOf({ time, beyond }: Pick<Place, 'time' | 'beyond'>, axis: Axis): number {
  return axis.xOf(time) + beyond;
}

/**
 * Ctrl and the wheel, or two fingers, zoom around the pointer; + and − around what has the focus; 0 shows the whole again.
 * The time there stays where it is; in a pane of another width, what is in its middle. Scrolling is the pane's own.
 */
export function useZooming(pane: RefObject<HTMLElement | null>, { axis, zoom, onZoom }: Zooming): void {
  const zoomTo = useEffectEvent((element: HTMLElement, factor: number, pointer: number | null) => {
    const at = pointer ?? middleOfFocus(element) ?? element.clientWidth / 2;
    const x = element.scrollLeft + at;
    const { place: last } = zoom;
    // Pixels are whole and times are not: through many small steps around one place, its time would wander off.
    const isLast = last !== null && last.at === at && Math.abs(placeOf(last, axis) - x) < 1;
    const place = isLast ? last : { ...pointAt(x, axis), at };
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

  /** What was drawn last: on which axis, where the middle of the pane was, and how wide that was. */
  const last = useRef({ axis, zoom, middle: 0, wide: 0 });
  useLayoutEffect(() => {
    const element = pane.current;
    if (element === null) return;
    const { current } = last;
    const wide = element.clientWidth;
    if (current.zoom !== zoom) {
      if (zoom.place !== null) element.scrollLeft = placeOf(zoom.place, axis) - zoom.place.at;
    } else if (current.axis !== axis) {
      element.scrollLeft = placeOf(pointAt(current.middle, current.axis), axis) - wide / 2;
    }
    last.current = { axis, zoom, middle: element.scrollLeft + wide / 2, wide };
  }, [pane, axis, zoom]);
  useEffect(() => {
    const element = pane.current;
    if (element === null) return;
    const onScroll = () => {
      const { current } = last;
      // A pane that has just become wider is moved by the end of its content, and not by a person.
      if (element.clientWidth === current.wide) current.middle = element.scrollLeft + current.wide / 2;
    };
    element.addEventListener('scroll', onScroll);
    return () => element.removeEventListener('scroll', onScroll);
  }, [pane]);
}
