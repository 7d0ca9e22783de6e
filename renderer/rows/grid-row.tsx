import type { CSSProperties } from 'react';
import type { RowCell, RowColumn, ShownRow } from '../../src/model/rows.ts';
import { CHANGE_WORDS } from '../../words/rows.ts';
import { Icon } from '../parts/icons.tsx';
import { CellContent } from './cell-content.tsx';
import { CHANGE_PX, GridPart } from './grid-parts.tsx';

export type GridRowProps = {
  readonly row: number;
  /** Null until it is read. */
  readonly found: Pick<ShownRow, 'line' | 'change'> | null;
  readonly style: CSSProperties;
  /** Null where no row of the table can be chosen. */
  readonly isChosen: boolean | null;
  /** The column of the active cell; null: it is in another row. */
  readonly activeColumn: number | null;
  /** What is drawn of it. */
  readonly cells: readonly {
    readonly id: string;
    /** The column as it is shown. */
    readonly at: number;
    readonly column: RowColumn | undefined;
    readonly cell: RowCell | null;
    readonly style: CSSProperties;
  }[];
};

/** A row of the grid: what happens to it, and its values. */
export function GridRow({ row, found, style, isChosen, activeColumn, cells }: GridRowProps) {
  const look = `${activeColumn === null ? '' : ' active'}${isChosen === true ? ' chosen' : ''}`;
  return (
    <GridPart
      role="row"
      aria-rowindex={row + 2}
      aria-selected={isChosen ?? undefined}
      className={`rows-row${look}`}
      data-change={found?.change}
      style={style}
    >
      <GridPart
        role="gridcell"
        aria-colindex={1}
        className="rows-cell change"
        data-choose={isChosen === null ? undefined : row}
        style={{ width: CHANGE_PX }}
      >
        {isChosen !== null && (
          <span className="box">
            <Icon name="check" size={12} />
          </span>
        )}
        {found === null ? '…' : CHANGE_WORDS[found.change]}
      </GridPart>
      {cells.map(({ id, at, column, cell, style }) => {
        const isActive = activeColumn === at;
        return (
          <GridPart
            key={id}
            id={id}
            role="gridcell"
            aria-colindex={at + 2}
            data-place={`${row}:${at}`}
            className={`rows-cell${column?.isNumeric === true ? ' number' : ''}${isActive ? ' active' : ''}${cell?.isChanged === true ? ' differs' : ''}`}
            style={style}
          >
            {cell !== null && <CellContent cell={cell} />}
          </GridPart>
        );
      })}
    </GridPart>
  );
}
