import { useRef, useState } from 'react';
import { Button, ListBox, ListBoxItem, MenuItem } from 'react-aria-components';
import type { TableDiff } from '../../src/model/diff.ts';
import type { RowsOverview } from '../../src/model/rows.ts';
import { formatNumber } from '../../words/numbers.ts';
import { choose } from '../../words/plurals.ts';
import { differingRows, tablesAlikeWords } from '../../words/rows.ts';
import { ContextMenu } from '../parts/context-menu.tsx';
import { Icon } from '../parts/icons.tsx';
import { useContextMenu } from '../parts/use-context-menu.ts';
import { isRestorable } from './restoring.ts';

export type TableListProps = {
  readonly overview: RowsOverview;
  readonly chosen: string | null;
  readonly onChoose: (table: string) => void;
  /** Null where no whole table can be restored. */
  readonly onRestore: ((table: string) => void) | null;
};

/** The tables with the number of their differing rows. Those without any are folded away. */
export function TableList({ overview, chosen, onChoose, onRestore }: TableListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState<TableDiff | null>(null);
  const [unfolded, setUnfolded] = useState(false);
  const isAlike = (table: TableDiff) =>
    (table.state === 'compared' || table.state === 'derived') && differingRows(table) === 0;
  const alike = overview.tables.filter((table) => isAlike(table) && table.name !== chosen);
  const shown = overview.tables.filter((table) => unfolded || !isAlike(table) || table.name === chosen);
  const menu = useContextMenu(list, (target) => {
    const option = target.closest<HTMLElement>('[role=option]');
    const table = overview.tables.find(({ name }) => name === option?.dataset.key);
    if (option === null || table === undefined || onRestore === null) return null;
    setAsked(table);
    return option;
  });
  return (
    <div className="rows-tables">
      <ListBox
        ref={list}
        aria-label="Tables"
        items={shown}
        selectionMode="single"
        selectionBehavior="replace"
        disallowEmptySelection
        escapeKeyBehavior="none"
        selectedKeys={chosen === null ? [] : [chosen]}
        onSelectionChange={(keys) => {
          const [key] = keys === 'all' ? [] : keys;
          if (key !== undefined) onChoose(String(key));
        }}
      >
        {(table) => (
          <ListBoxItem id={table.name} textValue={table.name} className="rows-table">
            <bdi className="bold-if-selected" data-name={table.name} title={table.name}>
              {table.name}
            </bdi>
            <span className="dim">
              {formatNumber(differingRows(table))}
              <span className="visually-hidden">
                {choose(differingRows(table), ' differing row', ' differing rows')}
              </span>
            </span>
          </ListBoxItem>
        )}
      </ListBox>
      {onRestore !== null && (
        <ContextMenu
          menu={menu}
          label="Table"
          disabledKeys={asked !== null && isRestorable(asked) ? [] : ['restore']}
          onAction={() => asked !== null && onRestore(asked.name)}
        >
          <MenuItem id="restore">Bring back this table…</MenuItem>
        </ContextMenu>
      )}
      {(alike.length > 0 || unfolded) && (
        <Button
          className={`fold-button${unfolded ? ' unfolded' : ''}`}
          aria-expanded={unfolded}
          onPress={() => setUnfolded(!unfolded)}
        >
          <Icon name="chevron" />
          {unfolded ? 'Fold' : tablesAlikeWords(alike.length, overview.schema)}
        </Button>
      )}
    </div>
  );
}
