import { type ReactNode, useEffect, useEffectEvent, useRef } from 'react';
import { type Key, MenuItem } from 'react-aria-components';
import { ContextMenu, useContextMenu } from '../parts/context-menu.tsx';

/** What can be done with the selected snapshots from the list. */
export type LineAction = 'restore' | 'reveal' | 'prune';

export type LineMenuProps = {
  readonly selected: ReadonlySet<Key>;
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  readonly onAction: (action: LineAction) => void;
  readonly children: ReactNode;
};

/**
 * The menu of a line. A line that is not selected is selected first. Delete prunes what is selected; like the menu it only
 * opens the dialog.
 */
export function LineMenu({ selected, onSelect, onAction, children }: LineMenuProps) {
  const area = useRef<HTMLDivElement>(null);
  const menu = useContextMenu(area, (target) => {
    const line = target.closest<HTMLElement>('.snap');
    const id = line?.dataset.key;
    if (line === null || id === undefined) return null;
    if (!selected.has(id)) onSelect(new Set([id]));
    return line;
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
    element.addEventListener('keydown', obey);
    return () => element.removeEventListener('keydown', obey);
  }, []);

  const several = selected.size > 1;
  return (
    <div className="list-area" ref={area}>
      {children}
      <ContextMenu
        menu={menu}
        label="Snapshot"
        onAction={(key) => onAction(key === 'restore' || key === 'reveal' ? key : 'prune')}
      >
        {!several && <MenuItem id="restore">Restore…</MenuItem>}
        {!several && <MenuItem id="reveal">Reveal in folder</MenuItem>}
        <MenuItem id="prune">Prune…</MenuItem>
      </ContextMenu>
    </div>
  );
}
