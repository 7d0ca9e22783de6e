import type { SqlValue } from '../sqlite/row-hash.ts';

/** A row as it stands in the file. */
export type JsonRow = {
  readonly columns: readonly string[];
  readonly values: readonly SqlValue[];
  /** Indexes of texts that had half a surrogate pair, which no database can hold. U+FFFD replaces it. */
  readonly illFormed: readonly number[];
};

/** The row with its values in the order of the columns; null if it has other columns. */
export function putInOrder(row: JsonRow, columns: readonly string[]): JsonRow | null {
  if (row.columns === columns) return row;
  const places = columns.map((column) => row.columns.indexOf(column));
  if (places.length !== row.columns.length || places.includes(-1)) return null;
  return {
    columns,
    values: places.map((place) => row.values[place] ?? null),
    illFormed: row.illFormed.map((place) => places.indexOf(place)),
  };
}
