import { SnapbackError } from '../model/errors.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';

/*
 * One row has to fit into one text, several times over while it is written and read. So rows have a bound, which readers
 * keep too; it is far above what a chat holds.
 */

/** Of a row's visible form. */
export const LONGEST_ROW_BYTES = 256 << 20;
const LONGEST_BYTES = 48 << 20;
const LONGEST_TEXT_UNITS = 80 << 20;

/** Refuses a value whose visible form could not even be made. @throws `io-failed` with table and sizes */
export function refuseHugeValue(table: string, value: SqlValue): void {
  if (typeof value === 'string') refuse(table, value.length, LONGEST_TEXT_UNITS);
  else if (value instanceof Uint8Array) refuse(table, value.length, LONGEST_BYTES);
  else if (typeof value === 'object' && value !== null) refuse(table, value.rawText.length, LONGEST_BYTES);
}

/** Refuses a row that no reader would take. @throws `io-failed` with table and sizes */
export function refuseHugeRow(table: string, bytes: number): void {
  refuse(table, bytes, LONGEST_ROW_BYTES);
}

/** A bound in words. */
export function formatMegabytes(bytes: number): string {
  return `${Math.round(bytes / (1 << 20))} MB`;
}

function refuse(table: string, size: number, longest: number): void {
  if (size > longest)
    throw new SnapbackError('io-failed', `A row of “${table}” is larger than a snapshot can hold.`, {
      table,
      size,
      longest,
    });
}
