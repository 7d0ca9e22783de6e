import { foldName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { damagedAt, type JsonScanner } from './json-scanner.ts';

/** Whole rows that follow each other in the file: from the first brace to behind the last. */
export type Segment = { readonly from: number; readonly to: number; readonly rows: number };

/** What was read of a list of rows, up to its end or to the first damage. */
export type RowList = {
  /** Null while no row is known. */
  columns: readonly string[] | null;
  segment: Segment | null;
  first: SqlValue;
  last: SqlValue;
  /** Whether the first column of all rows is an integer, and each is greater than the one before. */
  ascending: boolean;
};

export function emptyList(columns: readonly string[] | null): RowList {
  return { columns, segment: null, first: null, last: null, ascending: true };
}

/** Zeros are in no JSON text: what stands before them was not changed into a shorter row. */
const ZERO = '\0';

/**
 * Reads rows up to the closing bracket, and consumes that. A row counts only when
 * what follows it is what follows a row, so that damage cannot make a shorter row out of a longer one. `mark` learns from
 * where on a later search for rows has to begin. What was read before an error is in `list`. @throws `snapshot-damaged`
 */
export async function readRowList(
  scanner: JsonScanner,
  list: RowList,
  mark: (offset: number) => void,
  step: () => Promise<void>,
): Promise<void> {
  let pending: { readonly from: number; readonly to: number; readonly key: SqlValue } | null = null;
  const commit = () => {
    if (pending === null) return;
    const { from, to, key } = pending;
    const before = list.segment;
    list.segment = { from: before?.from ?? from, to, rows: (before?.rows ?? 0) + 1 };
    list.ascending &&=
      typeof key === 'bigint' && (before === null || (typeof list.last === 'bigint' && key > list.last));
    if (before === null) list.first = key;
    list.last = key;
    pending = null;
  };
  for (;;) {
    await step();
    const next = await scanner.peek();
    if (next === ']') {
      commit();
      return scanner.expect(']');
    }
    if (pending !== null) {
      if (next === '' || next === ZERO) commit();
      await scanner.expect(',');
      const after = await scanner.peek();
      if (after === '{' || after === '' || after === ZERO) commit();
      if (after !== '{') throw damagedAt(scanner.offset(), 'no row follows');
    }
    const from = scanner.offset();
    mark(from + 1);
    const row = await scanner.readRow(list.columns ?? []);
    const isOther = list.columns !== null && row.columns !== list.columns;
    if (isOther || row.columns.length === 0)
      throw damagedAt(from, 'a row has other columns than the rows before it');
    if (new Set(row.columns.map(foldName)).size < row.columns.length)
      throw damagedAt(from, 'a row names a column twice');
    list.columns ??= row.columns;
    pending = { from, to: scanner.offset(), key: row.values[0] ?? null };
  }
}
