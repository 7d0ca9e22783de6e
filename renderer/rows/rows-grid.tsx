import {
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useAwaited } from '../parts/use-awaited.ts';
import { useContextMenu } from '../parts/use-context-menu.ts';
import { columnWidths } from './column-widths.ts';
import { chooseByKey, type GridPlace, moveInGrid } from './grid-keys.ts';
import { CHANGE_PX, edgesOf, GridPart, HeadCell, styleOf } from './grid-parts.tsx';
import { GridRow } from './grid-row.tsx';
import { type CopyFromRow, RowMenu, sideOf } from './row-menu.tsx';
import type { Choosing } from './use-choosing.ts';
import { useGridCursor } from './use-grid-cursor.ts';
import { nameOf, type ShownRows } from './use-shown-rows.ts';
import { useTiles } from './use-tiles.ts';
import { useVirtualScroll } from './use-virtual-scroll.ts';

const ROW_PX = 30;
/** Rows that are drawn beyond the edges. */
const SPARE_ROWS = 4;
const SEEN_ROWS = 30;

export type RowsGridProps = {
  readonly label: string;
  readonly shown: ShownRows;
  /** Is told the row of the active cell. */
  readonly cursor: RefObject<number>;
  /** The places of the columns to show. */
  readonly places: readonly number[];
  readonly onSort: (column: string) => void;
  readonly onOpen: (row: number, column: number) => void;
  readonly onCopy: CopyFromRow;
  /** Null where the table has no key, by which a row is found at other times. */
  readonly onHistory: ((line: number) => void) | null;
  /** Null where no row of the table can be restored by itself. */
  readonly onRestore: ((line: number) => void) | null;
  /** Null where no row of the table can be chosen. */
  readonly choosing: Choosing | null;
  /** Keeps the rows as they are until the function that it returns is called. */
  readonly hold: () => () => void;
  readonly ref: RefObject<HTMLDivElement | null>;
};

