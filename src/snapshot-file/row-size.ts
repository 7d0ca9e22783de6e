import { APOSTROPHE, BACKSLASH, QUOTE } from '../host/ascii-codes.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';

/*
 * A row must fit into one string, and several copies of it are in memory while it is written or read. So there is one
 * limit for its bytes in a snapshot, and reading, planning and writing all keep to it. It is far above what a chat needs.
 */

export const LONGEST_ROW_BYTES = 256 << 20;

/** The most bytes that one byte of a value, or one UTF-16 unit of a text, takes in a snapshot, as in `\u00e9`. */
export const MOST_BYTES_EACH = 6;
/** Enough for the quotation marks and the comma around a value, and for any number. */
export const BYTES_AROUND_VALUE = 32;

/** Refuses a row that is too large for a snapshot, before its text is made. @throws `row-too-large` */
export function refuseHugeRow(table: string, columns: readonly string[], row: readonly SqlValue[]): void {
  const most = columns.reduce((sum, name, index) => sum + mostBytes(name) + mostBytes(row[index] ?? null), 0);
  if (most <= LONGEST_ROW_BYTES) return;
  const bytes = countRowBytes(columns, row);
  if (bytes <= LONGEST_ROW_BYTES) return;
  const [size, longest] = [bytes, LONGEST_ROW_BYTES].map(formatMegabytes);
  throw new SnapbackError(
    'row-too-large',
    `A row of “${table}” would take ${size} in a snapshot; the limit for a row is ${longest}.`,
    { table, bytes, longest: LONGEST_ROW_BYTES },
  );
}

/** The bytes that a row takes in a snapshot, or its largest exact value if that is more. The result is a few bytes too high. */
export function countRowBytes(columns: readonly string[], row: readonly SqlValue[]): number {
  const visible = columns.reduce((sum, name, index) => sum + bytesOf(name) + bytesOf(row[index] ?? null), 0);
  return Math.max(visible, ...row.map(exactBytes));
}

/** A size in whole megabytes, rounded up. */
export function formatMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / (1 << 20))} MB`;
}

function mostBytes(value: SqlValue): number {
  return unitsOf(value) * MOST_BYTES_EACH + BYTES_AROUND_VALUE;
}

function unitsOf(value: SqlValue): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  return typeof value === 'object' && value !== null ? value.rawText.length : 0;
}

/** The bytes of a value in a snapshot, with an allowance for what surrounds it. */
function bytesOf(value: SqlValue): number {
  if (typeof value === 'string') return textBytes(value) + BYTES_AROUND_VALUE;
  if (value instanceof Uint8Array) return blobBytes(value) + BYTES_AROUND_VALUE;
  return mostBytes(value);
}

function textBytes(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE || unit === BACKSLASH || (unit >= 8 && unit <= 13 && unit !== 11)) bytes += 2;
    else bytes += unit < 0x20 || unit >= 0x7f ? 6 : 1;
  }
  return bytes;
}

/** The bytes of a value's base64 in `_snapback.exact`; 0 if the visible form is exact. */
function exactBytes(value: SqlValue): number {
  return typeof value === 'object' ? Math.ceil(unitsOf(value) / 3) * 4 + BYTES_AROUND_VALUE : 0;
}

/** The bytes of a BLOB's Python repr, with its backslashes doubled. */
function blobBytes(blob: Uint8Array): number {
  let bytes = 0;
  for (let at = 0; at < blob.length; at += 1) bytes += REPR_BYTES[blob[at] ?? 0] ?? 0;
  return bytes;
}

/** How many bytes each byte of a BLOB takes there. */
const REPR_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === BACKSLASH) return 4;
  if (byte === APOSTROPHE || byte === QUOTE || byte === 9 || byte === 10 || byte === 13) return 3;
  return byte < 0x20 || byte >= 0x7f ? 5 : 1;
});
