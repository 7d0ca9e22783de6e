import { type RefObject, useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';

export type ContextMenuState = {
  readonly isOpen: boolean;
  /** The element next to which the menu is. */
  readonly anchor: RefObject<HTMLElement | null>;
  readonly open: (anchor: HTMLElement) => void;
  readonly close: () => void;
};

/**
 * Opens a menu in an area by a right click, Shift+F10 or the menu key. `find` is given where that happened, and says next
 * to which element the menu opens; null: there is no menu for this place.
 */
export function useContextMenu(
  area: RefObject<HTMLElement | null>,
  find: (target: Element) => HTMLElement | null,
): ContextMenuState {
  const anchor = useRef<HTMLElement | null>(null);
  const [isOpen, setOpen] = useState(false);
  const open = useCallback((element: HTMLElement) => {
    anchor.current = element;
    setOpen(true);
  }, []);
  const ask = useEffectEvent((event: MouseEvent) => {
    const found = event.target instanceof Element ? find(event.target) : null;
    if (found === null) return;
    event.preventDefault();
    open(found);
  });
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.addEventListener('contextmenu', ask);
    return () => element.removeEventListener('contextmenu', ask);
  }, [area]);
  return { isOpen, anchor, open, close: useCallback(() => setOpen(false), []) };
}
