import { SnapbackError } from '../model/errors.ts';
import { foldName } from '../sqlite/names.ts';
import type { ByteWindow } from './byte-window.ts';
import { createJsonScanner, type JsonScanner } from './json-scanner.ts';
import { findPlainRows, type RowShape, shapeOf } from './plain-rows.ts';
import { type BatchPlace, batchOfPlain, type RowBatch } from './row-batch.ts';

/** Finds the plain rows of one table, in the window from which the scanner takes its bytes. */
export type PlainReading = {
  /**
   * The plain rows from here on, at most `most`, with the table's columns once they are known; null if the next row is not
   * plain. The scanner goes on behind them, or stays.
   */
  readonly next: (place: Place, most: number) => Promise<RowBatch | null>;
  /** The next row need not look like those before. */
  readonly forgetShape: () => void;
};

type Place = Omit<BatchPlace, 'columns'> & { readonly columns: readonly string[] | null };

const MOST_ROWS = 4096;
const FEW_BYTES = 512 << 10;
/** A row that is longer than this is read by the scanner. */
const LONGEST_ROW = 4 << 20;
const FIRST_PIECE_BYTES = 4096;

/** Its functions @throws `snapshot-unreadable`, `cancelled`; never for damage, which the scanner finds and names */
export function createPlainReading(scanner: JsonScanner, window: ByteWindow): PlainReading {
  let spans = new Uint32Array(0);
  const room = (places: number) => {
    if (spans.length < places) spans = new Uint32Array(places);
    return spans;
  };
  let known: { readonly columns: readonly string[]; readonly shape: RowShape } | null = null;

  async function find(shape: RowShape, most: number) {
    for (;;) {
      const view = window.view();
      const found = findPlainRows(shape, view, { most, room });
      const enough = found.count > 0 || !found.cutOff || view.end - view.at > LONGEST_ROW;
      if (enough || !(await window.more())) return { found, bytes: view.bytes, at: view.at };
    }
  }

  return {
    async next({ columns, ...place }, most) {
      window.giveBack(scanner.release());
      const { at, end } = window.view();
      if (end - at < FEW_BYTES) await window.more();
      known ??= await readShape(window, columns);
      if (known === null) return null;
      const { found, bytes, at: from } = await find(known.shape, Math.min(most, MOST_ROWS));
      if (found.count === 0) return null;
      window.consume(found.to - from);
      scanner.pass(found.to - from);
      return batchOfPlain({ ...place, columns: known.columns }, bytes, found);
    },
    forgetShape() {
      known = null;
    },
  };
}

/** Reads one row ahead, carefully. Null if it cannot be the pattern of plain rows. */
async function readShape(window: ByteWindow, columns: readonly string[] | null) {
  const { bytes, at, end } = window.view();
  let position = at;
  const scanner = createJsonScanner(async () => {
    const piece = bytes.subarray(position, position === at ? Math.min(end, at + FIRST_PIECE_BYTES) : end);
    position += piece.length;
    return piece.length === 0 ? null : piece;
  }, window.offset());
  try {
    const row = await scanner.readRow(columns ?? []);
    if (columns !== null && row.columns !== columns) return null;
    if (row.columns.length === 0 || namesTwice(row.columns)) return null;
    const to = at + scanner.offset() - window.offset();
    const shape = shapeOf(bytes.subarray(bytes.indexOf('{', at), to), row.columns.length);
    return { columns: row.columns, shape };
  } catch (error) {
    if (error instanceof SnapbackError && error.code === 'snapshot-damaged') return null;
    throw error;
  }
}

/** Whether two of the names are the same for SQLite, which ignores their case. */
export function namesTwice(columns: readonly string[]): boolean {
  return new Set(columns.map(foldName)).size < columns.length;
}
