import { allColumns, holdsContent } from '../host/content-hash.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { Profile } from '../host/profile.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { createTableHasher, type SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import { scanOrder, type Table } from '../sqlite/table.ts';
import { createYielder } from '../system/yielder.ts';
import { type DumpedTable, isHashed } from './notes.ts';
import { createTableDigest } from './table-text.ts';

/** SQL after a table's name that reads its rows in the order of a dump: the log by its ids, any other as `scanOrder`. */
export function dumpOrder(table: Table, { log }: Profile): string {
  return foldName(table.name) === foldName(log.table)
    ? `${table.scanHint} ORDER BY ${quoteName(log.columns.id)}`
    : scanOrder(table);
}

/** Compares rows, which are added in the order of the dump, with what the notes of their file say about the table. */
export function createDumpCheck(expected: DumpedTable): {
  readonly add: (row: readonly SqlValue[]) => void;
  /** Whether they are what was written. */
  readonly finish: () => boolean;
} {
  if (isHashed(expected)) {
    const hasher = createTableHasher(expected.columns);
    return {
      add: hasher.add,
      finish() {
        const found = hasher.finish();
        return found.hash === expected.hash && found.rows === expected.rows;
      },
    };
  }
  const digest = createTableDigest(expected.columns);
  return {
    add: digest.add,
    finish() {
      const found = digest.finish();
      return (
        found.rows === expected.rows &&
        found.sha256 === expected.sha256 &&
        found.exactSha256 === expected.exactSha256
      );
    },
  };
}

/** Whether a live table holds what was dumped, in the columns of the dump; false if it lacks one or does not exist. */
export async function holdsDump(
  database: HostDatabase,
  dumped: DumpedTable,
  task: TaskOptions,
): Promise<boolean> {
  if (isHashed(dumped)) return holdsContent(database, dumped, task);
  const { db, schema, profile } = database;
  const live = schema.tables.get(foldName(dumped.name));
  const has = new Set(live === undefined ? [] : allColumns(live));
  if (live === undefined || !dumped.columns.every((column) => has.has(column))) return false;
  const yielder = createYielder(task);
  const check = createDumpCheck(dumped);
  const { columns } = dumped;
  const order = dumpOrder(live, profile);
  const source = { schemaName: 'main', table: live.name, columns, order, encoding: schema.encoding };
  for (const row of readRows(db, source)) {
    check.add(row);
    await yielder.step();
  }
  return check.finish();
}
