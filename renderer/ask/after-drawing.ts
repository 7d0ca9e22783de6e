const LONGEST_WAIT_MS = 500;

/**
 * Calls back once the window has shown what it has to draw and has nothing else to do; in a hidden window soon. Returns a
 * function that stops this.
 */
export function afterDrawing(work: () => void): () => void {
  let idle = 0;
  // The next frame draws it. When the one after that begins, it has been shown.
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(wait);
  });
  // A hidden window has no frames.
  const late = setTimeout(wait, LONGEST_WAIT_MS);
  function noFrame(): void {
    clearTimeout(late);
    cancelAnimationFrame(frame);
  }
  function wait(): void {
    noFrame();
    idle = requestIdleCallback(work, { timeout: LONGEST_WAIT_MS });
  }
  return () => {
    noFrame();
    cancelIdleCallback(idle);
  };
}
