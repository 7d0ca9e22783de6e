import { createHash } from 'node:crypto';
import { parseBytesRepr } from '../host/bytes-repr.ts';
import { jsonValue } from '../host/python-text.ts';
import type { AnyDatabase, WriteDatabase } from '../sqlite/database.ts';
import { nameList, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import { sameKey } from '../sqlite/same-values.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Column, Table } from '../sqlite/table.ts';

/** The values of a row that look like the text of bytes: by their place in the row, the bytes that they would be. */
export type Alike = ReadonlyMap<number, Uint8Array>;

/** Finds the live rows that a row of the host's snapshot may be: those that the host would write with the same key. */
export type LiveRows = {
  /**
   * Live rows with that key, or in a table without a key those with the very same texts. Their values are in the places of
   * the file's columns. There is more than one only where one holds the text of the other's bytes. Without a key each live
   * row comes first in the result only once.
   */
  readonly find: (row: readonly SqlValue[], alike: Alike) => readonly (readonly SqlValue[])[];
  /** Places of the key's values in the file's rows; empty where rows are not told apart by a key. */
  readonly key: readonly number[];
};

/** The table in which rows are looked up. `stage` is a private database that may be written to. */
export type LiveTable = {
  readonly db: AnyDatabase;
  readonly table: Table;
  readonly encoding: Schema['encoding'];
  readonly stage: { readonly db: WriteDatabase; readonly name: string };
  /** The live column for each column of the file. */
  readonly targets: readonly (Column | undefined)[];
};

/** The most lookups for one row, where several values of its key may each be bytes or text. */
const MOST_KEYS = 16;

/** Creates the finder. Nothing is read before the first lookup. @throws from `find`: `schema-needs-host`, database errors */
export function createLiveRows(source: LiveTable): LiveRows {
  const { table, targets } = source;
  const shared = targets.flatMap((column, place) => (column === undefined ? [] : [place]));
  const keyed = table.key.map((name) => targets.findIndex((column) => column?.name === name));
  const hasKey = keyed.length > 0 && !keyed.includes(-1);
  return hasKey
    ? { key: keyed, find: findByKey(source, shared, keyed) }
    : { key: [], find: findByForm(source, shared) };
}

/** Creates a store of one note for each combination of values: it returns the earlier note, or keeps this one and returns null. */
export function createNotes({
  stage,
}: LiveTable): (values: readonly SqlValue[], note: string) => string | null {
  const notes = `${stage.name}_notes`;
  stage.db.exec(`CREATE TABLE ${notes} (form BLOB PRIMARY KEY, note TEXT) WITHOUT ROWID`);
  const insert = stage.db.prepare<[Buffer, string]>(`INSERT OR IGNORE INTO ${notes} VALUES (?, ?)`);
  const select = stage.db.prepare<[Buffer], string>(`SELECT note FROM ${notes} WHERE form = ?`).pluck();
  return (values, note) => {
    const form = formOf(values);
    return insert.run(form, note).changes === 1 ? null : (select.get(form) ?? null);
  };
}

function findByKey(
  { db, table, targets }: LiveTable,
  shared: readonly number[],
  key: readonly number[],
): LiveRows['find'] {
  const names = shared.flatMap((place) => targets[place]?.name ?? []);
  const where = table.key.map((column) => sameKey(table, column, quoteName(column), '?')).join(' AND ');
  let statement: ReturnType<typeof prepare> | null = null;
  const prepare = () =>
    db
      .prepare<SqlValue[], SqlValue[]>(
        `SELECT ${nameList(names)} FROM main.${quoteName(table.name)} WHERE ${where}`,
      )
      .raw()
      .safeIntegers();
  return (row, alike) =>
    needingHost(table.name, () => {
      statement ??= prepare();
      const lookUp = statement;
      return keysOf(row, key, alike).flatMap((values) => {
        const found = lookUp.get(...values);
        return found === undefined ? [] : [spread(shared, found)];
      });
    });
}

/** Every key that a row of the host's file may have. */
function keysOf(row: readonly SqlValue[], key: readonly number[], alike: Alike): readonly SqlValue[][] {
  let keys: SqlValue[][] = [[]];
  for (const place of key) {
    const bytes = alike.get(place);
    const choices = [...(bytes === undefined ? [] : [bytes]), row[place] ?? null];
    keys = choices.flatMap((value) => keys.map((values) => [...values, value]));
    if (keys.length > MOST_KEYS) return [];
  }
  return keys;
}

function findByForm(
  { db, table, targets, encoding, stage }: LiveTable,
  shared: readonly number[],
): LiveRows['find'] {
  const forms = `${stage.name}_forms`;
  const columns = shared.flatMap((place) => targets[place]?.name ?? []);
  let filled = false;

  /** Records for the live rows with bytes, or with the text of bytes, which of their values are which, and how many rows are alike. */
  function fill(): void {
    stage.db.exec(
      `CREATE TABLE IF NOT EXISTS ${forms} (form BLOB, classes TEXT, unused INTEGER, PRIMARY KEY (form, classes)) WITHOUT ROWID;
       DELETE FROM ${forms}`,
    );
    const insert = stage.db.prepare<[Buffer, string]>(
      `INSERT INTO ${forms} VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET unused = unused + 1`,
    );
    for (const row of readRows(db, {
      schemaName: 'main',
      table: table.name,
      columns,
      order: table.scanHint,
      encoding,
    })) {
      const classes = row.map(classOf).join('');
      if (/[bt]/.test(classes)) insert.run(formOf(row), classes);
    }
    filled = true;
  }

  return (row, alike) => {
    if (!filled) needingHost(table.name, fill);
    const form = formOf(shared.map((place) => row[place] ?? null));
    const found = stage.db
      .prepare<[Buffer], string>(
        `SELECT classes FROM ${forms} WHERE form = ? AND unused > 0 ORDER BY classes`,
      )
      .pluck()
      .all(form);
    stage.db
      .prepare<[Buffer, string]>(`UPDATE ${forms} SET unused = unused - 1 WHERE form = ? AND classes = ?`)
      .run(form, found[0] ?? '');
    return found.map((classes) => {
      const values = shared.map((place, index) =>
        classes[index] === 'b' ? (alike.get(place) ?? null) : (row[place] ?? null),
      );
      return spread(shared, values);
    });
  };
}

function classOf(value: SqlValue): string {
  if (value instanceof Uint8Array) return 'b';
  return typeof value === 'string' && parseBytesRepr(value) !== null ? 't' : '-';
}

/** Hash of the values as the host writes them, with bytes as their text. */
function formOf(values: readonly SqlValue[]): Buffer {
  const digest = createHash('sha256');
  for (const value of values) digest.update(jsonValue(value)).update(',');
  return digest.digest();
}

function spread(places: readonly number[], values: readonly SqlValue[]): readonly SqlValue[] {
  const row: SqlValue[] = [];
  for (const [index, place] of places.entries()) row[place] = values[index] ?? null;
  return row;
}
