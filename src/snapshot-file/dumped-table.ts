import type { RowForm } from '../host/ascii-json.ts';
import { allColumns, holdsContent } from '../host/content-hash.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { type RowPiece, readRowPieces } from '../host/row-text.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { createTableHasher, type SqlValue } from '../sqlite/row-hash.ts';
import { scanOrder, type Table } from '../sqlite/table.ts';
import { createYielder } from '../system/yielder.ts';
import { type DumpedTable, isHashed, type WrittenDump } from './notes.ts';
import { createTableDigest, rowForm } from './table-text.ts';

type TableDigest = ReturnType<typeof createTableDigest>;

/**
 * Reads a table in the order of a dump: the log by its ids, any other as `scanOrder`. `extract`: as in `rowForm`.
 * @throws database errors
 */
export function readDumpPieces(
  { db, schema, profile: { log } }: HostDatabase,
  { table, columns, extract = [], upTo = null }: DumpSource,
): Generator<RowPiece> {
  const isLog = foldName(table.name) === foldName(log.table);
  const id = log.columns.id;
  const some = upTo === null ? '' : `WHERE ${quoteName(id)} <= ${upTo}`;
  return readRowPieces(db, {
    schemaName: 'main',
    table,
    columns,
    encoding: schema.encoding,
    form: rowForm(columns, extract),
    order: isLog ? `${table.scanHint} ${some} ORDER BY ${quoteName(id)}` : scanOrder(table),
    // Only where all rows are read, their rowids tell where to go on.
    byRowid:
      !isLog || (upTo === null && table.rowidColumn !== null && foldName(table.rowidColumn) === foldName(id)),
  });
}

type DumpSource = {
  readonly table: Table;
  readonly columns: readonly string[];
  readonly extract?: RowForm['extract'];
  /** The last event to read of the log; null: all of it. */
  readonly upTo?: bigint | null;
};

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
  // Nothing but its seal proves a table of a database file.
  if (!('sha256' in expected)) return { add: () => undefined, finish: () => false };
  const digest = createTableDigest(expected.columns);
  return { add: digest.add, finish: () => isSame(digest.finish(), expected) };
}

/** Whether a live table holds what was dumped, in the columns of the dump; false if it lacks one or does not exist. */
export async function holdsDump(
  database: HostDatabase,
  dumped: DumpedTable,
  task: TaskOptions,
): Promise<boolean> {
  if (isHashed(dumped)) return holdsContent(database, dumped, task);
  if (!('sha256' in dumped)) return false;
  const live = database.schema.tables.get(foldName(dumped.name));
  const has = new Set(live === undefined ? [] : allColumns(live));
  if (live === undefined || !dumped.columns.every((column) => has.has(column))) return false;
  const yielder = createYielder(task);
  const digest = createTableDigest(dumped.columns);
  for (const piece of readDumpPieces(database, { table: live, columns: dumped.columns })) {
    if ('text' in piece) digest.addText(piece.text, piece.rows);
    else digest.add(piece.values);
    await yielder.step();
  }
  return isSame(digest.finish(), dumped);
}

function isSame(
  found: ReturnType<TableDigest['finish']>,
  { rows, sha256, exactSha256 }: WrittenDump,
): boolean {
  return found.rows === rows && found.sha256 === sha256 && found.exactSha256 === exactSha256;
}
