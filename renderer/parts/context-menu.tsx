import { type ReactNode, useEffect, useEffectEvent, useRef } from 'react';
import { type Key, Menu, Popover } from 'react-aria-components';
import type { ContextMenuState } from './use-context-menu.ts';

export type ContextMenuProps = {
  readonly menu: ContextMenuState;
  readonly label: string;
  readonly onAction: (key: Key) => void;
  readonly disabledKeys?: readonly string[];
  /** It is closed, and what was chosen has begun. */
  readonly onEnd?: () => void;
  /** Its items. */
  readonly children: ReactNode;
};

/** The menu of an area. Closing it gives the focus back, and only then does what was chosen begin: it may take the focus. */
export function ContextMenu({ menu, label, onAction, disabledKeys = [], onEnd, children }: ContextMenuProps) {
  const chosen = useRef<(() => void) | null>(null);
  const end = useEffectEvent((action: (() => void) | null) => {
    action?.();
    onEnd?.();
  });
  useEffect(() => {
    const { current } = chosen;
    chosen.current = null;
    if (menu.isOpen) return;
    // A menu that closes gives the focus back in the next frame.
    if (current !== null) requestAnimationFrame(() => requestAnimationFrame(() => end(current)));
    else end(null);
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
