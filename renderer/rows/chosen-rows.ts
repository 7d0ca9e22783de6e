import type { NamedRow } from '../../src/model/rows.ts';
import { questionOf } from '../ask/question.ts';

/** A row that is chosen, with its line in each of the newest comparisons in which it was found. */
type ChosenRow = Pick<NamedRow, 'change' | 'key'> & { readonly lines: ReadonlyMap<string, number> };

/** The chosen rows of one table, by what names them at any time: a line names a row only in its own comparison. */
export type RowsOfTable = ReadonlyMap<string, ChosenRow>;

/** What is chosen, by table. */
export type Choice = ReadonlyMap<string, RowsOfTable>;

export const NOTHING_CHOSEN: Choice = new Map();
export const NO_ROWS: RowsOfTable = new Map();

/** Of so many comparisons the lines are kept. Fewer are open at once. */
const COMPARISONS = 4;

/** Rows of a comparison, to be chosen. */
export function rowsOf(rowsId: string, rows: readonly NamedRow[]): RowsOfTable {
  return new Map(
    rows.map(({ key, change, line }) => [questionOf(key), { key, change, lines: new Map([[rowsId, line]]) }]),
  );
}

/** The rows of both, each with all lines that are known of it. */
export function joined(rows: RowsOfTable, others: RowsOfTable): RowsOfTable {
  const all = new Map(rows);
  for (const [name, row] of others) {
    const lines = [...(rows.get(name)?.lines ?? []), ...row.lines];
    all.set(name, { ...row, lines: new Map(lines.slice(-COMPARISONS)) });
  }
  return all;
}

/** The rows that are not among the others. */
export function without(rows: RowsOfTable, others: RowsOfTable): RowsOfTable {
  return new Map([...rows].filter(([name]) => !others.has(name)));
}

/** With these rows of a table, in place of those that were chosen in it. */
export function withRows(choice: Choice, table: string, rows: RowsOfTable): Choice {
  const next = new Map(choice);
  if (rows.size === 0) next.delete(table);
  else next.set(table, rows);
  return next;
}

/** The lines of the rows in a comparison, as far as they were found there. */
export function linesIn(rows: RowsOfTable, rowsId: string): ReadonlySet<number> {
  return new Set([...rows.values()].flatMap(({ lines }) => lines.get(rowsId) ?? []));
}

/** The rows that were not found in a comparison yet. */
export function notFoundIn(rows: RowsOfTable, rowsId: string): RowsOfTable {
  return new Map([...rows].filter(([, { lines }]) => !lines.has(rowsId)));
}

/** Those of the sought rows of a table that still differ in the newest comparison. */
export type Found = { readonly table: string; readonly sought: RowsOfTable; readonly found: RowsOfTable };

/** With what was found of the rows that were sought. The others differ no longer, and are not chosen any more. */
export function withFound(choice: Choice, { table, sought, found }: Found): Choice {
  const now = choice.get(table) ?? NO_ROWS;
  const still = new Map([...found].filter(([name]) => now.has(name)));
  const gone = without(sought, found);
  return withRows(choice, table, joined(without(now, gone), still));
}
