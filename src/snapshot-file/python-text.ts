import type { RawText, SqlValue } from '../sqlite/row-hash.ts';

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

const REPR_LETTERS: ReadonlyMap<number, string> = new Map([
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0d, 'r'],
]);
const BACKSLASH = 0x5c;
const LETTER_X = 0x78;
const HEX = '0123456789abcdef';

/** Python's `repr` of a bytes object, which is what its `json.dumps(default=str)` makes of a BLOB. */
export function bytesRepr(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? 0x22 : 0x27;
  // One buffer and no list of parts: a BLOB may have many megabytes.
  const out = Buffer.allocUnsafe(bytes.length * 4 + 3);
  out.write('b', 0, 'latin1');
  out[1] = quote;
  let end = 2;
  for (const byte of bytes) {
    const letter = REPR_LETTERS.get(byte);
    if (byte === BACKSLASH || byte === quote) {
      out[end++] = BACKSLASH;
      out[end++] = byte;
    } else if (letter !== undefined) end += out.write(`\\${letter}`, end, 'latin1');
    else if (byte < 0x20 || byte >= 0x7f) {
      out[end++] = BACKSLASH;
      out[end++] = LETTER_X;
      out[end++] = HEX.charCodeAt(byte >> 4);
      out[end++] = HEX.charCodeAt(byte & 15);
    } else out[end++] = byte;
  }
  out[end++] = quote;
  return out.toString('latin1', 0, end);
}

const REPR_ESCAPES: ReadonlyMap<number, number> = new Map(
  [...REPR_LETTERS].map(([byte, letter]) => [letter.charCodeAt(0), byte]),
);

/** The bytes that `bytesRepr` would print as this text; null where it would never print it. */
export function parseBytesRepr(text: string): Uint8Array | null {
  if (text.length < 3 || text[0] !== 'b' || !(text[1] === "'" || text[1] === '"') || !text.endsWith(text[1]))
    return null;
  const out = Buffer.allocUnsafe(text.length);
  let end = 0;
  for (let at = 2; at < text.length - 1; at += 1) {
    let byte = text.charCodeAt(at);
    if (byte === BACKSLASH) {
      at += 1;
      const letter = text.charCodeAt(at);
      byte = REPR_ESCAPES.get(letter) ?? letter;
      if (letter === LETTER_X) {
        byte = Number.parseInt(text.slice(at + 1, at + 3), 16);
        at += 2;
      }
    }
    out[end++] = byte;
  }
  const parsed = Uint8Array.from(out.subarray(0, end));
  // What was taken too lightly above does not print as the same text.
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
