import {
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
} from 'react';
import { type Key, Menu, Popover } from 'react-aria-components';

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

export type ContextMenuProps = {
  readonly menu: ContextMenuState;
  readonly label: string;
  readonly onAction: (key: Key) => void;
  readonly disabledKeys?: readonly string[];
  /** Its items. */
  readonly children: ReactNode;
};

/** The menu of an area. Closing it gives the focus back, and only then does what was chosen begin: it may take the focus. */
export function ContextMenu({ menu, label, onAction, disabledKeys = [], children }: ContextMenuProps) {
  const chosen = useRef<(() => void) | null>(null);
  useEffect(() => {
    const { current } = chosen;
    chosen.current = null;
    // A menu that closes gives the focus back in the next frame.
    if (!menu.isOpen && current !== null) requestAnimationFrame(() => requestAnimationFrame(current));
  }, [menu.isOpen]);
  return (
    <Popover
      aria-label={label}
      triggerRef={menu.anchor}
      isOpen={menu.isOpen}
      onOpenChange={(open) => open || menu.close()}
      placement="bottom end"
      className="popover"
    >
      <Menu
        aria-label={label}
        className="menu"
        autoFocus="first"
        disabledKeys={disabledKeys}
        onAction={(key) => {
          chosen.current = () => onAction(key);
          menu.close();
        }}
      >
        {children}
      </Menu>
    </Popover>
  );
}
