import type { ComponentProps, CSSProperties } from 'react';
import type { RowColumn, RowsRequest } from '../../src/model/rows.ts';

/** The first column says what happens to a row, and whether it is chosen. */
export const CHANGE_PX = 104;

/** A part of a grid that gets its role as a property: a table's own elements cannot show only some of its rows and columns. */
export function GridPart(props: ComponentProps<'div'>) {
  return <div {...props} />;
}

type HeadCellProps = {
  readonly id: string;
  readonly column: RowColumn;
  readonly place: number;
  readonly isActive: boolean;
  readonly sort: RowsRequest['sort'];
  readonly style: CSSProperties;
};

/** The name of a column, and how the rows are sorted by it. */
export function HeadCell({ id, column, place, isActive, sort, style }: HeadCellProps) {
  const isSorted = sort?.column === column.name;
  return (
    <GridPart
      id={id}
      role="columnheader"
      aria-colindex={place + 2}
      aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      data-place={`-1:${place}`}
      className={`rows-cell${column.isNumeric ? ' number' : ''}${isActive ? ' active' : ''}`}
      style={style}
      title={[column.name, column.declaredType, column.isKey ? 'key' : ''].filter(Boolean).join(' · ')}
    >
      <bdi>{column.name}</bdi>
      {isSorted && <span aria-hidden="true">{sort.descending ? ' ↓' : ' ↑'}</span>}
    </GridPart>
  );
}

/** Where each column ends. */
export function edgesOf(widths: readonly number[]): readonly number[] {
  let edge = 0;
  return widths.map((width) => {
    edge += width;
    return edge;
  });
}

/** Where a column is drawn. */
export function styleOf(edges: readonly number[], column: number, left: number): CSSProperties {
  const start = edges[column - 1] ?? 0;
  return { left: CHANGE_PX + start - left, width: (edges[column] ?? 0) - start };
}
