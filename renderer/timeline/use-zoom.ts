import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';

const MOST_ZOOM = 32;
const KEYS: Readonly<Record<string, number>> = { '+': 2, '=': 2, '-': 0.5, '0': 0 };

/** Where the focused element is in the pane, in pixels from the left; null if it is elsewhere. */
function middleOfFocus(pane: HTMLElement | null): number | null {
  const { activeElement } = document;
  if (pane === null || activeElement === null || !pane.contains(activeElement)) return null;
  const { left, width } = activeElement.getBoundingClientRect();
  return left + width / 2 - pane.getBoundingClientRect().left;
}

/**
 * How much wider than its pane the content is: from 1 to 32. Ctrl and the wheel, or two fingers, change it around the
 * pointer; + and − around
 * what has the focus; 0 shows the whole again. Scrolling is the pane's own.
 */
export function useZoom(pane: RefObject<HTMLElement | null>, wide: number): number {
  const [zoom, setZoom] = useState(1);
  /** The place that stays where it is while the zoom changes: its share of the whole, and where in the pane it is. */
  const kept = useRef<{ readonly share: number; readonly at: number } | null>(null);

  const zoomTo = useEffectEvent((factor: number, at: number | null) => {
    const { scrollLeft: scrolled = 0 } = pane.current ?? {};
    const place = at ?? middleOfFocus(pane.current) ?? wide / 2;
    kept.current = { share: (scrolled + place) / Math.max(1, wide * zoom), at: place };
    setZoom(Math.min(MOST_ZOOM, Math.max(1, zoom * factor)));
  });

  useEffect(() => {
    const element = pane.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      // Otherwise the whole window would be zoomed.
      event.preventDefault();
      zoomTo(2 ** (-event.deltaY / 200), event.clientX - element.getBoundingClientRect().left);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const factor = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key];
      if (factor === undefined) return;
      event.preventDefault();
      zoomTo(factor, null);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('keydown', onKeyDown);
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('keydown', onKeyDown);
    };
  }, [pane]);

  useLayoutEffect(() => {
    if (kept.current !== null && pane.current !== null)
      pane.current.scrollLeft = kept.current.share * wide * zoom - kept.current.at;
    kept.current = null;
  }, [pane, wide, zoom]);
  return zoom;
}
