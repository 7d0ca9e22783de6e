import { SnapbackError } from '../model/errors.ts';
import { readAt, readInto, type SnapshotBytes } from './bytes.ts';
import { createJsonScanner, type JsonScanner } from './json-scanner.ts';
import { decodeString } from './json-string.ts';

/*
 * Finding rows again behind damage. Inside a JSON string every quotation mark is escaped, so a brace and a quotation mark
 * never stand in one: where three rows with the same columns follow each other, they are rows.
 */

/** So many rows with the same columns must follow each other. */
const ENOUGH_ROWS = 3;
const SEARCH_BYTES = 1 << 20;
const FIRST_PIECE_BYTES = 4096;
const LONGEST_KEY_BYTES = 2048;

/** Where rows begin again. `table`: the key of the list that begins there; null where it is the middle of some list. */
export type FoundRows = {
  readonly at: number;
  readonly columns: readonly string[];
  readonly table: string | null;
};

/** Finds the first such place from an offset on; null where there is none. @throws `snapshot-unreadable`, what `step` throws */
export async function findRows(
  file: SnapshotBytes,
  from: number,
  step: () => Promise<void>,
): Promise<FoundRows | null> {
  const buffer = Buffer.allocUnsafe(SEARCH_BYTES);
  for (let position = from; position < file.sizeBytes; ) {
    await step();
    const found = await readInto(file, position, buffer);
    if (found === 0) return null;
    const bytes = buffer.subarray(0, found);
    for (let brace = bytes.indexOf('{'); brace !== -1; brace = bytes.indexOf('{', brace + 1)) {
      const at = position + brace;
      const columns = await probe(scanInPieces(file, at));
      if (columns !== null) return { at, columns, table: await readKeyBefore(file, at) };
      await step();
    }
    position += found;
  }
  return null;
}

/** The columns that the next rows have; null where they are not rows of one table. */
async function probe(scanner: JsonScanner): Promise<readonly string[] | null> {
  try {
    let columns: readonly string[] = [];
    for (let row = 0; row < ENOUGH_ROWS; row += 1) {
      if (row > 0) await scanner.expect(',');
      const found = await scanner.readRow(columns);
      if (row === 0) ({ columns } = found);
      if (found.columns.length === 0 || found.columns !== columns) return null;
    }
    return columns;
  } catch (error) {
    if (error instanceof SnapbackError && error.code === 'snapshot-damaged') return null;
    throw error;
  }
}

/** A scanner that begins with a small piece, because most places are not rows. */
function scanInPieces(file: SnapshotBytes, start: number): JsonScanner {
  let position = start;
  let piece = FIRST_PIECE_BYTES;
  return createJsonScanner(async () => {
    const chunk = await readAt(file, position, piece);
    position += chunk.length;
    piece *= 4;
    return chunk.length === 0 ? null : chunk;
  }, start);
}

/** The key of the list that begins right before an offset; null where no list begins there. */
async function readKeyBefore(file: SnapshotBytes, at: number): Promise<string | null> {
  const from = Math.max(0, at - LONGEST_KEY_BYTES);
  const before = (await readAt(file, from, at - from)).toString('latin1');
  const found = /[{,][ \t\n\r]*"((?:[^"\\]|\\.)*)"[ \t\n\r]*:[ \t\n\r]*\[[ \t\n\r]*$/.exec(before);
  return found === null ? null : decodeString(found[1] ?? '');
}

/** Where the zeros begin that a file ends with; its size where it ends with none. @throws `snapshot-unreadable` */
export async function findZeros(file: SnapshotBytes): Promise<number> {
  for (let end = file.sizeBytes; end > 0; end -= SEARCH_BYTES) {
    const from = Math.max(0, end - SEARCH_BYTES);
    const bytes = await readAt(file, from, end - from);
    const last = bytes.findLastIndex((byte) => byte !== 0);
    if (last !== -1) return from + last + 1;
  }
  return 0;
}
