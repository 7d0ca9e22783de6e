import { useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';

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
  const frame = useRef(0);
  // A closing dialog returns the focus in the next frame, so wait until after that. Each new reason to look starts over:
  // the dialog may have closed since the last one.
  const look = useEffectEvent(() => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      frame.current = requestAnimationFrame(bringHome);
    });
  });
  useEffect(() => {
    let pointerDown = false;
    const abort = new AbortController();
    const { signal } = abort;
    window.addEventListener('pointerdown', () => (pointerDown = true), { signal, capture: true });
    window.addEventListener('pointerup', () => (pointerDown = false), { signal, capture: true });
    document.addEventListener('focusout', () => pointerDown || look(), { signal });
    return () => {
      abort.abort();
      cancelAnimationFrame(frame.current);
    };
  }, []);
  // Before the window is painted, so that no frame comes between a dialog's closing and this.
  useLayoutEffect(() => look());
}
