import type { AnyDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import { explainNeed } from '../sqlite/needs-host.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';
import { type AsciiRows, createAsciiWriter, NEXT_ROW, type RowForm } from './ascii-json.ts';

/*
 * Rows of a table as the host's JSON text, made by SQLite for many rows at a time: several times faster than value by
 * value, and the same to the byte. What SQLite cannot say exactly, it leaves to `readRows`.
 */

export type TextSource = {
  readonly schemaName: string;
  readonly table: Pick<Table, 'name' | 'kind' | 'rowid'>;
  readonly columns: readonly string[];
  readonly encoding: Schema['encoding'];
  readonly form: RowForm;
};

/** What follows the row with this rowid in a range; null at its end. */
export function rangeAfter({ last }: RowidRange, rowid: bigint): RowidRange | null {
  return rowid >= last ? null : { first: rowid + 1n, last };
}

/** Rows in the order of the table: as text, or as the values of one row. */
export type RowPiece = AsciiRows | { readonly values: readonly SqlValue[] };

/** Some rows that follow each other. `last` is the rowid of the last one. */
type RowBatch = {
  readonly pieces: Iterable<RowPiece>;
  readonly last: bigint;
};

/** Rowids, with both ends. */
export type RowidRange = { readonly first: bigint; readonly last: bigint };

/** Reads the first rows of a range, at most so many. Null: there are none. Their texts are valid until the next call. */
export type RowTextReader = (range: RowidRange, most: number) => RowBatch | null;

export const ALL_ROWIDS: RowidRange = { first: -(2n ** 63n), last: 2n ** 63n - 1n };
/** The most rows to read at once: more would not be faster. */
export const MOST_ROWS = 256;
/** A larger row is read by its values. So all of a batch takes a few megabytes at most. */
const LARGEST_ROW_BYTES = 32 * 1024;
/** SQLite's functions take a thousand arguments. */
const MOST_COLUMNS = 300;
const LONGEST_FORM = 64 * 1024;

/**
 * Makes the reader of a table, in the order of its rowids. Null where SQLite cannot make the text: for anything but an
 * ordinary table with rowids, for a database in UTF-16, and for too many columns. The caller holds a read transaction.
 * @throws `schema-needs-host` from the reader, where reading the rows needs something of the host
 */
export function createRowTextReader(db: AnyDatabase, source: TextSource): RowTextReader | null {
  const { schemaName, table, columns, encoding, form } = source;
  const isLong = [...form.before, ...columns].join().length > LONGEST_FORM;
  if (table.kind !== 'table' || table.rowid === null || encoding !== 'UTF-8') return null;
  if (columns.length === 0 || columns.length > MOST_COLUMNS || isLong) return null;
  const rowid = quoteName(table.rowid);
  const from = `FROM ${quoteName(schemaName)}.${quoteName(table.name)} NOT INDEXED`;
  const explained = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw explainNeed(error, table.name);
    }
  };
  const [findNear, findLast] = explained(() => [
    db
      .prepare<[bigint, bigint], bigint>(`SELECT max(${rowid}) ${from} WHERE ${rowid} BETWEEN ? AND ?`)
      .pluck()
      .safeIntegers(),
    db
      .prepare<[bigint, bigint, number], bigint>(
        `SELECT max(r) FROM (SELECT ${rowid} AS r ${from} WHERE ${rowid} BETWEEN ? AND ? ORDER BY ${rowid} LIMIT ?)`,
      )
      .pluck()
      .safeIntegers(),
  ]);
  // Asking for the sign of each value takes time, so only columns in which there was a zero are asked.
  const signed = new Set<number>();
  const prepareText = () =>
    db
      .prepare<[bigint, bigint], readonly [Buffer | null, number]>(
        `SELECT CAST(group_concat(${rowSql(source, rowid, signed)}, char(${NEXT_ROW})) AS BLOB), count(*) ${from} WHERE ${rowid} BETWEEN ? AND ?`,
      )
      .raw();
  let makeText = explained(prepareText);
  const writeAscii = createAsciiWriter(form);
  // So many rowids that follow each other are found at once; where most of them have no row, the rows have to be counted.
  let isDense = true;

  function* readValues(first: bigint, last: bigint): Generator<RowPiece> {
    const order = `NOT INDEXED WHERE ${rowid} BETWEEN ${first} AND ${last} ORDER BY ${rowid}`;
    for (const values of readRows(db, { schemaName, table: table.name, columns, order, encoding }))
      yield { values };
  }

  function* eachPiece(rows: readonly (AsciiRows | bigint)[]): Generator<RowPiece> {
    let odd: { readonly first: bigint; last: bigint } | null = null;
    for (const row of rows) {
      if (typeof row !== 'bigint') {
        if (odd !== null) yield* readValues(odd.first, odd.last);
        odd = null;
        yield row;
      } else if (odd === null) odd = { first: row, last: row };
      else odd.last = row;
    }
    if (odd !== null) yield* readValues(odd.first, odd.last);
  }

  function makeRows(first: bigint, last: bigint) {
    for (;;) {
      const [bytes, rows] = makeText.get(first, last) ?? [null, 0];
      const written = writeAscii({ bytes: bytes ?? Buffer.alloc(0), rows, signed });
      if (written === 'undecodable' || !('zeroIn' in written)) return { written, rows };
      signed.add(written.zeroIn);
      makeText = prepareText();
    }
  }

  return ({ first, last: end }, mostWanted) =>
    explained(() => {
      const most = Math.min(mostWanted, MOST_ROWS);
      const near = first + BigInt(most) - 1n;
      const found = isDense ? findNear.get(first, near < end ? near : end) : null;
      const last = found ?? findLast.get(first, end, most);
      if (last == null) return null;
      const { written, rows } = makeRows(first, last);
      isDense = rows * 2 >= most;
      const pieces = written === 'undecodable' ? readValues(first, last) : eachPiece(written);
      return { pieces, last };
    });
}

