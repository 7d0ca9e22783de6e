import type { RawText, SqlValue } from './row-hash.ts';

/**
 * The visible form of a snapshot is what the host's Python writes and reads back: ASCII JSON with Python's number
 * tokens. These functions give exactly that form.
 */

/** A JSON string token in ASCII, escaped as Python's `json.dumps` does. Lone surrogates must not occur. */
export function jsonText(text: string): string {
  const token = JSON.stringify(text);
  return /[\u007f-\uffff]/.test(token)
    ? token.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : token;
}

/** A JSON number token that reads back as REAL: what Python's `repr` prints, always with a point or an exponent, or `Infinity`. */
export function jsonReal(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const size = Number(exponent);
  if (size < -4 || size >= 16) return `${digits}e${exponent[0]}${String(Math.abs(size)).padStart(2, '0')}`;
  const token = String(value);
  return token.includes('.') ? token : `${token}.0`;
}

/** Python's `repr` of a bytes object, which is what its `json.dumps(default=str)` makes of a BLOB. */
export function bytesRepr(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  const parts: string[] = [];
  for (const byte of bytes) {
    if (byte === 0x5c || byte === quote.charCodeAt(0)) parts.push(`\\${String.fromCharCode(byte)}`);
    else if (byte === 0x09) parts.push('\\t');
    else if (byte === 0x0a) parts.push('\\n');
    else if (byte === 0x0d) parts.push('\\r');
    else if (byte < 0x20 || byte >= 0x7f) parts.push(`\\x${byte.toString(16).padStart(2, '0')}`);
    else parts.push(String.fromCharCode(byte));
  }
  return `b${quote}${parts.join('')}${quote}`;
}

const REPR_UNIT = /\\x([0-9a-f]{2})|\\([\\'"tnr])|([\x20-\x5b\x5d-\x7e])/y;
const REPR_ESCAPES: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13 };

/** The bytes that `bytesRepr` would print as this text; null where it would never print it. */
export function parseBytesRepr(text: string): Uint8Array | null {
  if (!/^b(?:'.*'|".*")$/s.test(text)) return null;
  const bytes: number[] = [];
  const end = text.length - 1;
  REPR_UNIT.lastIndex = 2;
  while (REPR_UNIT.lastIndex < end) {
    const unit = REPR_UNIT.exec(text);
    if (unit === null) return null;
    const [, hex, escaped, plain] = unit;
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (escaped !== undefined) bytes.push(REPR_ESCAPES[escaped] ?? escaped.charCodeAt(0));
    else bytes.push((plain ?? '').charCodeAt(0));
  }
  const parsed = Uint8Array.from(bytes);
  return bytesRepr(parsed) === text ? parsed : null;
}

/** The text that stands for bytes in the visible form: a BLOB's repr, undecodable TEXT with U+FFFD. */
export function textOfBytes(value: Uint8Array | RawText): string {
  return value instanceof Uint8Array ? bytesRepr(value) : new TextDecoder().decode(value.rawText);
}

/** The visible JSON token of any value. What it can't carry exactly is written so that the host still reads it. */
export function jsonValue(value: SqlValue): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return jsonReal(value);
  return jsonText(typeof value === 'string' ? value : textOfBytes(value));
}
