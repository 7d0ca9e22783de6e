import { ALL_ROWIDS, type RowidRange, rangeAfter } from '../host/row-text.ts';
import type { StoredRows } from '../snapshot-file/stored-rows.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { foldName, nameList, quoteName } from '../sqlite/names.ts';
import { sqliteCode } from '../sqlite/result-codes.ts';
import type { Column, Table } from '../sqlite/table.ts';
import { freeRowidName } from '../sqlite/virtual-table.ts';
import type { Yielder } from '../system/yielder.ts';
import { type Affinity, affinityOf } from './affinity.ts';
import { type Layout, stageColumn } from './layout.ts';
import { SOURCE_SCHEMA } from './stored-source.ts';

/*
 * Copies rows from a snapshot that is a database into the stage, by SQL alone. Invariant: the result is what reading
 * their values one by one would give. Where there is any doubt, no row is copied.
 */

const ROWS_PER_STEP = 1024;

/** A table of the stage that is still empty, and the live one for which it is laid out. */
export type StoredTarget = {
  readonly db: WriteDatabase;
  readonly name: string;
  readonly live: Table;
  readonly layout: Layout;
};

/**
 * Copies rows into the stage out of the attached snapshot, whose table has the SQL of the live one. False, with the stage's
 * table empty, where they have to be read one by one: a value would be stored in another form, the file is damaged, or its
 * rows are not in the order of their rowids. @throws `cancelled`, and SQLite's errors that ended the transaction
 */
export async function copyStoredRows(
  target: StoredTarget,
  stored: StoredRows,
  yielder: Yielder,
): Promise<boolean> {
  const { db, name, live, layout } = target;
  const rowid = findRowid(live, stored.by);
  if (rowid === null || layout.shared.length < stored.columns.length) return false;
  try {
    // SQLite counts on from the last rowid, and places begin with 0.
    if (layout.keyColumn === null) db.exec(`INSERT INTO main.${name} (ord) VALUES (-1)`);
    const copied = await copyInSteps(target, { ...stored, rowid }, yielder);
    if (layout.keyColumn === null) db.exec(`DELETE FROM main.${name} WHERE ord = -1`);
    if (copied === stored.rows) return true;
  } catch (error) {
    if (sqliteCode(error) === null || !db.inTransaction) throw error;
  }
  db.exec(`DELETE FROM main.${name}`);
  return false;
}

/** How many rows were copied; null after some of them, where a value would be stored in another form. */
async function copyInSteps(
  { db, name, live, layout }: StoredTarget,
  { table, columns, rowid }: StoredRows & { readonly rowid: string },
  yielder: Yielder,
): Promise<number | null> {
  const from = `FROM ${SOURCE_SCHEMA}.${quoteName(table)} NOT INDEXED WHERE ${rowid}`;
  const changes = layout.targets.flatMap((column) => (column === undefined ? [] : changeSql(column, live)));
  const find = (sql: string) => db.prepare<bigint[], bigint>(sql).pluck().safeIntegers();
  const findLast = find(`SELECT ${rowid} ${from} >= ? ORDER BY ${rowid} LIMIT 1 OFFSET ${ROWS_PER_STEP - 1}`);
  const findChange = find(
    `SELECT 1 ${from} BETWEEN ? AND ? AND (${changes.join(' OR ') || 'FALSE'}) LIMIT 1`,
  );
  const insert = db.prepare<bigint[]>(
    `INSERT INTO main.${name} (${columns.map((_, index) => stageColumn(index)).join(', ')})
       SELECT ${nameList(columns)} ${from} BETWEEN ? AND ? ORDER BY ${rowid}`,
  );
  let copied = 0;
  for (let range: RowidRange | null = ALL_ROWIDS; range !== null; ) {
    await yielder.step();
    const { first } = range;
    const last = findLast.get(first) ?? ALL_ROWIDS.last;
    if (changes.length > 0 && findChange.get(first, last) !== undefined) return null;
    copied += insert.run(first, last).changes;
    range = rangeAfter(range, last);
  }
  return copied;
}

/** The name of the rowid in SQL, where the rows are in the order of it. */
function findRowid({ rowid, rowidColumn, columns, generated }: Table, by: readonly string[]): string | null {
  const names = [...columns.map((column) => column.name), ...generated];
  const rowidNames = [rowidColumn, freeRowidName(names)].flatMap((one) =>
    one === null ? [] : foldName(one),
  );
  return rowid !== null && by.length === 1 && rowidNames.includes(foldName(by[0] ?? ''))
    ? quoteName(rowid)
    : null;
}

/** SQL: whether storing a value of the column changes it. It is the column of the snapshot, so it has the same affinity. */
function changeSql(column: Column, live: Table): readonly string[] {
  if (column.name === live.rowidColumn) return [];
  const value = quoteName(column.name);
  // A text that SQLite takes for a number is compared as that in such a column, and any other text is greater than all
  // numbers.
  const becomesNumber = `typeof(${value}) = 'text' AND ${value} COLLATE BINARY <= 9e999`;
  const becomesInteger = `typeof(${value}) = 'real' AND ${value} = CAST(${value} AS INTEGER)`;
  const sql: Readonly<Record<Affinity, readonly string[]>> = {
    BLOB: [],
    TEXT: [`typeof(${value}) IN ('integer', 'real')`],
    REAL: [becomesNumber],
    INTEGER: [becomesNumber, becomesInteger],
    NUMERIC: [becomesNumber, becomesInteger],
  };
  return sql[affinityOf(column, live.strict)].map((one) => `(${one})`);
}
