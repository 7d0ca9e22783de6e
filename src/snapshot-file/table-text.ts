import { createHash, type Hash } from 'node:crypto';
import type { RowForm } from '../host/ascii-json.ts';
import { jsonText, jsonValue } from '../host/python-text.ts';
import type { RawText, SqlValue } from '../sqlite/row-hash.ts';
import type { WrittenDump } from './notes.ts';

/*
 * A table as the text that stands between the brackets of its two lists: the visible one, and the one of its exact
 * values. There is only one such text for the same rows in the same order, so its hash proves them.
 */

/** What stands between two rows, and between two exact values. */
export const BETWEEN = ', ';

/** The form of a row in the visible list. `extract`: the places of the values that are wanted by themselves. */
export function rowForm(columns: readonly string[], extract: RowForm['extract']): RowForm {
  const before = columns.map((column, index) => `${index === 0 ? '{' : ', '}${jsonText(column)}: `);
  return { before, after: '}', between: BETWEEN, extract };
}

/** Makes the text of a row. */
export function createRowWriter(columns: readonly string[]): (row: readonly SqlValue[]) => string {
  const prefixes = rowForm(columns, []).before;
  return (row) => {
    let text = '';
    for (const [index, value] of row.entries()) text += (prefixes[index] ?? '') + jsonValue(value);
    return `${text}}`;
  };
}

/** The entries of `exact` for the row in this place, which counts from 0. Most rows have none. */
export function exactEntries(
  ordinal: number,
  columns: readonly string[],
  row: readonly SqlValue[],
): readonly string[] {
  return row.flatMap((value, index) =>
    isInexact(value) ? exactEntry(ordinal, columns[index] ?? '', value) : [],
  );
}

type Inexact = Uint8Array | RawText;

function isInexact(value: SqlValue): value is Inexact {
  return typeof value === 'object' && value !== null;
}

function exactEntry(ordinal: number, column: string, value: Inexact): string {
  const [storageClass, bytes] = value instanceof Uint8Array ? ['blob', value] : ['text', value.rawText];
  return `[${ordinal}, ${jsonText(column)}, "${storageClass}", "${Buffer.from(bytes).toString('base64')}"]`;
}

/** A running hash over the text of a list. Its parts are given without the separators between them. */
export type ListDigest = {
  readonly add: (part: string | Uint8Array) => void;
  /** The hash in hex; null where nothing was added. */
  readonly finish: () => string | null;
};

export function createListDigest(): ListDigest {
  const digest: Hash = createHash('sha256');
  let isEmpty = true;
  return {
    add(part) {
      if (!isEmpty) digest.update(BETWEEN);
      isEmpty = false;
      digest.update(part);
    },
    finish: () => (isEmpty ? null : digest.digest('hex')),
  };
}

/** The hash of an empty list. */
export const EMPTY_SHA256 = createHash('sha256').digest('hex');

/** Makes what the notes say about a table out of its rows, which are given in the order of the dump. */
export function createTableDigest(columns: readonly string[]) {
  const visible = createListDigest();
  const exact = createListDigest();
  const textOf = createRowWriter(columns);
  let rows = 0;
  return {
    add(row: readonly SqlValue[]): void {
      visible.add(textOf(row));
      for (const entry of exactEntries(rows, columns, row)) exact.add(entry);
      rows += 1;
    },
    /** Adds rows whose visible text is exact. */
    addText(text: Uint8Array, count: number): void {
      visible.add(text);
      rows += count;
    },
    finish(): Pick<WrittenDump, 'rows' | 'sha256' | 'exactSha256'> {
      return { rows, sha256: visible.finish() ?? EMPTY_SHA256, exactSha256: exact.finish() };
    },
  };
}
