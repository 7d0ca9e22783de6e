import { useEffect, useEffectEvent } from 'react';

/**
 * Never lets the keyboard's focus get lost: where what had it has gone or was greyed out, `findHome` gets it. A click
 * beside everything may take it away, as anywhere, and an open dialog keeps it by itself. Runs after each render too.
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
    // A closing dialog gives the focus back in the next frame; only what is lost after that is lost.
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
