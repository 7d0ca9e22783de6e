import type { RawText, SqlValue } from '../sqlite/row-hash.ts';
import { bytesRepr } from './bytes-repr.ts';

/*
 * The visible form of a snapshot is what the host's Python writes and reads: ASCII JSON with Python's number tokens.
 * These functions produce exactly that form.
 */

/** A JSON string token in ASCII, escaped as by Python's `json.dumps`. The text must not have lone surrogates. */
export function jsonText(text: string): string {
  const token = JSON.stringify(text);
  return /[\u007f-\uffff]/.test(token)
    ? token.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : token;
}

/** A JSON number token that reads back as REAL, as Python's `repr` prints it: always with a point or an exponent, or `Infinity`. */
export function jsonReal(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) return Number.isInteger(value) ? `${value}.0` : String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

/** The text that represents bytes in the visible form: the repr of a BLOB, or undecodable TEXT with U+FFFD. */
export function textOfBytes(value: Uint8Array | RawText): string {
  return value instanceof Uint8Array ? bytesRepr(value) : new TextDecoder().decode(value.rawText);
}

/** The visible JSON token of any value. The host can read it even where it cannot carry the value exactly. */
export function jsonValue(value: SqlValue): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return jsonReal(value);
  return jsonText(typeof value === 'string' ? value : textOfBytes(value));
}
