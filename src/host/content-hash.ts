import type { TaskOptions } from '../model/task.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName } from '../sqlite/names.ts';
import { createTableHasher } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import type { Schema } from '../sqlite/schema.ts';
import { scanOrder, type Table } from '../sqlite/table.ts';
import { createYielder } from '../system/yielder.ts';

/** Every column that can be written, by name. */
export function allColumns(table: Table): readonly string[] {
  return table.columns.map((column) => column.name);
}

/** The content hash of a live table over the given columns. */
export async function hashLiveTable(
  db: AnyDatabase,
  table: Table,
  columns: readonly string[],
  schema: Schema,
  task: TaskOptions,
): Promise<string> {
  const yielder = createYielder(task);
  const hasher = createTableHasher(columns);
  const source = {
    schemaName: 'main',
    table: table.name,
    columns,
    order: scanOrder(table),
    encoding: schema.encoding,
  };
  let rows = 0;
  for (const row of readRows(db, source)) {
    hasher.add(row);
    rows += 1;
    if (rows % 256 === 0) await yielder.step();
  }
  return hasher.finish().hash;
}

/** Content hashes over all columns, by name, of the given live tables. */
export async function hashLiveTables(
  db: AnyDatabase,
  names: readonly string[],
  schema: Schema,
  task: TaskOptions,
): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const name of names) {
    const table = schema.tables.get(foldName(name));
    if (table !== undefined)
      hashes.set(name, await hashLiveTable(db, table, allColumns(table), schema, task));
  }
  return hashes;
}

/** What a table held: the hash of its rows over some of its columns. */
type HeldContent = { readonly name: string; readonly columns: readonly string[]; readonly hash: string };

/** Whether a live table holds exactly this content; false where it lacks one of the columns, or there is no such table. */
export async function holdsContent(
  db: AnyDatabase,
  { name, columns, hash }: HeldContent,
  schema: Schema,
  task: TaskOptions,
): Promise<boolean> {
  const live = schema.tables.get(foldName(name));
  if (live === undefined) return false;
  const has = new Set(allColumns(live));
  return (
    columns.every((column) => has.has(column)) &&
    (await hashLiveTable(db, live, columns, schema, task)) === hash
  );
}
