import type { SqlValue } from '../sqlite/row-hash.ts';
import { realText } from './exact-json.ts';

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * A line of CSV as RFC 4180 has it. NULL is nothing at all and an empty text `""`. Bytes are written as `x'00ff'`. A text that
 * a spreadsheet would run as a formula gets an apostrophe in front.
 */
export function csvLine(values: readonly SqlValue[]): string {
  return `${values.map(csvValue).join(',')}\r\n`;
}

function csvValue(value: SqlValue): string {
  if (value === null) return '';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return realText(value);
  if (typeof value === 'string')
    return `"${(FORMULA.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;
  const bytes = value instanceof Uint8Array ? value : value.rawText;
  return `"x'${Buffer.from(bytes).toString('hex')}'"`;
}
