import { type RefObject, useEffect } from 'react';

/** Lets the mouse drag a pane sideways from wherever there is no button. Fingers scroll it without that. */
export function useDragging(pane: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = pane.current;
    if (element === null) return;
    let began: { readonly x: number; readonly scrolled: number } | null = null;
    const onDown = ({ target, pointerType, pointerId, button, clientX: x }: PointerEvent) => {
      if (pointerType !== 'mouse' || button !== 0) return;
      if (target instanceof Element && target.closest('button') !== null) return;
      element.setPointerCapture(pointerId);
      began = { x, scrolled: element.scrollLeft };
    };
    const onMove = ({ clientX }: PointerEvent) => {
      if (began !== null) element.scrollLeft = began.scrolled + began.x - clientX;
    };
    const onEnd = () => {
      began = null;
    };
    element.addEventListener('pointerdown', onDown);
    element.addEventListener('pointermove', onMove);
    element.addEventListener('lostpointercapture', onEnd);
    return () => {
      element.removeEventListener('pointerdown', onDown);
      element.removeEventListener('pointermove', onMove);
      element.removeEventListener('lostpointercapture', onEnd);
    };
  }, [pane]);
}