/** Where all rows of a table are read, in an order of their own. */
export type PieceSource = TextSource & {
  /** SQL after the table's name, which gives the rows their order. */
  readonly order: string;
  /** Whether that is the order of the rowids. */
  readonly byRowid: boolean;
};

/** Reads all rows of a table in their order, as text where SQLite can make it. A piece is valid until the next one. */
export function* readRowPieces(db: AnyDatabase, source: PieceSource): Generator<RowPiece> {
  const read = source.byRowid ? createRowTextReader(db, source) : null;
  if (read === null) {
    for (const values of readRows(db, { ...source, table: source.table.name })) yield { values };
    return;
  }
  for (let range: RowidRange | null = ALL_ROWIDS; range !== null; ) {
    const batch = read(range, MOST_ROWS);
    if (batch === null) return;
    yield* batch.pieces;
    range = rangeAfter(range, batch.last);
  }
}

/** A row in SQL: its values as a JSON array, or its rowid where JSON cannot hold them, or they are large. */
function rowSql({ columns }: TextSource, rowid: string, signed: ReadonlySet<number>): string {
  const most = Math.floor(LARGEST_ROW_BYTES / columns.length);
  const names = columns.map(quoteName);
  const odd = names.map((name) => oddSql(name, most)).join(' OR ');
  const values = names.map((name, index) => (signed.has(index) ? signedSql(name) : name));
  return `iif(${odd}, ${rowid}, json_array(${values.join(', ')}))`;
}

/** Whether a value is bytes or a long text. Text is more than any number, and less than any bytes. */
function oddSql(name: string, most: number): string {
  return `(${compared(name)} >= '' AND (octet_length(${name}) > ${most} OR ${compared(name)} >= x''))`;
}

/** JSON loses the sign of a negative zero, but the arc tangent knows it. */
function signedSql(name: string): string {
  return `iif(${compared(name)} = 0 AND atan2(${name}, -1) < 0, json('-0.0'), ${name})`;
}

/** A column, for a comparison that does not use its collation, which may be one of the host, and that converts nothing. */
function compared(name: string): string {
  return `+${name} COLLATE BINARY`;
}
