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

type Cursor = { bytes: Uint8Array; at: number };
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

  return (made: Uint8Array): readonly (AsciiRows | bigint)[] | null => {
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
  let { at } = from;
  let end = to.at;
  let markers = 0;
  let ending: 'whole' | 'invalid' | bigint = 'whole';
  while (at < length) {
    const byte = input[at++] ?? 0;
    if (byte >= 0x20 && byte < 0x7f) output[end++] = byte;
    else if (byte >= 0x7f) {
      const size = sizeOfCharacter(input, at - 1);
      if (size === 0) return 'invalid';
      end = writeEscaped(output, end, decode(input, at - 1, size));
      at += size - 1;
    } else if (byte === NEXT_ROW) break;
    else if (byte === EXTRACTED) {
      (markers % 2 === 0 ? marks.from : marks.to)[markers >> 1] = end;
      markers += 1;
    } else {
      const began = at;
      while (isOfNumber(input[at] ?? 0)) at += 1;
      const number = String.fromCharCode(...input.subarray(began, at));
      if (byte === REAL) {
        const token = jsonReal(Number(number));
        for (let index = 0; index < token.length; index += 1) output[end++] = token.charCodeAt(index);
      } else {
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

/** The number of bytes of the character that begins there, by the rules of UTF-8; 0 if it is none. */
function sizeOfCharacter(input: Uint8Array, at: number): number {
  const lead = input[at] ?? 0;
  if (lead < 0x80) return 1;
  const second = input[at + 1] ?? 0;
  if (lead < 0xc2 || lead > 0xf4 || !isTail(second)) return 0;
  if (lead < 0xe0) return 2;
  if (!isTail(input[at + 2] ?? 0)) return 0;
  if (lead < 0xf0) return (lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f) ? 0 : 3;
  if ((lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f)) return 0;
  return isTail(input[at + 3] ?? 0) ? 4 : 0;
}

function isTail(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function decode(input: Uint8Array, at: number, size: number): number {
  let code = (input[at] ?? 0) & (size === 1 ? 0x7f : 0xff >> (size + 1));
  for (let index = 1; index < size; index += 1) code = (code << 6) | ((input[at + index] ?? 0) & 0x3f);
  return code;
}

function writeEscaped(output: Uint8Array, at: number, code: number): number {
  if (code > 0xffff) {
    const rest = code - 0x10000;
    return writeEscaped(output, writeEscaped(output, at, 0xd800 + (rest >> 10)), 0xdc00 + (rest & 0x3ff));
  }
  output[at] = BACKSLASH;
  output[at + 1] = LETTER_U;
  output[at + 2] = HEX[code >> 12] ?? 0;
  output[at + 3] = HEX[(code >> 8) & 15] ?? 0;
  output[at + 4] = HEX[(code >> 4) & 15] ?? 0;
  output[at + 5] = HEX[code & 15] ?? 0;
  return at + 6;
}
