import { CAPITAL_E, LETTER_E, LETTER_N, POINT, QUOTE } from '../host/ascii-codes.ts';

/*
 * Writes plain rows in SQLite's own binary form of JSON (https://sqlite.org/jsonb.html): a list of rows, each a list of its
 * values. So SQLite does not parse the text again, and finds a value by its place instead of its key. The values are what it
 * makes of the text: their bytes are copied as they stand there, and SQLite still reads the numbers and the escapes.
 */

/** What an element is. `ESCAPED_TEXT` may also be one without escapes: it is only slower. */
const INTEGER = 3;
const REAL = 5;
const TEXT = 7;
const ESCAPED_TEXT = 8;
const LIST = 11;

/** The head of a list has this many bytes, because its size is not known before it is written. */
const LIST_HEAD_BYTES = 5;

/**
 * Creates the writer for tables of so many columns. `text` has plain rows, `{…}, {…}`, and `spans` the place of each value.
 * What it returns is overwritten by the next call.
 */
export function createBinaryWriter(columns: number): (text: Buffer, spans: Uint32Array) => Buffer {
  let bytes = Buffer.alloc(0);
  let view = viewOf(bytes);
  return (text, spans) => {
    // A key and what stands around it take at least as many bytes as the heads, but for one byte in rows of one column.
    const most = text.length + spans.length + LIST_HEAD_BYTES;
    if (most > bytes.length) {
      bytes = Buffer.allocUnsafeSlow(Math.ceil(most * 1.5));
      view = viewOf(bytes);
    }
    const source = viewOf(text);
    let at = LIST_HEAD_BYTES;
    for (let place = 0; place < spans.length; ) {
      const row = at;
      at += LIST_HEAD_BYTES;
      for (let column = 0; column < columns; column += 1, place += 2) {
        const from = spans[place] ?? 0;
        const to = spans[place + 1] ?? 0;
        const first = text[from];
        if (first === LETTER_N) {
          // Null has neither size nor content.
          bytes[at] = 0;
          at += 1;
        } else if (first === QUOTE) {
          const size = to - from - 2;
          const content = at + headBytes(size);
          const isEscaped = copyText(source, from + 1, { view, at: content, size });
          writeHead(bytes, at, isEscaped ? ESCAPED_TEXT : TEXT, size);
          at = content + size;
        } else {
          const content = at + headBytes(to - from);
          const isReal = copyNumber(text, { from, to }, bytes, content);
          writeHead(bytes, at, isReal ? REAL : INTEGER, to - from);
          at = content + to - from;
        }
      }
      writeListHead(bytes, row, at);
    }
    writeListHead(bytes, 0, at);
    return bytes.subarray(0, at);
  };
}

/** Copies the inside of a text, in whole words as far as possible. Returns whether it may have a backslash. */
function copyText(
  source: DataView,
  from: number,
  to: { readonly view: DataView; readonly at: number; readonly size: number },
): boolean {
  const { view, at, size } = to;
  const whole = size & ~3;
  let found = 0;
  for (let done = 0; done < whole; done += 4) {
    const word = source.getInt32(from + done, true);
    view.setInt32(at + done, word, true);
    found |= findBackslash(word);
  }
  for (let done = whole; done < size; done += 1) {
    const byte = source.getUint8(from + done);
    view.setUint8(at + done, byte);
    // The other three bytes are zeros, which are no backslashes.
    found |= findBackslash(byte);
  }
  return (found & 0x80808080) !== 0;
}

/** Sets the highest bit of each byte that is a backslash, and perhaps of others if there is one. */
function findBackslash(word: number): number {
  const backslash = word ^ 0x5c5c5c5c;
  return (backslash - 0x01010101) & ~backslash & 0x80808080;
}

/** Returns whether the number is a real. */
function copyNumber(
  text: Buffer,
  { from, to }: { readonly from: number; readonly to: number },
  bytes: Buffer,
  at: number,
): boolean {
  let isReal = false;
  for (let done = 0; done < to - from; done += 1) {
    const byte = text[from + done] ?? 0;
    bytes[at + done] = byte;
    isReal ||= byte === POINT || byte === LETTER_E || byte === CAPITAL_E;
  }
  return isReal;
}

function headBytes(size: number): number {
  if (size <= 11) return 1;
  if (size <= 0xff) return 2;
  return size <= 0xffff ? 3 : LIST_HEAD_BYTES;
}

function writeHead(bytes: Buffer, at: number, type: number, size: number): void {
  if (size <= 11) bytes[at] = (size << 4) | type;
  else if (size <= 0xff) {
    bytes[at] = 0xc0 | type;
    bytes[at + 1] = size;
  } else if (size <= 0xffff) {
    bytes[at] = 0xd0 | type;
    bytes[at + 1] = size >> 8;
    bytes[at + 2] = size;
  } else writeLongHead(bytes, at, type, size);
}

function writeListHead(bytes: Buffer, at: number, end: number): void {
  writeLongHead(bytes, at, LIST, end - at - LIST_HEAD_BYTES);
}

function writeLongHead(bytes: Buffer, at: number, type: number, size: number): void {
  bytes[at] = 0xe0 | type;
  bytes[at + 1] = size >>> 24;
  bytes[at + 2] = size >>> 16;
  bytes[at + 3] = size >>> 8;
  bytes[at + 4] = size;
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
