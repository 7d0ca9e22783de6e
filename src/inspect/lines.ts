import { hasNoKey } from '../compare/compare-table.ts';
import type { ChangeCounts, RowChange, RowsRequest } from '../model/rows.ts';
import { joinBalanced } from '../sqlite/balanced.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { sameKey } from '../sqlite/same-values.ts';
import { STAGE_SCHEMA } from '../stage/layout.ts';
import type { ComparedColumn, ComparedTable } from './compared.ts';
import { foldText } from './fold-text.ts';

/*
 * The rows of a table that differ, as numbered lines in a temporary table: first those that come back, then the changed
 * ones, then the removed ones. A line holds where its row is on either side and no value of it, so a page is a range of
 * lines however many there are.
 */

/** The stored form of a change; lines are sorted by it. */
const STORED: Readonly<Record<RowChange, number>> = { added: 0, changed: 1, removed: 2 };
export const ALL_CHANGES: readonly RowChange[] = ['added', 'changed', 'removed'];

export function changeOf(stored: unknown): RowChange {
  return ALL_CHANGES[Number(stored)] ?? 'changed';
}

export type Lines = {
  readonly table: ComparedTable;
  /** The temporary table: `n`, `change`, `ord`, and `i0`…, which identify the row before. */
  readonly name: string;
  readonly counts: ChangeCounts;
};

/** Makes the lines of a compared table. `index` names the temporary table; `shown` are the changes that count. */
export function createLines(
  db: AnyDatabase,
  table: ComparedTable,
  index: number,
  shown: readonly RowChange[],
): Lines {
  const { comparison, match } = table;
  const name = `temp.snapback_lines_${index}`;
  const identity = comparison.identity.map((_, at) => `i${at}`);
  const list = (parts: readonly string[]) => parts.map((part) => `, ${part}`).join('');
  db.exec(`DROP TABLE IF EXISTS ${name};
    CREATE TEMP TABLE ${bare(name)} (n INTEGER PRIMARY KEY, change INTEGER NOT NULL, ord INTEGER${list(identity)})`);
  const { put, gone } = comparison;
  const sources: Readonly<Record<RowChange, { readonly from: string; readonly has: readonly string[] }>> = {
    added: {
      from:
        match === null
          ? `SELECT ord FROM ${put} WHERE NOT survivor AND differs`
          : `SELECT ord FROM ${match.missing}`,
      has: ['ord'],
    },
    changed: {
      from: `SELECT ord${list(identity)} FROM ${match === null ? `${put} WHERE survivor AND differs` : match.reflagged}`,
      has: ['ord', ...identity],
    },
    removed: {
      from: `SELECT ${identity.join(', ')} FROM ${match === null ? gone : match.newer}`,
      has: identity,
    },
  };
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const change of ALL_CHANGES) {
    if (!shown.includes(change)) continue;
    const { from, has } = sources[change];
    const { changes } = db
      .prepare(
        `INSERT INTO ${name} (change${list(has)}) SELECT ${STORED[change]}${list(has)} FROM (${from}) ORDER BY ${has.join(', ')}`,
      )
      .run();
    counts[change] = changes;
  }
  return { table, name, counts };
}

/** SQL: the lines (`l`) with the row before (`b`) and the row after (`s`). A value of either side is told by `sideOf`. */
export function joinRows({ table: { comparison } }: Lines): string {
  const { staged, identity } = comparison;
  const { live } = staged;
  const after = `LEFT JOIN ${STAGE_SCHEMA}.${staged.name} s ON s.rowid = l.ord`;
  // Where rows are found by all their values, the line holds them already.
  if (hasNoKey(live)) return after;
  const on = identity.map((column, at) => sameKey(live, column, `b.${quoteName(column)}`, `l.i${at}`));
  const hint = live.rowid === null ? '' : live.scanHint;
  return `LEFT JOIN main.${quoteName(live.name)} b ${hint} ON ${on.join(' AND ')} ${after}`;
}

