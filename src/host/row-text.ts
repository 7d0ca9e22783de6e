import type { AnyDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import { explainNeed } from '../sqlite/needs-host.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';
import {
  type AsciiForm,
  type AsciiRows,
  createAsciiWriter,
  EXTRACTED,
  NEXT_ROW,
  ODD_ROW,
  REAL,
} from './ascii-json.ts';

/*
 * Rows of a table as the host's JSON text, made by SQLite for many rows at a time: several times faster than value by
 * value, and the same to the byte. What SQLite cannot say exactly, it leaves to `readRows`.
 */

/** What the text of a row is made of. All of it is ASCII. */
export type RowForm = Omit<AsciiForm, 'extract'> & {
  /** What stands before the value of each column. */
  readonly before: readonly string[];
  /** What stands behind the last value. */
  readonly after: string;
  /** The columns whose values make up a row's extract, by place; null for a value that no row has. */
  readonly extract: readonly (number | null)[];
};

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
 * Makes the reader of a table, in the order of its rowids. Null where SQLite cannot make the text: of what is not an
 * ordinary table with rowids, of text in UTF-16, and of too many columns. The caller holds a read transaction.
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
  const [findLast, makeText] = explained(() => [
    db
      .prepare<[bigint, bigint, number], bigint>(
        `SELECT max(r) FROM (SELECT ${rowid} AS r ${from} WHERE ${rowid} BETWEEN ? AND ? ORDER BY ${rowid} LIMIT ?)`,
      )
      .pluck()
      .safeIntegers(),
    db
      .prepare<[bigint, bigint], Buffer>(
        `SELECT CAST(group_concat(${rowSql(source, rowid)}, char(${NEXT_ROW})) AS BLOB) ${from} WHERE ${rowid} BETWEEN ? AND ?`,
      )
      .pluck(),
  ]);
  const marked = [...new Set(form.extract.filter((place) => place !== null))].sort((a, b) => a - b);
  const writeAscii = createAsciiWriter({
    between: form.between,
    extract: form.extract.map((place) => (place === null ? null : marked.indexOf(place))),
  });

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

  return ({ first, last: end }, most) =>
    explained(() => {
      const last = findLast.get(first, end, Math.min(most, MOST_ROWS));
      if (last == null) return null;
      const made = makeText.get(first, last) ?? Buffer.alloc(0);
      const rows = writeAscii(made);
      const pieces = rows === null ? readValues(first, last) : eachPiece(rows);
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

/** The text of a row in SQL, with the characters of `ascii-json.ts` for what SQL cannot say. */
function rowSql({ columns, form }: TextSource, rowid: string): string {
  const extracted = new Set(form.extract);
  const most = Math.floor(LARGEST_ROW_BYTES / columns.length);
  const parts = columns.flatMap((column, index) => {
    const value = valueSql(quoteName(column), `char(${ODD_ROW}) || ${rowid}`, most);
    const mark = extracted.has(index) ? [`char(${EXTRACTED})`] : [];
    return [textSql(form.before[index] ?? ''), ...mark, value, ...mark];
  });
  return `concat(${[...parts, textSql(form.after)].join(', ')})`;
}

/**
 * SQL loses the sign of a negative zero when it writes it, but the arc tangent knows it. The column is never compared,
 * because that might need a collation of the host.
 */
function valueSql(name: string, odd: string, most: number): string {
  return `CASE typeof(${name})
    WHEN 'text' THEN iif(octet_length(${name}) > ${most}, ${odd}, json_quote(${name}))
    WHEN 'integer' THEN ${name}
    WHEN 'null' THEN 'null'
    WHEN 'real' THEN iif(${name}, char(${REAL}) || quote(${name}), iif(atan2(${name}, -1) < 0, '-0.0', '0.0'))
    ELSE ${odd} END`;
}

function textSql(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
