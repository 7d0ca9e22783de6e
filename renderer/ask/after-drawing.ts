const LONGEST_WAIT_MS = 500;

/** Calls back once the window has drawn what it has to draw, in a hidden window soon. Returns a function that stops this. */
export function afterDrawing(work: () => void): () => void {
  const waiting = requestIdleCallback(work, { timeout: LONGEST_WAIT_MS });
  return () => cancelIdleCallback(waiting);
}
