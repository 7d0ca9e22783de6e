import { type PointerEvent, type RefObject, useEffect, useEffectEvent, useRef } from 'react';

/** So long a finger rests before it means more than a tap. As long as the systems wait. */
const HELD_MS = 500;

/**
 * Calls `onHeld` once a finger has rested on something in an area, and before the system opens a menu for that, which is left
 * out. A finger that moves scrolls. Returns handlers for that area, and whether the click that comes now ends such a press.
 */
export function useLongPress(area: RefObject<HTMLElement | null>, onHeld: (target: Element) => void) {
  const timer = useRef<number | undefined>(undefined);
  const press = useRef<{ readonly on: Element; isHeld: boolean } | null>(null);
  const stop = () => window.clearTimeout(timer.current);
  const hold = useEffectEvent(() => {
    stop();
    if (press.current === null || press.current.isHeld) return;
    press.current.isHeld = true;
    onHeld(press.current.on);
  });
  const onMenu = useEffectEvent((event: MouseEvent) => {
    if (!(event instanceof window.PointerEvent) || event.pointerType !== 'touch') return;
    event.preventDefault();
    event.stopPropagation();
    hold();
  });
  useEffect(() => {
    const element = area.current;
    element?.addEventListener('contextmenu', onMenu);
    return () => {
      window.clearTimeout(timer.current);
      element?.removeEventListener('contextmenu', onMenu);
    };
  }, [area]);
  return {
    endsHere: () => press.current?.isHeld === true,
    onPointerDown: ({ target, pointerType, isPrimary }: PointerEvent) => {
      stop();
      // A second finger zooms.
      press.current =
        pointerType === 'touch' && isPrimary && target instanceof Element
          ? { on: target, isHeld: false }
          : null;
      if (press.current !== null) timer.current = window.setTimeout(hold, HELD_MS);
    },
    onPointerUp: stop,
    onPointerCancel: stop,
  };
}
