import type { Profile } from '../host/profile.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { readRows } from '../sqlite/rows.ts';
import type { Schema } from '../sqlite/schema.ts';
import { BYTES_AROUND_VALUE, LONGEST_ROW_BYTES, MOST_BYTES_EACH, refuseHugeRow } from './row-size.ts';

/**
 * Checks that every row of the database fits into a snapshot. Of most rows it reads only the sizes.
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
    const most = `(${sizes.join(' + ')}) * ${MOST_BYTES_EACH} + ${around}`;
    const order = `NOT INDEXED WHERE ${most} > ${LONGEST_ROW_BYTES}`;
    const source = { schemaName: 'main', table: table.name, columns, order, encoding: schema.encoding };
    for (const row of readRows(db, source)) refuseHugeRow(name, columns, row);
  }
}
