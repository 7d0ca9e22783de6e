import type { Profile } from '../host/profile.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { readRows } from '../sqlite/rows.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';
import { BYTES_AROUND_VALUE, LONGEST_ROW_BYTES, MOST_BYTES_EACH, refuseHugeRow } from './row-size.ts';

/**
 * Checks that every row of the database fits into a snapshot. A table whose largest row fits is not read, and of the rows of
 * others only the sizes, unless they are huge.
 * @throws `row-too-large`, as taking the snapshot would; `schema-needs-host`, database errors
 */
export function refuseHugeRows(db: AnyDatabase, schema: Schema, { log, tables }: Profile): void {
  for (const name of [log.table, ...tables]) {
    const table = schema.tables.get(foldName(name));
    if (table === undefined) continue;
    const columns = table.columns.map((column) => column.name);
    const sizes = columns.map((column) => `ifnull(octet_length(${quoteName(column)}), 0)`);
    const around = columns.reduce(
      (sum, column) => sum + column.length * MOST_BYTES_EACH + 2 * BYTES_AROUND_VALUE,
      0,
    );
    const largest = largestRowBytes(db, schema, table);
    if (largest !== null && largest * MOST_BYTES_EACH + around <= LONGEST_ROW_BYTES) continue;
    const most = `(${sizes.join(' + ')}) * ${MOST_BYTES_EACH} + ${around}`;
    const order = `NOT INDEXED WHERE ${most} > ${LONGEST_ROW_BYTES}`;
    const source = { schemaName: 'main', table: table.name, columns, order, encoding: schema.encoding };
    for (const row of readRows(db, source)) refuseHugeRow(name, columns, row);
  }
}

/** SQLite stores text in as many bytes for each letter at most. */
const BYTES_PER_LETTER = 4;

/**
 * At least as many bytes as the texts and BLOBs of any row have; null where the table's pages do not tell. What a column that
 * was added later holds by default is in the table's own statement, and not in the rows.
 */
function largestRowBytes(db: AnyDatabase, { objects }: Schema, { kind, name }: Table): number | null {
  const sql = objects.find((one) => one.type === 'table' && one.name === name)?.sql;
  if (kind !== 'table' || sql == null) return null;
  const stored = db
    .prepare<[string], unknown>('SELECT mx_payload FROM dbstat WHERE aggregate = TRUE AND name = ?')
    .pluck()
    .get(name);
  return typeof stored === 'number' ? stored + sql.length * BYTES_PER_LETTER : null;
}
