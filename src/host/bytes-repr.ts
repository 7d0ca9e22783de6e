import { BACKSLASH, LETTER_X } from './ascii-codes.ts';

const REPR_LETTERS: ReadonlyMap<number, string> = new Map([
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0d, 'r'],
]);
const HEX = '0123456789abcdef';

/** Python's `repr` of a bytes object. The host writes this text into a snapshot for a BLOB. */
export function bytesRepr(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? 0x22 : 0x27;
  // One buffer instead of a list of parts, because a BLOB may be many megabytes long.
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

/** The bytes whose `bytesRepr` is this text; null if it is not the repr of any bytes. */
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
  // The loop accepts too much. If it misread the text, the bytes print differently.
  return bytesRepr(parsed) === text ? parsed : null;
}
