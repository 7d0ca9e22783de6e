import { CLOSING_BRACKET, COMMA, LETTER_E, OPENING_BRACKET, POINT, QUOTE } from './ascii-codes.ts';
import { writeText } from './ascii-text.ts';
import {
  append,
  type Cursor,
  copy,
  createCursor,
  type Piece,
  reserve,
  toPiece,
  viewOf,
} from './byte-cursor.ts';
import { jsonReal } from './python-text.ts';

/*
 * SQL makes of each row a JSON array in UTF-8; the host writes an object in ASCII. JSON escapes all control characters, so
 * the one that separates rows occurs in no value.
 */

/** Stands between two rows. */
export const NEXT_ROW = 30;

/** What the text of a row is made of. All of it is ASCII. */
export type RowForm = {
  /** What stands before the value of each column. */
  readonly before: readonly string[];
  /** What stands behind the last value. */
  readonly after: string;
  /** What stands between two rows. */
  readonly between: string;
  /** The columns whose values make up a row's extract, by place; null for a value that no row has. Empty: no extracts. */
  readonly extract: readonly (number | null)[];
};

/** Some rows in ASCII. The bytes are valid until the next rows are written. */
export type AsciiRows = {
  readonly text: Uint8Array;
  /** The extracts of the same rows, each a line: the wanted values in brackets. Empty where none are wanted. */
  readonly extracts: Uint8Array;
  readonly rows: number;
};

/** Rows as SQL made them. */
export type MadeRows = {
  readonly bytes: Buffer;
  readonly rows: number;
  /** The columns, by place, in which SQL marks a zero that is negative. */
  readonly signed: ReadonlySet<number>;
};

/** Why rows cannot be written: a text is not valid UTF-8, or a column has a zero that may be negative. */
type Fault = 'undecodable' | { readonly zeroIn: number };

/** Where the values of a row begin and end in the output, by column. */
type Places = { readonly from: Int32Array; readonly to: Int32Array };

/** A byte takes six in ASCII at most, as in `\u007f`. */
const GROWTH = 6;

/**
 * Makes the function that turns what SQL made into ASCII: other characters become `\uXXXX`, and reals get Python's
 * form. It returns the rows in their order, and in place of a row that SQL did not write, its rowid.
 */
export function createAsciiWriter({ before, after, between, extract }: RowForm) {
  const prefixes = before.map(toPiece);
  const [suffix, gap] = [toPiece(after), toPiece(between)];
  const formBytes = [...before, after, between].join('').length;
  const extractRow = createExtractor(extract);
  const [output, extracts] = [createCursor(0), createCursor(0)];
  const places: Places = { from: new Int32Array(before.length), to: new Int32Array(before.length) };

  /** Writes the row that begins there, and moves the input behind what separates it from the next one. */
  function writeRow(input: Cursor, signed: MadeRows['signed']): Fault | null {
    let column = 0;
    for (const prefix of prefixes) {
      // A bracket or a comma stands before each value.
      input.at += 1;
      append(output, prefix);
      places.from[column] = output.at;
      if (input.bytes[input.at] === QUOTE) {
        if (!writeText(input, output)) return 'undecodable';
      } else if (writeOther(input, output) === 'zero' && !signed.has(column)) return { zeroIn: column };
      places.to[column] = output.at;
      column += 1;
    }
    append(output, suffix);
    input.at += 2;
    return null;
  }

  return ({ bytes, rows: most, signed }: MadeRows): readonly (AsciiRows | bigint)[] | Fault => {
    const input: Cursor = { bytes, view: viewOf(bytes), at: 0 };
    const mostBytes = bytes.length * GROWTH;
    reserve(output, mostBytes + most * formBytes);
    reserve(extracts, (mostBytes + most * '[]\n, null'.length) * extract.length);
    const found: (AsciiRows | bigint)[] = [];
    let [runAt, extractsAt, rows] = [0, 0, 0];
    const endRun = () => {
      const text = output.bytes.subarray(runAt, output.at);
      if (rows > 0) found.push({ text, extracts: extracts.bytes.subarray(extractsAt, extracts.at), rows });
      [runAt, extractsAt, rows] = [output.at, extracts.at, 0];
    };
    while (input.at < bytes.length) {
      if (bytes[input.at] === OPENING_BRACKET) {
        if (rows > 0) append(output, gap);
        const fault = writeRow(input, signed);
        if (fault !== null) return fault;
        if (extract.length > 0) extractRow(output, places, extracts);
        rows += 1;
      } else {
        endRun();
        const next = bytes.indexOf(NEXT_ROW, input.at);
        const end = next < 0 ? bytes.length : next;
        found.push(BigInt(bytes.toString('latin1', input.at, end)));
        input.at = end + 1;
      }
    }
    endRun();
    return found;
  };
}

/** Makes the function that writes the extract of a row: its wanted values in brackets, on a line of their own. */
function createExtractor(extract: RowForm['extract']) {
  const wanted: { readonly prefix: Piece; readonly place: number }[] = [];
  let pending = '[';
  for (const [index, place] of extract.entries()) {
    if (index > 0) pending += ', ';
    if (place === null) pending += 'null';
    else {
      wanted.push({ prefix: toPiece(pending), place });
      pending = '';
    }
  }
  const suffix = toPiece(`${pending}]\n`);
  return (output: Cursor, { from, to }: Places, extracts: Cursor): void => {
    for (const { prefix, place } of wanted) {
      append(extracts, prefix);
      copy(extracts, output.view, from[place] ?? 0, to[place] ?? 0);
    }
    append(extracts, suffix);
  };
}

/** Writes a number or null. Says if it is a real that is zero. */
function writeOther(from: Cursor, to: Cursor): 'zero' | 'other' {
  const input = from.bytes;
  const output = to.bytes;
  const [began, beganOutput] = [from.at, to.at];
  let at = began;
  let end = beganOutput;
  let isReal = false;
  for (
    let byte = input[at];
    byte !== undefined && byte !== COMMA && byte !== CLOSING_BRACKET;
    byte = input[at]
  ) {
    if (byte === POINT || byte === LETTER_E) isReal = true;
    output[end++] = byte;
    at += 1;
  }
  from.at = at;
  to.at = end;
  if (!isReal) return 'other';
  const value = Number(input.toString('latin1', began, at));
  to.at = beganOutput + output.write(jsonReal(value), beganOutput, 'latin1');
  return value === 0 ? 'zero' : 'other';
}
