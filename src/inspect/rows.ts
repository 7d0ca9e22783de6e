import type { DataFolder } from '../host/data-folder.ts';
import { SnapbackError } from '../model/errors.ts';
import type {
  CellDetail,
  ChangeCounts,
  NamedRows,
  RowChange,
  RowColumn,
  RowsOverview,
  RowsPage,
  RowsRequest,
  RowsShape,
  RowsSubject,
  RowsWindow,
  ShownRow,
} from '../model/rows.ts';
import type { StoredValue } from '../model/search.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { affinityOf } from '../stage/affinity.ts';
import { detailCell } from './cell-detail.ts';
import { exactParts, firstParts } from './cell-values.ts';
import { describeCell, PREVIEW_BYTES } from './cells.ts';
import type { ComparedColumn, ComparedStates } from './compared.ts';
import { withComparedStates } from './compared-states.ts';
import { explaining } from './explained.ts';
import { ALL_CHANGES, type ChosenLines, chooseLines, createLines, type Lines } from './lines.ts';
import { nameRows } from './name-rows.ts';
import {
  columnsOf,
  type ExactRow,
  findChangedColumns,
  findPlace,
  type Read,
  readExactLines,
  readKeys,
  readLines,
} from './row-reader.ts';

/**
 * The rows in which two states differ. Everything is read in pages; what is kept for a million rows is on the disk.
 * All functions throw `usage` for a table that neither state has.
 */
export type Rows = {
  readonly overview: RowsOverview;
  readonly shape: (request: RowsRequest) => RowsShape;
  /** Values are cut where they are long. */
  readonly page: (request: RowsRequest, window: RowsWindow) => RowsPage;
  /** Yields whole values; columns are in the order of the shape. */
  readonly exact: (request: RowsRequest, range: Pick<RowsWindow, 'offset' | 'limit'>) => Generator<ExactRow>;
  /** The places of the columns in which some changed row differs. It looks at every changed row. */
  readonly changedColumns: (table: string) => readonly number[];
  /** One value of a line, in full as far as it can be shown. Null: there is no such line. */
  readonly detail: (table: string, line: number, column: number) => CellDetail | null;
  /** All values of a line. Null: there is no such line. */
  readonly row: (table: string, line: number) => ExactRow | null;
  /** What names the row of a line at any time. Null: there is no such line, or nothing names its row exactly. */
  readonly key: (table: string, line: number) => readonly StoredValue[] | null;
  /** What names the rows of a range. @throws `usage` where their keys are too long to be told at once */
  readonly named: (request: RowsRequest, range: Pick<RowsWindow, 'offset' | 'limit'>) => NamedRows;
  /** The offset of the row that a key names. Null: it is not among those of the request. It may look at each of them. */
  readonly place: (request: RowsRequest, key: readonly StoredValue[]) => number | null;
};

export type { ExactRow };

/**
 * Lets `use` ask for the rows in which a snapshot differs from the database as it is now, or from another snapshot of the
 * same folder. Reads only. @throws as `withComparedStates`
 */
export async function withRows<T>(
  folder: DataFolder,
  subject: RowsSubject,
  task: TaskOptions,
  use: (rows: Rows) => Promise<T>,
): Promise<T> {
  return withComparedStates(folder, subject, task, (states) => use(explainedRows(states)));
}

function explainedRows(states: ComparedStates): Rows {
  const { overview, ...questions } = createRows(states);
  return { overview, ...explaining(questions, states.explain) };
}

