import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RowForm } from '../../src/host/ascii-json.ts';
import { jsonText, jsonValue } from '../../src/host/python-text.ts';
import { ALL_ROWIDS, createRowTextReader, type RowidRange, rangeAfter } from '../../src/host/row-text.ts';
import type { AnyDatabase } from '../../src/sqlite/database.ts';
import type { SqlValue } from '../../src/sqlite/row-hash.ts';
import { readRows } from '../../src/sqlite/rows.ts';
import { readSchema, type Schema } from '../../src/sqlite/schema.ts';
import type { Table } from '../../src/sqlite/table.ts';
import { integers, reals, sqlValues } from '../support/arbitraries.ts';
import { quote } from '../support/sql.ts';

type Row = readonly SqlValue[];

function withTable<T>(sql: string, rows: readonly Row[], use: (db: AnyDatabase, table: Table) => T): T {
  const db = Object.assign(new Database(':memory:'), { access: 'write' } as const);
  try {
    db.exec(sql);
    for (const row of rows) {
      const isRaw = (value: SqlValue) => typeof value === 'object' && value !== null && 'rawText' in value;
      const places = row.map((value) => (isRaw(value) ? 'CAST(? AS TEXT)' : '?'));
      const bound = row.map((value) =>
        typeof value === 'object' && value !== null && 'rawText' in value
          ? Buffer.from(value.rawText)
          : value,
      );
      db.prepare(`INSERT INTO t VALUES (${places.join(', ')})`).run(...bound);
    }
    db.exec('BEGIN');
    const table = readSchema(db).tables.get('t');
    if (table === undefined) throw new TypeError('There is no table.');
    return use(db, table);
  } finally {
    db.close();
  }
}

function formOf(columns: readonly string[], extract: RowForm['extract'] = []): RowForm {
  const before = columns.map((name, index) => `${index === 0 ? '{' : ', '}${jsonText(name)}: `);
  return { before, after: '}', between: ', ', extract };
}

type Written = { readonly text: string; readonly extracts: string; readonly odd: number };

/** What the reader makes, in batches of so many rows; null if it leaves the table to others. */
function bySql(db: AnyDatabase, table: Table, most: number, form: Partial<RowForm> = {}): Written | null {
  const columns = table.columns.map(({ name }) => name);
  const whole = { ...formOf(columns), ...form };
  const source = { schemaName: 'main', table, columns, encoding: readSchema(db).encoding, form: whole };
  const read = createRowTextReader(db, source);
  if (read === null) return null;
  const [texts, extracts]: [string[], string[]] = [[], []];
  let odd = 0;
  for (let range: RowidRange | null = ALL_ROWIDS; range !== null; ) {
    const batch = read(range, most);
    if (batch === null) break;
    for (const piece of batch.pieces) {
      const isText = 'text' in piece;
      texts.push(isText ? Buffer.from(piece.text).toString('latin1') : rowText(columns, piece.values));
      extracts.push(
        isText ? Buffer.from(piece.extracts).toString('latin1') : extractText(piece.values, whole.extract),
      );
      odd += isText ? 0 : 1;
    }
    range = rangeAfter(range, batch.last);
  }
  return { text: texts.join(', '), extracts: extracts.join(''), odd };
}

function rowText(columns: readonly string[], row: Row): string {
  return `{${row.map((value, index) => `${jsonText(columns[index] ?? '')}: ${jsonValue(value)}`).join(', ')}}`;
}

function extractText(row: Row, extract: RowForm['extract']): string {
  if (extract.length === 0) return '';
  return `[${extract.map((place) => jsonValue(place === null ? null : (row[place] ?? null))).join(', ')}]\n`;
}

function byValues(db: AnyDatabase, table: Table, extract: RowForm['extract'] = []) {
  const columns = table.columns.map(({ name }) => name);
  const order = `ORDER BY ${quote(table.rowid ?? '')}`;
  const encoding: Schema['encoding'] = 'UTF-8';
  const rows = [...readRows(db, { schemaName: 'main', table: 't', columns, order, encoding })];
  return {
    text: rows.map((row) => rowText(columns, row)).join(', '),
    extracts: rows.map((row) => extractText(row, extract)).join(''),
  };
}

const runs = { numRuns: 400 };

