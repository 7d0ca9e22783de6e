import { isUtf8 } from 'node:buffer';
import { BACKSLASH, CLOSING_BRACE, COMMA, QUOTE } from '../host/ascii-codes.ts';
import { BLANK, endOfOther, endOfText, type Seen, skipBlank } from './plain-tokens.ts';

/*
 * Finds the rows of a list without making values. Everything that it accepts, SQLite's own JSON reader takes for
 * exactly the values that the careful scanner would make. It leaves everything else to that scanner, which also says
 * what is wrong.
 */

/** What stands around the values of a row, byte for byte: `{"id": `, `, "name": `, `}`. All plain rows of a batch have it. */
export type RowShape = { readonly columns: number; readonly bytes: Buffer; readonly ends: Uint32Array };

/** Whole rows, one after the other. */
export type PlainRows = {
  readonly count: number;
  /** Where they begin and end: from the first brace to behind the last. */
  readonly from: number;
  readonly to: number;
  /** For each column a mask of the kinds that were seen. It may have some more bits, of a row that follows. */
  readonly kinds: Uint8Array;
  /** The place of each value, counted from `from`: its first byte, and the first behind it. */
  readonly spans: Uint32Array;
  /** Whether each text is written as Python and Snapback write it: in ASCII, with their choice of escapes. */
  readonly canonical: boolean;
  /** Whether only the end of the bytes ended the rows: with more of them, the next row may be plain as well. */
  readonly cutOff: boolean;
};

/** A value and its key take at least so many bytes. */
const FEWEST_BYTES = 5;

/** Takes a row apart that the careful scanner has read: `row` is its bytes, from brace to brace. */
export function shapeOf(row: Buffer, columns: number): RowShape {
  const kept: Buffer[] = [];
  const ends = new Uint32Array(columns + 1);
  let at = 0;
  let length = 0;
  const keep = (to: number, part: number) => {
    kept.push(row.subarray(at, to));
    length += to - at;
    ends[part] = length;
  };
  for (let column = 0; column < columns; column += 1) {
    let to = skipString(row, row.indexOf(QUOTE, at));
    to = row.indexOf(':', to) + 1;
    while (BLANK[row[to] ?? 0] === 1) to += 1;
    keep(to, column);
    at = to;
    if (row[at] === QUOTE) at = skipString(row, at);
    else while (!isBehindValue(row[at] ?? 0)) at += 1;
  }
  keep(row.length, columns);
  return { columns, bytes: Buffer.concat(kept), ends };
}

function skipString(row: Buffer, from: number): number {
  let at = from + 1;
  while (row[at] !== QUOTE) at += row[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function isBehindValue(byte: number): boolean {
  return byte === COMMA || byte === CLOSING_BRACE || BLANK[byte] === 1;
}

/** Returns memory for so many places. It may be the same as the last time. */
export type SpanRoom = (places: number) => Uint32Array;

/**
 * Finds the rows of this shape that follow each other from `at` on, until the first one that is not plain or not whole.
 * `bytes[end]` must be a zero, which no row has: so no step has to ask whether there are more bytes.
 */
export function findPlainRows(
  shape: RowShape,
  { bytes, at: start, end }: { readonly bytes: Buffer; readonly at: number; readonly end: number },
  { most, room }: { readonly most: number; readonly room: SpanRoom },
): PlainRows {
  const { columns, bytes: around, ends } = shape;
  const words = viewOf(bytes);
  const aroundWords = viewOf(around);
  const kinds = new Uint8Array(columns);
  const seen: Seen = { kind: 0, raw: false, canonical: true };
  // There is never more room than the bytes need.
  const limit = Math.min(most, Math.ceil((end - start) / (columns * FEWEST_BYTES)));
  const spans = room(limit * columns * 2);
  let place = 0;
  let count = 0;
  const from = skipBlank(bytes, start);
  let at = from;
  let to = from;
  rows: while (count < limit) {
    let part = 0;
    for (let column = 0; ; column += 1) {
      const last = ends[column] ?? 0;
      while (part + 4 <= last && words.getInt32(at) === aroundWords.getInt32(part)) {
        part += 4;
        at += 4;
      }
      while (part < last && bytes[at] === around[part]) {
        part += 1;
        at += 1;
      }
      if (part < last) break rows;
      if (column === columns) break;
      spans[place] = at - from;
      const after = bytes[at] === QUOTE ? endOfText(bytes, words, at, seen) : endOfOther(bytes, at, seen);
      if (after < 0) {
        at = -after;
        break rows;
      }
      at = after;
      spans[place + 1] = at - from;
      place += 2;
      kinds[column] = (kinds[column] ?? 0) | seen.kind;
    }
    count += 1;
    to = at;
    at = skipBlank(bytes, at);
    if (bytes[at] !== COMMA) break;
    at = skipBlank(bytes, at + 1);
  }
  const isText = !seen.raw || isUtf8(bytes.subarray(from, to));
  return {
    count: isText ? count : 0,
    from,
    to,
    kinds,
    spans: spans.subarray(0, count * columns * 2),
    canonical: seen.canonical,
    cutOff: isText && at >= end,
  };
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
