import { useEffect, useEffectEvent } from 'react';

/**
 * Keeps the keyboard focus from getting lost: if the focused element is removed or disabled, the element from `findHome`
 * gets the focus. A click on an empty place may still clear it, and an open dialog manages its own. Also checks after
 * each render.
 */
export function useFocusKeeper(findHome: () => HTMLElement | null): void {
  const bringHome = useEffectEvent(() => {
    const { activeElement } = document;
    const lost = activeElement === null || activeElement === document.body;
    if (lost && document.querySelector('[role=alertdialog]') === null)
      findHome()?.focus({ preventScroll: true });
  });
  useEffect(() => {
    let pointerDown = false;
    let frame = 0;
    const abort = new AbortController();
    const { signal } = abort;
    // A closing dialog returns the focus in the next frame, so wait until after that.
    const look = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(bringHome);
      });
    };
    window.addEventListener('pointerdown', () => (pointerDown = true), { signal, capture: true });
    window.addEventListener('pointerup', () => (pointerDown = false), { signal, capture: true });
    document.addEventListener('focusout', () => pointerDown || look(), { signal });
    return () => {
      abort.abort();
      cancelAnimationFrame(frame);
    };
  }, []);
  useEffect(() => {
    const frame = requestAnimationFrame(() => requestAnimationFrame(bringHome));
    return () => cancelAnimationFrame(frame);
  });
}