/** The rows as a grid of any height and width, of which only what is visible is drawn. */
export function RowsGrid(props: RowsGridProps) {
  const { shown, places, label, choosing, ref: element } = props;
  const { rowsId, request, shape } = shown;
  const id = useId();
  const columns = places.flatMap((place) => shape.columns[place] ?? []);
  const scroll = useVirtualScroll(element, shape.total * ROW_PX, {
    headHeight: ROW_PX,
    fixedWidth: CHANGE_PX,
  });
  const [active, setActive] = useGridCursor(shown, scroll, {
    grid: element,
    row: props.cursor,
    rowHeight: ROW_PX,
  });
  const firstRow = Math.max(0, Math.floor(scroll.top / ROW_PX) - SPARE_ROWS);
  const endRow = Math.min(shape.total, Math.ceil((scroll.top + scroll.height) / ROW_PX) + SPARE_ROWS);

  const [widths, setWidths] = useState<readonly number[]>([]);
  const edges = useMemo(() => edgesOf(places.map((_, index) => widths[index] ?? 150)), [places, widths]);
  const width = edges.at(-1) ?? 0;
  const firstColumn = Math.max(0, edges.findIndex((edge) => edge > scroll.left) - 1);
  const pastEnd = edges.findIndex((edge) => edge >= scroll.left + scroll.width - CHANGE_PX);
  const endColumn = pastEnd === -1 ? columns.length : Math.min(columns.length, pastEnd + 1);
  const drawn = places.slice(firstColumn, endColumn);
  const tiles = useTiles(rowsId, request, { firstRow, endRow, columns: drawn });
  const onceRead = useAwaited(nameOf(shown), tiles.rowAt);

  // Measured once: a table that changes its columns while one scrolls can't be read.
  const isSeen = shape.total > 0 && tiles.rowAt(0) !== null;
  const subject = JSON.stringify([rowsId, request.table, places.length, isSeen, scroll.width]);
  const measured = useRef('');
  useEffect(() => {
    if (measured.current === subject || !isSeen) return;
    measured.current = subject;
    const rows = Array.from({ length: Math.min(SEEN_ROWS, shape.total) }, (_, row) => row);
    const seen = (index: number) => rows.flatMap((row) => tiles.cellAt(row, places[index] ?? 0) ?? []);
    setWidths(columnWidths(columns, seen, scroll.width - CHANGE_PX - 2));
  });

  const show = (place: GridPlace) => {
    setActive(place);
    scroll.show(
      { start: Math.max(0, place.row) * ROW_PX, end: (Math.max(0, place.row) + 1) * ROW_PX },
      { start: edges[place.column - 1] ?? 0, end: edges[place.column] ?? 0 },
    );
  };
  /** Goes to a cell, choosing on the way there or not. */
  const go = (next: GridPlace, isChoosing: boolean) => {
    if (choosing !== null && isChoosing && next.row >= 0) choosing.extend(next.row, Math.max(0, active.row));
    else if (next.row !== active.row) choosing?.leave();
    show(next);
  };
  const open = (row: number, column: number) =>
    row >= 0 && row < shape.total && props.onOpen(row, places[column] ?? 0);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      const column = columns[active.column];
      if (active.row === -1 && column !== undefined) props.onSort(column.name);
      else open(active.row, active.column);
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c') {
      if (getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      const column = places[active.column] ?? 0;
      onceRead(active.row, (row) => props.onCopy(row.line, column, sideOf(row)));
      return;
    }
    if (event.key === 'h' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      onceRead(active.row, (row) => props.onHistory?.(row.line));
      return;
    }
    if (choosing !== null && chooseByKey(choosing, active.row, event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const page = Math.max(1, Math.floor(scroll.height / ROW_PX) - 1);
    const next = moveInGrid(active, event, { rows: shape.total, columns: columns.length, page });
    if (next === null) return;
    event.preventDefault();
    go(next, event.shiftKey && next.row !== active.row);
  };
  const placeOf = ({ target }: Pick<MouseEvent, 'target'>): GridPlace | null => {
    const cell = target instanceof Element ? target.closest('[data-place]') : null;
    const [row, column] = (cell?.getAttribute('data-place') ?? '').split(':').map(Number);
    return row === undefined || column === undefined || Number.isNaN(row) ? null : { row, column };
  };
  const cellId = ({ row, column }: GridPlace) => `${id}-${row}-${column}`;
  const menu = useContextMenu(element, (target) => {
    // A key asks for the menu of the active cell.
    const place = target === element.current ? active : placeOf({ target });
    if (place === null || place.row < 0) return null;
    setActive(place);
    return document.getElementById(cellId(place));
  });
  const isDrawn =
    active.column >= firstColumn &&
    active.column < endColumn &&
    (active.row === -1 || (active.row >= firstRow && active.row < endRow));

  const activeRow = tiles.rowAt(active.row);
  return (
    <>
      <GridPart
        ref={element}
        className="rows-grid"
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={shape.total + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable={choosing !== null}
        aria-activedescendant={isDrawn ? cellId(active) : undefined}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const box = event.target instanceof Element ? event.target.closest('[data-choose]') : null;
          const boxRow = box === null ? null : Number(box.getAttribute('data-choose'));
          const place = boxRow === null ? placeOf(event) : { row: boxRow, column: active.column };
          if (place === null) return;
          const isToggle = boxRow !== null || event.ctrlKey || event.metaKey;
          go(place, event.shiftKey);
          if (place.row >= 0 && isToggle && !event.shiftKey) choosing?.toggle(place.row);
          const column = columns[place.column];
          if (place.row === -1 && column !== undefined) props.onSort(column.name);
        }}
        onMouseDown={(event) => {
          // It would select text.
          if (event.shiftKey && choosing !== null) event.preventDefault();
        }}
        onDoubleClick={(event) => {
          const place = placeOf(event);
          if (place !== null) open(place.row, place.column);
        }}
      >
        <GridPart
          className={widths.length === 0 ? 'rows-sizer unmeasured' : 'rows-sizer'}
          role="presentation"
          style={{ height: scroll.scrollHeight + ROW_PX, width: width + CHANGE_PX }}
        >
          <GridPart
            className="rows-window"
            role="presentation"
            style={{ width: scroll.width, height: scroll.height + ROW_PX }}
          >
            <GridPart role="rowgroup">
              <GridPart role="row" aria-rowindex={1} className="rows-head">
                <GridPart
                  role="columnheader"
                  aria-colindex={1}
                  className="rows-cell change"
                  style={{ width: CHANGE_PX }}
                >
                  Change
                </GridPart>
                {columns.slice(firstColumn, endColumn).map((column, index) => (
                  <HeadCell
                    key={column.name}
                    id={cellId({ row: -1, column: firstColumn + index })}
                    column={column}
                    place={firstColumn + index}
                    isActive={active.row === -1 && active.column === firstColumn + index}
                    sort={request.sort}
                    style={styleOf(edges, firstColumn + index, scroll.left)}
                  />
                ))}
              </GridPart>
            </GridPart>
            <GridPart role="rowgroup" className="rows-body">
              {Array.from({ length: Math.max(0, endRow - firstRow) }, (_, index) => firstRow + index).map(
                (row) => {
                  const found = tiles.rowAt(row);
                  return (
                    <GridRow
                      key={row}
                      row={row}
                      found={found}
                      style={{ transform: `translateY(${Math.round(row * ROW_PX - scroll.top)}px)` }}
                      isChosen={choosing === null ? null : found !== null && choosing.isChosen(found.line)}
                      activeColumn={row === active.row ? active.column : null}
                      cells={drawn.map((place, index) => {
                        const at = firstColumn + index;
                        return {
                          id: cellId({ row, column: at }),
                          at,
                          column: columns[at],
                          cell: tiles.cellAt(row, place),
                          style: styleOf(edges, at, scroll.left),
                        };
                      })}
                    />
                  );
                },
              )}
            </GridPart>
          </GridPart>
        </GridPart>
      </GridPart>
      <RowMenu
        menu={menu}
        rowsId={rowsId}
        table={request.table}
        row={activeRow}
        column={places[active.column] ?? 0}
        onOpen={() => open(active.row, active.column)}
        onCopy={props.onCopy}
        onHistory={props.onHistory}
        onRestore={props.onRestore}
        hold={props.hold}
      />
    </>
  );
}