function createRows(states: ComparedStates): Rows {
  const { db, encoding, overview } = states;
  const known = new Map<string, Lines>();
  let chosen: { readonly key: string; readonly lines: ChosenLines } | null = null;

  function stateOf(name: string) {
    const found = overview.tables.find((table) => foldName(table.name) === foldName(name));
    if (found === undefined)
      throw new SnapbackError(
        'usage',
        `There is no table “${name}” here. There are: ${overview.tables.map((table) => table.name).join(', ')}.`,
        { table: name },
      );
    return found;
  }

  /** Null where the table has no rows to show. */
  function linesOf(name: string): Lines | null {
    const { state } = stateOf(name);
    const table = states.tables.get(foldName(name));
    if (table === undefined || (state !== 'compared' && state !== 'empty-then')) return null;
    const lines =
      known.get(foldName(name)) ??
      needingHost(name, () =>
        createLines(db, table, known.size, state === 'empty-then' ? ['added', 'changed'] : ALL_CHANGES),
      );
    known.set(foldName(name), lines);
    return lines;
  }

  /** SQL: the lines of a request (`o`), by `place` from 1 on and `line`, and how many they are. */
  function select(lines: Lines, request: RowsRequest): ChosenLines {
    if (request.filter !== null || request.sort !== null) {
      const key = JSON.stringify(request);
      if (chosen?.key !== key)
        chosen = { key, lines: needingHost(request.table, () => chooseLines(db, lines, request)) };
      return chosen.lines;
    }
    const { first, total } = rangeOf(lines.counts, request.change);
    return {
      name: `(SELECT n - ${first} AS place, n AS line FROM ${lines.name} WHERE n > ${first} AND n <= ${first + total})`,
      total,
    };
  }

  /** SQL: part of what a request selects. */
  function partOf({ name }: ChosenLines, { offset, limit }: Pick<RowsWindow, 'offset' | 'limit'>): string {
    return `SELECT place, line FROM ${name} WHERE place > ${offset} AND place <= ${offset + limit}`;
  }

  function toShown(columns: readonly ComparedColumn[], { line, change, values }: Read): ShownRow {
    return {
      line,
      change,
      cells: values.map((value, index) => {
        const column = columns[index];
        return describeCell(value, {
          change,
          encoding,
          hasBefore: column?.before !== null,
          hasAfter: column?.after !== null,
        });
      }),
    };
  }

  const lineAs = (line: number) => `SELECT 1 AS place, ${Math.trunc(line)} AS line`;

  return {
    overview,
    shape(request) {
      const { state } = stateOf(request.table);
      const lines = linesOf(request.table);
      const without = state === 'compared' ? null : state;
      if (lines === null)
        return { columns: [], counts: { added: 0, changed: 0, removed: 0 }, total: 0, without };
      return {
        columns: columnsOf(lines).map((column) => describeColumn(lines, column)),
        counts: lines.counts,
        total: select(lines, request).total,
        without,
      };
    },
    page(request, window) {
      const lines = linesOf(request.table);
      if (lines === null) return { rows: [] };
      const columns = columnsOf(lines).slice(window.firstColumn, window.firstColumn + window.columnCount);
      const source = { lines, selected: partOf(select(lines, request), window) };
      const rows = readLines(states, source, columns, (value) => firstParts(value, PREVIEW_BYTES));
      return { rows: [...rows].map((row) => toShown(columns, row)) };
    },
    *exact(request, range) {
      const lines = linesOf(request.table);
      if (lines !== null)
        yield* readExactLines(states, { lines, selected: partOf(select(lines, request), range) });
    },
    changedColumns(table) {
      const lines = linesOf(table);
      return lines === null ? [] : findChangedColumns(states, lines);
    },
    detail(table, line, place) {
      const lines = linesOf(table);
      const column = lines === null ? undefined : columnsOf(lines)[place];
      if (lines === null || column === undefined) return null;
      const [found] = [...readLines(states, { lines, selected: lineAs(line) }, [column], exactParts)];
      const [value] = found?.values ?? [];
      if (found === undefined || value === undefined) return null;
      const { change } = found;
      const has = { hasBefore: column.before !== null, hasAfter: column.after !== null };
      return detailCell(value, { change, encoding, ...has });
    },
    row(table, line) {
      const lines = linesOf(table);
      return lines === null
        ? null
        : ([...readExactLines(states, { lines, selected: lineAs(line) })][0] ?? null);
    },
    key(table, line) {
      const lines = linesOf(table);
      const [read] = lines === null ? [] : readKeys(states, { lines, selected: lineAs(line) });
      return read?.key ?? null;
    },
    named(request, range) {
      const lines = linesOf(request.table);
      return lines === null
        ? { rows: [], unnamed: 0 }
        : nameRows(
            readKeys(states, { lines, selected: partOf(select(lines, request), range) }),
            request.table,
          );
    },
    place(request, key) {
      const lines = linesOf(request.table);
      return lines === null ? null : findPlace(states, { lines, selected: select(lines, request).name }, key);
    },
  };
}

/** How many lines come before those of a change, and how many they are. */
function rangeOf({ added, changed, removed }: ChangeCounts, change: RowChange | null) {
  switch (change) {
    case null:
      return { first: 0, total: added + changed + removed };
    case 'added':
      return { first: 0, total: added };
    case 'changed':
      return { first: added, total: changed };
    case 'removed':
      return { first: added + changed, total: removed };
  }
}

function describeColumn({ table }: Lines, { column, before, after }: ComparedColumn): RowColumn {
  const { name, declaredType } = column;
  const { strict } = table.comparison.staged.live;
  return {
    name,
    declaredType,
    isKey: table.key.includes(name),
    in: before !== null && after !== null ? 'both' : before !== null ? 'before' : 'after',
    isNumeric: ['INTEGER', 'REAL', 'NUMERIC'].includes(affinityOf(column, strict)),
  };
}
