import { SnapbackError } from '../model/errors.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { isNumber, parseNumber, WORDS } from './json-number.ts';
import type { JsonRow } from './json-row.ts';
import { skipValue } from './json-skip.ts';
import { decodeString } from './json-string.ts';
import { formatMegabytes, LONGEST_ROW_BYTES } from './row-size.ts';

/**
 * A pull scanner over the bytes of a JSON file. It holds one window of the file at a time, decoded as Latin-1 so that each
 * character is one byte of the file. It reads what Python's `json` reads (`NaN`, `Infinity` too) and keeps what
 * `JSON.parse` loses: the storage class of a number, and integers beyond 2^53.
 */
export type JsonScanner = {
  /** Byte offset of the next unread byte. */
  readonly offset: () => number;
  /** The next character that is not white space, without consuming it; an empty string at the end of the file. */
  readonly peek: () => Promise<string>;
  /** Consumes the given punctuation or fails. */
  readonly expect: (punctuation: string) => Promise<void>;
  /** A string token. */
  readonly readString: () => Promise<string>;
  /** A value that is neither object nor array. */
  readonly readScalar: () => Promise<SqlValue>;
  /** An object whose values are all scalars. If its columns equal those of the row before (`previous`), it has that same array. */
  readonly readRow: (previous: readonly string[]) => Promise<JsonRow>;
  /** Skips any value. `elements`: how many an array had. */
  readonly skipValue: () => Promise<{ readonly elements: number }>;
  /** Forgets the bytes that it took and did not consume, and tells how many: the source must give them again. */
  readonly release: () => number;
  /** Goes on so many bytes further in the file. To be called after `release`, before any other step. */
  readonly pass: (bytes: number) => void;
};

/** Where the bytes come from: the next chunk of at least one byte and about `want`, or null at the end. */
export type ChunkSource = (want: number) => Promise<Buffer | null>;

const CHUNK_BYTES = 1 << 20;
/** SQLite's own limit, which no build can exceed. */
const MOST_COLUMNS = 32_767;

/** Any characters that a number or a word can have. The form is checked once the whole token is in the window. */
const TOKEN = /[-+.\w]*/y;
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';
const BLANK = /[ \t\n\r]*/y;

/** Thrown by a parse step that reaches the end of the window. The step then runs again with more bytes. */
const INCOMPLETE = Symbol('incomplete');

/**
 * Makes a scanner whose first byte is byte `start` of the file. It skips a byte order mark at the start of the file. No
 * row or other single step may take more than `longest` bytes. Its functions @throws `snapshot-damaged` with `offset` and
 * `why`.
 */
