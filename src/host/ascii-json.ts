import { jsonReal } from './python-text.ts';

/*
 * SQL makes JSON text in UTF-8; the host writes it in ASCII. The characters below stand in what SQL makes for what SQL
 * cannot say itself. JSON escapes all control characters, so none of them occurs in a value.
 */

/** Stands before the rowid of a row that SQL leaves to others, up to the end of that row. */
export const ODD_ROW = 26;
/** Stands before and after a value that is also wanted for its row's extract. */
export const EXTRACTED = 29;
/** Stands between two rows. */
export const NEXT_ROW = 30;
/** Stands before a real, in any form that reads back as the same number. */
export const REAL = 31;

/** Some rows in ASCII. The bytes are valid until the next rows are written. */
export type AsciiRows = {
  readonly text: Uint8Array;
  /** The extracts of the same rows, each a line: the wanted values in brackets. Empty where none are wanted. */
  readonly extracts: Uint8Array;
  readonly rows: number;
};

export type AsciiForm = {
  /** What stands between two rows. */
  readonly between: string;
  /** Which of the marked values a row's extract consists of; null stands for one that no row has. Empty: no extracts. */
  readonly extract: readonly (number | null)[];
};

type Cursor = { bytes: Buffer; at: number };
/** The ends in the output of the values that are marked in a row. */
type Marks = { readonly from: Int32Array; readonly to: Int32Array };

/** A byte takes six in ASCII at most, as in `\u007f`. */
const GROWTH = 6;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const HEX = Buffer.from('0123456789abcdef', 'latin1');

/**
 * Makes the function that turns what SQL made into ASCII: other characters become `\uXXXX`, and reals get Python's form.
 * It returns the rows in their order, an odd row as its rowid; null if some text is not valid UTF-8.
 */
export function createAsciiWriter({ between, extract }: AsciiForm) {
  const gap = Buffer.from(between, 'latin1');
  const output: Cursor = { bytes: Buffer.alloc(0), at: 0 };
  const extracts: Cursor = { bytes: Buffer.alloc(0), at: 0 };
  const marked = Math.max(0, ...extract.map((place) => (place ?? 0) + 1));
  const marks: Marks = { from: new Int32Array(marked), to: new Int32Array(marked) };

  function append(text: string): void {
    for (let index = 0; index < text.length; index += 1)
      extracts.bytes[extracts.at++] = text.charCodeAt(index);
  }

  function extractRow(): void {
    append('[');
    for (const [index, place] of extract.entries()) {
      if (index > 0) append(', ');
      if (place === null) append('null');
      else {
        const value = output.bytes.subarray(marks.from[place], marks.to[place]);
        extracts.bytes.set(value, extracts.at);
        extracts.at += value.length;
      }
    }
    append(']\n');
  }

  return (made: Buffer): readonly (AsciiRows | bigint)[] | null => {
    const input: Cursor = { bytes: made, at: 0 };
    const most = (made.length + 1) * GROWTH;
    if (output.bytes.length < most) output.bytes = Buffer.allocUnsafe(most);
    const mostExtracted = most * extract.length;
    if (extracts.bytes.length < mostExtracted) extracts.bytes = Buffer.allocUnsafe(mostExtracted);
    const found: (AsciiRows | bigint)[] = [];
    let [runAt, extractsAt, rows] = [0, 0, 0];
    output.at = 0;
    extracts.at = 0;
    const endRun = () => {
      const text = output.bytes.subarray(runAt, output.at);
      if (rows > 0) found.push({ text, extracts: extracts.bytes.subarray(extractsAt, extracts.at), rows });
      [runAt, extractsAt, rows] = [output.at, extracts.at, 0];
    };
    while (input.at < made.length) {
      const rowAt = output.at;
      if (rows > 0) {
        output.bytes.set(gap, rowAt);
        output.at += gap.length;
      }
      const ending = writeRow(input, output, marks);
      if (ending === 'invalid') return null;
      if (typeof ending === 'bigint') {
        output.at = rowAt;
        endRun();
        found.push(ending);
      } else {
        if (extract.length > 0) extractRow();
        rows += 1;
      }
    }
    endRun();
    return found;
  };
}

/** Writes one row, and moves the input behind what separates it from the next one. */
function writeRow(from: Cursor, to: Cursor, marks: Marks): 'whole' | 'invalid' | bigint {
  const input = from.bytes;
  const output = to.bytes;
  const length = input.length;
  const last = length - 1;
  let { at } = from;
  let end = to.at;
  let markers = 0;
  let ending: 'whole' | 'invalid' | bigint = 'whole';
  while (at < length) {
    let byte = input[at] ?? 0;
    while (byte >= 0x20 && byte < 0x7f && at < last) {
      output[end] = byte;
      at += 1;
      end += 1;
      byte = input[at] ?? 0;
    }
    at += 1;
    if (byte >= 0x20 && byte < 0x7f) output[end++] = byte;
    else if (byte >= 0x7f) {
      const code = decodeAt(input, at - 1);
      if (code < 0) return 'invalid';
      at += code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
      if (code > 0xffff) end = writeEscaped(output, end, 0xd7c0 + (code >> 10));
      end = writeEscaped(output, end, code > 0xffff ? 0xdc00 + (code & 0x3ff) : code);
    } else if (byte === NEXT_ROW) break;
    else if (byte === EXTRACTED) {
      (markers % 2 === 0 ? marks.from : marks.to)[markers >> 1] = end;
      markers += 1;
    } else {
      const began = at;
      while (isOfNumber(input[at] ?? 0)) at += 1;
      const number = input.toString('latin1', began, at);
      if (byte === REAL) end += output.write(jsonReal(Number(number)), end, 'latin1');
      else {
        ending = BigInt(number);
        while (at < length && input[at] !== NEXT_ROW) at += 1;
      }
    }
  }
  from.at = at;
  to.at = end;
  return ending;
}

/** Digits, signs, the point and the letter before an exponent. */
function isOfNumber(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e || byte === 0x65;
}

/** The code of the character that begins there, by the rules of UTF-8; -1 if it is none. */
function decodeAt(input: Uint8Array, at: number): number {
  const lead = input[at] ?? 0;
  if (lead < 0x80) return lead;
  const second = (input[at + 1] ?? 0) ^ 0x80;
  if (lead < 0xc2 || second > 0x3f) return -1;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = (input[at + 2] ?? 0) ^ 0x80;
  if (third > 0x3f) return -1;
  if (lead < 0xf0) {
    const code = ((lead & 0xf) << 12) | (second << 6) | third;
    return code < 0x800 || (code >= 0xd800 && code < 0xe000) ? -1 : code;
  }
  const fourth = (input[at + 3] ?? 0) ^ 0x80;
  if (fourth > 0x3f || lead > 0xf4) return -1;
  const code = ((lead & 7) << 18) | (second << 12) | (third << 6) | fourth;
  return code < 0x10000 || code > 0x10ffff ? -1 : code;
}

function writeEscaped(output: Uint8Array, at: number, unit: number): number {
  output[at] = BACKSLASH;
  output[at + 1] = LETTER_U;
  output[at + 2] = HEX[unit >> 12] ?? 0;
  output[at + 3] = HEX[(unit >> 8) & 15] ?? 0;
  output[at + 4] = HEX[(unit >> 4) & 15] ?? 0;
  output[at + 5] = HEX[unit & 15] ?? 0;
  return at + 6;
}
