import { SnapbackError } from '../model/errors.ts';
import type { NamedRow, NamedRows } from '../model/rows.ts';
import type { StoredValue } from '../model/search.ts';
import type { ReadKey } from './row-reader.ts';

/** So much of keys is told at once. */
const MOST_KEY_BYTES = 20_000_000;

/** Names the rows of a table that have these keys, and counts those that nothing names. @throws `usage` where their keys are too long to be told at once */
export function nameRows(keys: Iterable<ReadKey>, table: string): NamedRows {
  const rows: NamedRow[] = [];
  let [unnamed, size] = [0, 0];
  for (const { line, change, key } of keys) {
    if (key === null) unnamed += 1;
    else rows.push({ line, change, key });
    size += sumOfSizes(key ?? []);
    if (size > MOST_KEY_BYTES)
      throw new SnapbackError(
        'usage',
        'The keys of these rows are too long to choose so many at once. Choose fewer, or the table as a whole.',
        { table },
      );
  }
  return { rows, unnamed };
}

function sumOfSizes(values: readonly StoredValue[]): number {
  let sum = 0;
  for (const value of values)
    sum += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
  return sum;
}