describe('the text of rows that SQLite makes', () => {
  test('is that of the rows one by one, whatever their values, and in batches of any size', () => {
    const rows = fc.array(fc.tuple(sqlValues, sqlValues, sqlValues), { maxLength: 12 });
    const extract = fc.constantFrom([], [0], [2, null, 0], [1, 1, 2]);
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 6 }), extract, (values, most, wanted) => {
        withTable('CREATE TABLE t (a, "b""\u00e9" BLOB, "c\'" )', values, (db, table) => {
          expect(bySql(db, table, most, { extract: wanted })).toMatchObject(byValues(db, table, wanted));
        });
      }),
      runs,
    );
  });

  test('is that of the rows one by one for columns of every affinity, and rowids of any size', () => {
    const rows = fc.uniqueArray(fc.tuple(integers, sqlValues, sqlValues, sqlValues, sqlValues), {
      selector: ([id]) => id,
      maxLength: 8,
    });
    const sql = 'CREATE TABLE t (id INTEGER PRIMARY KEY, i INT, r REAL, t TEXT, n NUMERIC)';
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 4 }), (values, most) => {
        withTable(sql, values, (db, table) => {
          expect(bySql(db, table, most)).toMatchObject(byValues(db, table));
        });
      }),
      runs,
    );
  });

  test('has every real as Python prints it', () => {
    const batch = fc.array(fc.tuple(reals), { minLength: 256, maxLength: 256 });
    fc.assert(
      fc.property(batch, (values) => {
        withTable('CREATE TABLE t (a)', values, (db, table) => {
          const made = bySql(db, table, 256);
          expect(made).toMatchObject({ ...byValues(db, table), odd: 0 });
        });
      }),
      { numRuns: 100 },
    );
  });

  test('leaves a row to others only where it must: bytes, text that is no UTF-8, and what is large', () => {
    const oddOf = (...rows: Row[]) =>
      withTable('CREATE TABLE t (a, b)', rows, (db, table) => {
        const made = bySql(db, table, 256);
        expect(made).toMatchObject(byValues(db, table));
        return made?.odd;
      });
    const plain: Row = ['\0\u0001\x7f\ufffd\ud83e\udd89"\\/\u2028', -0];
    expect(oddOf(plain, [null, Number.POSITIVE_INFINITY], [2n ** 63n - 1n, Number.NEGATIVE_INFINITY])).toBe(
      0,
    );
    expect(oddOf(plain, [1n, Uint8Array.of(0)], plain, plain)).toBe(1);
    expect(oddOf(plain, ['x'.repeat(40_000), 1n], ['y'.repeat(40_000), 1n], plain)).toBe(2);
    // Which row it is, SQLite does not say.
    expect(oddOf(plain, [{ rawText: Uint8Array.of(0xff) }, 1n], plain)).toBe(3);
  });

  test('needs no collation of the host', () => {
    const rows: Row[] = [[0.5], ['a'], [null], [0]];
    withTable('CREATE TABLE t (a)', rows, (db, table) => {
      const expected = byValues(db, table);
      db.exec('COMMIT');
      db.unsafeMode();
      db.exec(`PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a COLLATE of_the_host)';
        PRAGMA writable_schema = RESET; BEGIN`);
      expect(() => db.prepare("SELECT a = 'a' FROM t").all()).toThrow(/of_the_host/);
      expect(bySql(db, table, 256)).toMatchObject({ ...expected, odd: 0 });
    });
  });

  test.each([
    ['a table without rowids', 'CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID'],
    ['a table whose columns hide the rowid', 'CREATE TABLE t (rowid, oid, _rowid_)'],
    ['a view', 'CREATE TABLE u (a); CREATE VIEW t AS SELECT a FROM u'],
    ['a virtual table', 'CREATE VIRTUAL TABLE t USING fts5(a)'],
    ['a database in UTF-16', 'PRAGMA encoding = "UTF-16le"; CREATE TABLE t (a)'],
    [
      'a table with a thousand columns',
      `CREATE TABLE t (${Array.from({ length: 1000 }, (_, n) => `c${n}`).join()})`,
    ],
  ])('is not made of %s', (_, sql) => {
    withTable(sql, [], (db, table) => expect(bySql(db, table, 1)).toBeNull());
  });
});