export function createJsonScanner(
  source: ChunkSource,
  start: number,
  longest = LONGEST_ROW_BYTES,
): JsonScanner {
  let text = '';
  let at = 0;
  let base = start;
  let ended = false;

  const damaged = (why: string, position = at): SnapbackError => damagedAt(base + position, why);

  async function more(): Promise<void> {
    const rest = text.length - at;
    refuseLong(rest);
    // The chunks grow with the pending row, so that parsing it again and again stays linear.
    const chunk = await source(Math.max(CHUNK_BYTES, Math.min(rest, longest + 1 - rest)));
    if (chunk === null) {
      ended = true;
      return;
    }
    const isStart = base === 0 && text === '';
    text = text.slice(at) + chunk.toString('latin1');
    base += at;
    at = isStart && text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  }

  function refuseLong(bytes: number): void {
    if (bytes > longest) throw damaged(`one row is longer than ${formatMegabytes(longest)}`);
  }

  /** Runs a synchronous step from `at`. If it reaches the end of the window, loads more and runs it again. */
  async function run<T>(step: () => T): Promise<T> {
    for (;;) {
      const begin = at;
      try {
        const found = step();
        refuseLong(at - begin);
        return found;
      } catch (error) {
        if (error !== INCOMPLETE) throw error;
        if (ended) throw damaged('the end of the file is missing', text.length);
        at = begin;
        await more();
      }
    }
  }

  function charAt(position: number): string {
    if (position >= text.length) throw INCOMPLETE;
    return text[position] ?? '';
  }

  function skipBlank(): void {
    BLANK.lastIndex = at;
    BLANK.test(text);
    at = BLANK.lastIndex;
  }

  function next(): string {
    skipBlank();
    return charAt(at);
  }

  function take(punctuation: string): void {
    const found = next();
    if (found !== punctuation) throw damaged(`expected ${punctuation}, found ${JSON.stringify(found)}`);
    at += 1;
  }

  function string(): string {
    const from = at;
    const value = looseString();
    if (!value.isWellFormed()) throw damaged('a name is not valid Unicode', from);
    return value;
  }

  /** A string that may have half a surrogate pair. */
  function looseString(): string {
    take('"');
    const from = at;
    let end = text.indexOf('"', from);
    while (end !== -1 && isEscaped(end, from)) end = text.indexOf('"', end + 1);
    if (end === -1) throw INCOMPLETE;
    const raw = text.slice(from, end);
    const value = decodeString(raw);
    if (value === null) throw damaged('a text is not valid JSON or not valid UTF-8', from);
    at = end + 1;
    return value;
  }

  function isEscaped(position: number, from: number): boolean {
    let backslashes = 0;
    while (position - backslashes > from && text[position - backslashes - 1] === '\\') backslashes += 1;
    return backslashes % 2 === 1;
  }

  function scalar(skipping = false): SqlValue {
    const first = next();
    if (first === '"') return looseString();
    if (first === '{' || first === '[') throw damaged('a nested value where a plain one belongs');
    const from = at;
    const found = token();
    const word = WORDS.get(found);
    if (word !== undefined) return word;
    // A skipped number may be of any size.
    if (isNumber(found)) {
      if (skipping) return null;
      const value = parseNumber(found);
      if (value === null) throw damaged('an integer that is too large for SQLite');
      return value;
    }
    throw damaged(`expected a value, found ${JSON.stringify(first)}`, from);
  }

  function token(): string {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text)?.[0] ?? '';
    if (at + found.length >= text.length && !ended) throw INCOMPLETE;
    at += found.length;
    return found;
  }

  function row(previous: readonly string[]): JsonRow {
    take('{');
    const columns: string[] = [];
    const values: SqlValue[] = [];
    const illFormed: number[] = [];
    if (next() !== '}') {
      for (;;) {
        if (columns.length === MOST_COLUMNS) throw damaged('a row has more columns than any table can have');
        columns.push(string());
        take(':');
        const value = scalar();
        if (typeof value === 'string' && !value.isWellFormed()) illFormed.push(values.length);
        values.push(typeof value === 'string' ? value.toWellFormed() : value);
        if (next() !== ',') break;
        at += 1;
      }
    }
    take('}');
    if (columns.length === previous.length && columns.every((name, index) => name === previous[index]))
      return { columns: previous, values, illFormed };
    if (new Set(columns).size !== columns.length) throw damaged('a row names a column twice');
    return { columns, values, illFormed };
  }

  function key(): void {
    string();
    take(':');
  }

  return {
    offset: () => base + at,
    async peek() {
      for (;;) {
        skipBlank();
        if (at < text.length) return text[at] ?? '';
        if (ended) return '';
        await more();
      }
    },
    expect: (punctuation) => run(() => take(punctuation)),
    readString: () => run(string),
    readScalar: () => run(() => scalar()),
    readRow: (previous) => run(() => row(previous)),
    release() {
      const rest = text.length - at;
      base += at;
      [text, at, ended] = ['', 0, false];
      return rest;
    },
    pass(bytes) {
      base += bytes;
    },
    skipValue: () =>
      skipValue({
        next: () => run(next),
        expect: (punctuation) => run(() => take(punctuation)),
        key: () => run(key),
        scalar: () => run(() => scalar(true)),
        tooDeep: () => damaged('values are nested too deeply'),
      }),
  };
}

/** The error for a snapshot file that is damaged at a byte. */
export function damagedAt(offset: number, why: string): SnapbackError {
  return new SnapbackError('snapshot-damaged', `The file is damaged at byte ${offset}: ${why}.`, {
    offset,
    why,
  });
}