/** SQL: a column's value before and after; null where that side lacks the column. */
export function sidesOf({ table: { comparison } }: Lines, { before, after }: ComparedColumn) {
  const { staged, identity } = comparison;
  const at = before === null ? -1 : identity.findIndex((column) => quoteName(column) === before);
  return {
    before: before === null ? null : hasNoKey(staged.live) ? (at === -1 ? null : `l.i${at}`) : `b.${before}`,
    after: after === null ? null : `s.${after}`,
  };
}

/** Chosen lines in an order of their own, in a temporary table: `place` from 1 on, and `line`. */
export type ChosenLines = { readonly name: string; readonly total: number };

const CHOSEN = 'temp.snapback_chosen';
const SORTED_BYTES = 200;
const MOST_ARGUMENTS = 100;

/** Chooses and sorts lines. It takes time in proportion to the rows that differ; the pages of the result do not. */
export function chooseLines(db: AnyDatabase, lines: Lines, request: RowsRequest): ChosenLines {
  const { change, filter, sort } = request;
  const conditions = [
    ...(change === null ? [] : [`l.change = ${STORED[change]}`]),
    ...(filter === null ? [] : [holdsText(db, lines, filter)]),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const by = sort === null ? 'l.n' : `${sortedBy(lines, sort)}, l.n`;
  db.exec(`DROP TABLE IF EXISTS ${CHOSEN};
    CREATE TEMP TABLE ${bare(CHOSEN)} (place INTEGER PRIMARY KEY, line INTEGER NOT NULL)`);
  const { changes } = db
    .prepare(
      `INSERT INTO ${CHOSEN} (line) SELECT l.n FROM ${lines.name} l ${joinRows(lines)} ${where} ORDER BY ${by}`,
    )
    .run();
  return { name: CHOSEN, total: changes };
}

/** The compared column of that name; none where the table has no such column. */
function findColumn({ table }: Lines, name: string): ComparedColumn | undefined {
  return table.columns.find(({ column }) => foldName(column.name) === foldName(name));
}

/** SQL: whether a row holds the text before or after. BLOBs hold none. */
function holdsText(db: AnyDatabase, lines: Lines, filter: NonNullable<RowsRequest['filter']>): string {
  const sought = foldText(filter.text);
  db.function('snapback_holds', { varargs: true, deterministic: true }, (...values: unknown[]) =>
    values.some((value) => typeof value === 'string' && foldText(value).includes(sought)) ? 1 : 0,
  );
  const found = filter.column === null ? undefined : findColumn(lines, filter.column);
  const columns = filter.column === null ? lines.table.columns : found === undefined ? [] : [found];
  const values = columns.flatMap((column) => {
    const { before, after } = sidesOf(lines, column);
    return [before, after].flatMap((value) =>
      value === null ? [] : [`iif(typeof(${value}) = 'blob', NULL, CAST(${value} AS TEXT))`],
    );
  });
  const calls = Array.from({ length: Math.ceil(values.length / MOST_ARGUMENTS) }, (_, at) => {
    const some = values.slice(at * MOST_ARGUMENTS, (at + 1) * MOST_ARGUMENTS);
    return `snapback_holds(${some.join(', ')})`;
  });
  return joinBalanced(calls, 'OR', '0');
}

/** SQL: a column's value after, or before where the row is removed. */
export function ownValue(lines: Lines, column: ComparedColumn): string {
  const { before, after } = sidesOf(lines, column);
  return before === null || after === null
    ? (after ?? before ?? 'NULL')
    : `iif(l.change = ${STORED.removed}, ${before}, ${after})`;
}

/** SQL: the order of a column. Long values are sorted by how they begin. */
function sortedBy(lines: Lines, { column, descending }: NonNullable<RowsRequest['sort']>): string {
  const found = findColumn(lines, column);
  if (found === undefined) return 'l.n';
  const value = ownValue(lines, found);
  const begin = `iif(typeof(${value}) IN ('text', 'blob'), substr(${value}, 1, ${SORTED_BYTES}), ${value})`;
  return `${begin} COLLATE NOCASE ${descending ? 'DESC' : 'ASC'}`;
}

function bare(name: string): string {
  return name.replace(/^temp\./, '');
}
