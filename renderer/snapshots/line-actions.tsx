import { MenuItem } from 'react-aria-components';
import { ContextMenu } from '../parts/context-menu.tsx';
import type { ContextMenuState } from '../parts/use-context-menu.ts';

/** What can be done with the selected snapshots from the list. */
export type LineAction = 'restore' | 'reveal' | 'prune';

export type LineActionsProps = {
  readonly menu: ContextMenuState;
  /** Whether several snapshots are selected: then only what works on all of them is offered. */
  readonly several: boolean;
  readonly onAction: (action: LineAction) => void;
};

/** The items of a line's menu. */
export function LineActions({ menu, several, onAction }: LineActionsProps) {
  return (
    <ContextMenu
      menu={menu}
      label="Snapshot"
      onAction={(key) => onAction(key === 'restore' || key === 'reveal' ? key : 'prune')}
    >
      {!several && <MenuItem id="restore">Restore…</MenuItem>}
      {!several && <MenuItem id="reveal">Reveal in folder</MenuItem>}
      <MenuItem id="prune">Prune…</MenuItem>
    </ContextMenu>
  );
}
