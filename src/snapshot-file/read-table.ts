import { SnapbackError } from '../model/errors.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import type { ExactCursor } from './exact-values.ts';
import { type JsonRow, putInOrder } from './json-row.ts';
import type { JsonScanner } from './json-scanner.ts';
import type { OwnNotes } from './own-notes.ts';
import { createPlainReading, namesTwice } from './plain-reading.ts';
import { batchOfValues, type RowBatch } from './row-batch.ts';
import { createTableProof, type ProofSource, type TableProof } from './table-proof.ts';

/** What a table of a snapshot holds, in the order of the file. */
export type TablePart =
  /** The first part of each table. */
  | { readonly type: 'table'; readonly name: string }
  | ({ readonly type: 'rows' } & RowBatch)
  /** A text in the rows that follow had half a surrogate pair, which is now U+FFFD. `row` counts from 1. */
  | { readonly type: 'ill-formed'; readonly table: string; readonly row: number; readonly column: string };

/** What a table is read from. The scanner takes its bytes from the window. */
export type TableSource = ProofSource & {
  readonly scanner: JsonScanner;
  readonly exact: ExactCursor | null;
  readonly notes: OwnNotes | null;
  /** Whether plain rows are looked for. */
  readonly plain: boolean;
};

const ROWS_PER_BATCH = 512;
/** Bytes of the file: a batch of long rows must not hold much more than one of short rows. A longer row is alone. */
const BYTES_PER_BATCH = 4 << 20;

/**
 * Reads the list of a table, from its opening bracket to its closing one. Rows are found plain as long as they are, and
 * read one by one wherever they aren't. @throws `snapshot-damaged`, `snapshot-unreadable`, `cancelled`
 */
export async function* readTable(source: TableSource, name: string): AsyncGenerator<TablePart> {
  const { scanner, window, exact, notes, yielder } = source;
  yield { type: 'table', name };
  const expected = notes?.about.tables.find((table) => table.name === name);
  let columns: readonly string[] | null = expected?.columns ?? null;
  let count = 0;
  const empty = notes?.about.absent.includes(name) === true;
  const plain = source.plain && !empty ? createPlainReading(scanner, window) : null;
  let proof: TableProof | null = null;
  let end = 0;
  const damaged = (why: string): SnapbackError =>
    new SnapbackError('snapshot-damaged', `The file is damaged in “${name}”, row ${count + 1}: ${why}.`, {
      offset: scanner.offset(),
      table: name,
      row: count + 1,
      why,
    });
  if (notes !== null && expected === undefined && !empty) throw damaged('it was not written with this file');

  /** The next row as the careful scanner reads it, with its columns in the order of the table. */
  async function readRow(): Promise<JsonRow> {
    const found = await scanner.readRow(columns ?? []);
    const row = columns === null ? found : putInOrder(found, columns);
    if (row === null) throw damaged('it has other columns than the rows before it');
    if (row !== found) proof?.distrustBytes();
    if (count > 0) return row;
    if (empty) throw damaged('its contents are not what was written');
    if (row.columns.length === 0) throw damaged('it has no columns');
    if (namesTwice(row.columns)) throw damaged('it names a column twice');
    return row;
  }

  async function hasMore(): Promise<boolean> {
    const next = await scanner.peek();
    if (next === ',' && count > 0) {
      await scanner.expect(',');
      return true;
    }
    return count === 0 && next !== ']';
  }

  try {
    await exact?.enterTable(name);
    await scanner.expect('[');
    if (expected !== undefined) proof = createTableProof(expected, source, scanner.offset());
    for (let more = await hasMore(); more; ) {
      const most = (exact?.next() ?? Number.POSITIVE_INFINITY) - count;
      const batch = most > 0 ? await plain?.next({ table: name, columns, first: count }, most) : null;
      if (batch != null) {
        ({ columns } = batch);
        count += batch.count;
        proof?.add(batch);
        yield { type: 'rows', ...batch };
        more = await hasMore();
        continue;
      }
      plain?.forgetShape();
      const first = count;
      const begin = scanner.offset();
      const rows: (readonly SqlValue[])[] = [];
      while (more && rows.length < ROWS_PER_BATCH && scanner.offset() - begin <= BYTES_PER_BATCH) {
        const row = await readRow();
        ({ columns } = row);
        const values = exact === null ? row.values : await exact.apply(count, row);
        for (const place of row.illFormed)
          yield { type: 'ill-formed', table: name, row: count + 1, column: columns[place] ?? '' };
        rows.push(values);
        count += 1;
        more = await hasMore();
      }
      await yielder.step();
      const careful = batchOfValues({ table: name, columns: columns ?? [], first }, rows);
      proof?.add(careful);
      yield { type: 'rows', ...careful };
    }
    end = scanner.offset();
    await scanner.expect(']');
  } catch (error) {
    if (
      error instanceof SnapbackError &&
      error.code === 'snapshot-damaged' &&
      error.detail.table === undefined
    )
      throw new SnapbackError(
        'snapshot-damaged',
        `The file is damaged in “${name}”, row ${count + 1}: ${String(error.detail.why)}.`,
        { ...error.detail, table: name, row: count + 1 },
        error,
      );
    throw error;
  }
  if ((await proof?.finish(end)) === false) throw damaged('its contents are not what was written');
}
