import { type ReactNode, useEffect, useRef } from 'react';
import { type Key, Menu, Popover } from 'react-aria-components';
import type { ContextMenuState } from './use-context-menu.ts';

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
