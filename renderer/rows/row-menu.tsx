import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { MenuItem } from 'react-aria-components';
import type { ShownRow } from '../../src/model/rows.ts';
import { RESTORE_ROW } from '../../words/rows.ts';
import { useRequest } from '../ask/use-request.ts';
import { ContextMenu } from '../parts/context-menu.tsx';
import type { ContextMenuState } from '../parts/use-context-menu.ts';

/** `column` null: the whole row. */
export type CopyFromRow = (line: number, column: number | null, side: 'before' | 'after') => void;
type KnownRow = Pick<ShownRow, 'line' | 'change'>;

/** The side of a row that holds its values: what comes back, or what is removed. */
export function sideOf({ change }: KnownRow): 'before' | 'after' {
  return change === 'removed' ? 'before' : 'after';
}

/** Whether something names a row at other times, too. False until that is known. */
export function useIsNamed(place: { rowsId: string; table: string; line: number } | null): boolean {
  return useRequest('rows.key', place).value !== null;
}

/** What needs a name of the row. */
const NAMED = ['history', 'restore'];

export type RowMenuProps = {
  readonly menu: ContextMenuState;
  readonly rowsId: string;
  readonly table: string;
  /** Null until it is read. */
  readonly row: KnownRow | null;
  readonly column: number;
  readonly onOpen: () => void;
  readonly onCopy: CopyFromRow;
  /** Null where the table has no key. */
  readonly onHistory: ((line: number) => void) | null;
  /** Null where no row of the table can be restored by itself. */
  readonly onRestore: ((line: number) => void) | null;
  /** Keeps the rows as they are until the function that it returns is called. */
  readonly hold: () => () => void;
};

/** What can be done with one row and its value. Until that is begun, no other row takes its place. */
export function RowMenu(props: RowMenuProps) {
  const { menu, rowsId, table, row, column, onCopy, onHistory, onRestore } = props;
  const { hold } = props;
  const release = useRef<(() => void) | null>(null);
  useLayoutEffect(() => {
    if (menu.isOpen) release.current ??= hold();
  }, [menu.isOpen, hold]);
  const letGo = useCallback(() => {
    release.current?.();
    release.current = null;
  }, []);
  useEffect(() => letGo, [letGo]);
  const isAsked = menu.isOpen && row !== null && (onHistory !== null || onRestore !== null);
  const isNamed = useIsNamed(isAsked ? { rowsId, table, line: row.line } : null);
  return (
    <ContextMenu
      menu={menu}
      label="Row"
      onEnd={letGo}
      disabledKeys={row === null ? ['copy', 'copy-row', ...NAMED] : isNamed ? [] : NAMED}
      onAction={(key) => {
        if (key === 'open') props.onOpen();
        else if (row === null) return;
        else if (key === 'history') onHistory?.(row.line);
        else if (key === 'restore') onRestore?.(row.line);
        else onCopy(row.line, key === 'copy-row' ? null : column, sideOf(row));
      }}
    >
      <MenuItem id="open">Show this row</MenuItem>
      {onRestore !== null && <MenuItem id="restore">{RESTORE_ROW[row?.change ?? 'added']}</MenuItem>}
      <MenuItem id="copy">Copy value</MenuItem>
      <MenuItem id="copy-row">Copy row</MenuItem>
      {onHistory !== null && <MenuItem id="history">History of this</MenuItem>}
    </ContextMenu>
  );
}
