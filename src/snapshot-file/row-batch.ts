import type { SqlValue } from '../sqlite/row-hash.ts';
import { parseNumber } from './json-number.ts';
import { decodeString } from './json-string.ts';
import type { PlainRows } from './plain-rows.ts';

/**
 * Some rows of a table, in the order of the file. They share their memory with the rows that follow: whoever asks for the
 * next part of the snapshot must be done with them.
 */
export type RowBatch = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly count: number;
  /** How many rows of the table come before these. */
  readonly first: number;
  /**
   * The rows' own bytes, `{…}, {…}`, if they are plain: each row has exactly these columns in this order, and SQLite's
   * JSON reader reads each value as `rows` gives it. Null if only `rows` gives the values.
   */
  readonly text: Buffer | null;
  /** With `text`: for each column a mask of `KIND`s that occur. It may have a few more bits. */
  readonly kinds: Uint8Array | null;
  /** With `text`: where each value begins and ends there, row by row and column by column. */
  readonly spans: Uint32Array | null;
  /** With `text`: whether each text in it is written as we write it, so that equal texts have equal bytes. */
  readonly canonical: boolean;
  /** The values of each row, exact wherever the file is. They are made at the first call. */
  readonly rows: () => readonly (readonly SqlValue[])[];
};

/** Which rows of which table a batch has. */
export type BatchPlace = Pick<RowBatch, 'table' | 'columns' | 'first'>;

/** A batch of rows that were read one by one. */
export function batchOfValues(place: BatchPlace, rows: readonly (readonly SqlValue[])[]): RowBatch {
  const nothing = { text: null, kinds: null, spans: null, canonical: false };
  return { ...place, ...nothing, count: rows.length, rows: () => rows };
}

/** A batch of plain rows, found in `bytes`. */
export function batchOfPlain(place: BatchPlace, bytes: Buffer, found: PlainRows): RowBatch {
  const { count, kinds, spans, canonical } = found;
  const text = bytes.subarray(found.from, found.to);
  let rows: readonly (readonly SqlValue[])[] | null = null;
  return {
    ...place,
    ...{ text, kinds, spans, canonical, count },
    rows() {
      rows ??= makeValues(text.toString('latin1'), spans, place.columns.length);
      return rows;
    },
  };
}

function makeValues(text: string, spans: Uint32Array, columns: number): readonly (readonly SqlValue[])[] {
  const rows: (readonly SqlValue[])[] = [];
  for (let at = 0; at < spans.length; ) {
    const row: SqlValue[] = [];
    for (let column = 0; column < columns; column += 1, at += 2)
      row.push(parseToken(text.slice(spans[at] ?? 0, spans[at + 1] ?? 0)));
    rows.push(row);
  }
  return rows;
}

function parseToken(token: string): SqlValue {
  if (token.startsWith('"')) return decodeString(token.slice(1, -1));
  return token === 'null' ? null : parseNumber(token);
}
