import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import { type Key, Menu, MenuItem, Popover } from 'react-aria-components';

/** What can be done with the selected snapshots from the list. */
export type LineAction = 'restore' | 'reveal' | 'prune';

export type LineMenuProps = {
  readonly selected: ReadonlySet<Key>;
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  readonly onAction: (action: LineAction) => void;
  readonly children: ReactNode;
};

/**
 * The menu of a line: by a right click, Shift+F10 or the menu key. A line that is not selected is selected first. Delete
 * prunes what is selected; like the menu it only opens the dialog.
 */
export function LineMenu({ selected, onSelect, onAction, children }: LineMenuProps) {
  const area = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLElement | null>(null);
  const [isOpen, setOpen] = useState(false);

  const open = useEffectEvent((event: MouseEvent) => {
    const found = event.target instanceof Element ? event.target.closest<HTMLElement>('.snap') : null;
    const id = found?.dataset.key;
    if (found === null || id === undefined) return;
    event.preventDefault();
    if (!selected.has(id)) onSelect(new Set([id]));
    line.current = found;
    setOpen(true);
  });
  const obey = useEffectEvent((event: KeyboardEvent) => {
    if (
      event.key !== 'Delete' ||
      !(event.target instanceof Element) ||
      event.target.closest('.snap') === null
    )
      return;
    event.preventDefault();
    onAction('prune');
  });
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.addEventListener('contextmenu', open);
    element.addEventListener('keydown', obey);
    return () => {
      element.removeEventListener('contextmenu', open);
      element.removeEventListener('keydown', obey);
    };
  }, []);

  const several = selected.size > 1;
  return (
    <div className="list-area" ref={area}>
      {children}
      <Popover
        triggerRef={line}
        isOpen={isOpen}
        onOpenChange={setOpen}
        placement="bottom end"
        className="popover"
      >
        <Menu
          aria-label="Snapshot"
          className="menu"
          autoFocus="first"
          onAction={(key) => onAction(key === 'restore' || key === 'reveal' ? key : 'prune')}
        >
          {!several && <MenuItem id="restore">Restore…</MenuItem>}
          {!several && <MenuItem id="reveal">Reveal in folder</MenuItem>}
          <MenuItem id="prune">Prune…</MenuItem>
        </Menu>
      </Popover>
    </div>
  );
}
