import { MenuItem } from 'react-aria-components';
import { ContextMenu } from '../parts/context-menu.tsx';
import type { Pair } from '../parts/pair.ts';
import type { ContextMenuState } from '../parts/use-context-menu.ts';

const ACTIONS = ['restore', 'reveal', 'compare', 'prune'] as const;

/** What can be done with the selected snapshots from the list. */
export type LineAction = (typeof ACTIONS)[number];

export type LineActionsProps = {
  readonly menu: ContextMenuState;
  /** Whether several snapshots are selected: then only what works on all of them is offered. */
  readonly several: boolean;
  /** The two that are selected; null: not two. */
  readonly pair: Pair | null;
  readonly onAction: (action: LineAction) => void;
};

/** The items of a line's menu. */
export function LineActions({ menu, several, pair, onAction }: LineActionsProps) {
  return (
    <ContextMenu
      menu={menu}
      label="Snapshot"
      onAction={(key) => onAction(ACTIONS.find((action) => action === key) ?? 'prune')}
    >
      {!several && <MenuItem id="restore">Restore…</MenuItem>}
      {!several && <MenuItem id="reveal">Reveal in folder</MenuItem>}
      {pair !== null && (
        <MenuItem id="compare" isDisabled={!pair.isReadable}>
          Compare
        </MenuItem>
      )}
      <MenuItem id="prune">Prune…</MenuItem>
    </ContextMenu>
  );
}
