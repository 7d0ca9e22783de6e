import { useCallback, useInsertionEffect, useRef } from 'react';

/**
 * One function for as long as the component lives, which does what the newest `act` does. A part that is drawn again only
 * if what it is given has changed (`memo`) can be given it. For events, not for drawing.
 */
export function useSteady<A extends readonly unknown[]>(act: (...args: A) => void): (...args: A) => void {
  const newest = useRef(act);
  useInsertionEffect(() => {
    newest.current = act;
  });
  return useCallback((...args: A) => newest.current(...args), []);
}
