import { useCallback, useEffect, useMemo, useState } from 'react';
import type { ErrorInfo } from '../../electron/contract.ts';
import type { RowCell, RowsRequest, ShownRow } from '../../src/model/rows.ts';
import { call } from '../ask/api.ts';

/** Rows come in tiles of so many rows and columns, of which only the latest used are kept. */
const TILE_ROWS = 100;
const TILE_COLUMNS = 32;
const MOST_TILES = 48;
const SETTLE_MS = 30;

/** The visible part of a table: rows from `firstRow` up to before `endRow`, and columns by their places. */
export type Visible = {
  readonly firstRow: number;
  readonly endRow: number;
  readonly columns: readonly number[];
};

export type Tiles = {
  /** A row without its cells; null while it is not there yet. */
  readonly rowAt: (row: number) => Pick<ShownRow, 'line' | 'change'> | null;
  /** Null while it is not there yet. */
  readonly cellAt: (row: number, column: number) => RowCell | null;
  readonly error: ErrorInfo | null;
};

type Tile = { readonly rows: readonly ShownRow[] };
/** What was read of one question, and what the last answer said. */
type Cache = {
  readonly question: string;
  readonly tiles: Map<string, Tile | 'asked'>;
  error: ErrorInfo | null;
};

/** Reads what is visible of the rows that a request selects. Nothing is kept in proportion to how many they are. */
export function useTiles(rowsId: string, request: RowsRequest, visible: Visible): Tiles {
  const question = JSON.stringify([rowsId, request]);
  const cache = useMemo<Cache>(() => ({ question, tiles: new Map(), error: null }), [question]);
  const { tiles, error } = cache;
  const [, redraw] = useState(0);

  const { firstRow, endRow, columns } = visible;
  const rowTiles = range(Math.floor(firstRow / TILE_ROWS), Math.ceil(endRow / TILE_ROWS));
  const columnTiles = [...new Set(columns.map((column) => Math.floor(column / TILE_COLUMNS)))];
  const wanted = rowTiles.flatMap((row) => columnTiles.map((column) => keyOf(row, column)));
  const list = wanted.join(' ');

  useEffect(() => {
    const [id, asked] = JSON.parse(cache.question) as [string, RowsRequest];
    const ask = async (key: string) => {
      tiles.set(key, 'asked');
      const [row = 0, column = 0] = key.split(':').map(Number);
      const window = {
        offset: row * TILE_ROWS,
        limit: TILE_ROWS,
        firstColumn: column * TILE_COLUMNS,
        columnCount: TILE_COLUMNS,
      };
      const reply = await call('rows.page', { rowsId: id, request: asked, window });
      tiles.delete(key);
      if (reply.ok) tiles.set(key, reply.value);
      for (const oldest of [...tiles.keys()].slice(0, -MOST_TILES)) tiles.delete(oldest);
      cache.error = reply.ok ? null : reply.error;
      redraw((count) => count + 1);
    };
    // Whoever drags the scrollbar passes thousands of tiles and stops at one.
    const timer = setTimeout(() => {
      for (const key of list.split(' ')) if (key !== '' && !tiles.has(key)) void ask(key);
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [list, cache, tiles]);

  const tileAt = useCallback(
    (row: number, column: number) => {
      const found = tiles.get(keyOf(Math.floor(row / TILE_ROWS), Math.floor(column / TILE_COLUMNS)));
      return found === undefined || found === 'asked' ? null : (found.rows[row % TILE_ROWS] ?? null);
    },
    [tiles],
  );
  return {
    rowAt: (row) => tileAt(row, columns[0] ?? 0),
    cellAt: (row, column) => tileAt(row, column)?.cells[column % TILE_COLUMNS] ?? null,
    error,
  };
}

function keyOf(row: number, column: number): string {
  return `${row}:${column}`;
}

function range(from: number, end: number): readonly number[] {
  return Array.from({ length: Math.max(0, end - from) }, (_, index) => from + index);
}
