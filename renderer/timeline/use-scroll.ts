import { type RefObject, useCallback, useEffect, useState } from 'react';

export type Scroll = {
  /** The width of the pane in pixels. */
  readonly wide: number;
  /** What is seen of its content, and as much again on both sides. It changes only after half a pane. */
  readonly seen: readonly [from: number, to: number];
  readonly onScroll: () => void;
};

/** How wide a pane is and which part of its content is seen. */
export function useScroll(pane: RefObject<HTMLElement | null>): Scroll {
  const [wide, setWide] = useState(() => window.innerWidth);
  const [halves, setHalves] = useState(0);
  const onScroll = useCallback(() => {
    const { scrollLeft = 0, clientWidth = 1 } = pane.current ?? {};
    setHalves(Math.round((scrollLeft * 2) / Math.max(1, clientWidth)));
  }, [pane]);
  useEffect(() => {
    const element = pane.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      setWide(element.clientWidth);
      onScroll();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [pane, onScroll]);
  const left = (halves * wide) / 2;
  return { wide, seen: [left - wide, left + 2 * wide], onScroll };
}
