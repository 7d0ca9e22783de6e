import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import type { ReadDatabase } from '../sqlite/database.ts';
import { openUntrustedDatabase } from '../sqlite/descriptor-database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { isCompileError } from '../sqlite/result-codes.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import { readEncoding, type Schema, unreadableError } from '../sqlite/schema.ts';
import { readColumns, whyUnreadable } from '../sqlite/table.ts';
import { freeRowidName } from '../sqlite/virtual-table.ts';
import { createYielder, type Yielder } from '../system/yielder.ts';
import type { SnapshotBytes } from './bytes.ts';
import { checkSeal, damagedDatabase, explainReading, findNotes, readDatabaseHead } from './database-file.ts';
import { createDumpCheck } from './dumped-table.ts';
import { describeForeign, INCOMPLETE } from './foreign.ts';
import type { DumpedTable } from './notes.ts';
import type { SnapshotPart } from './parts.ts';
import { batchOfValues } from './row-batch.ts';
import { formatMegabytes, LONGEST_ROW_BYTES } from './row-size.ts';
import type { RowCopier } from './stored-rows.ts';
import { createPageMap } from './table-pages.ts';

const ROWS_PER_BATCH = 512;
/** Of texts and BLOBs. */
const BYTES_PER_BATCH = 4 << 20;

/**
 * Streams a snapshot that is a database as `readSnapshot` does one that is JSON. Only plain tables are read, and of them
 * only stored columns, so that nothing of the file's own runs. Its seal proves its bytes. Where we wrote it and somebody
 * rebuilt it since (with VACUUM, say), the content of each table has to be what we noted. Rows that the copier
 * takes are not among the parts.
 */
export async function* readDatabaseSnapshot(
  file: SnapshotBytes,
  reading: Reading,
  task: TaskOptions,
): AsyncGenerator<SnapshotPart> {
  const { problem, complete } = await readDatabaseHead(file);
  if (problem !== null)
    throw new SnapbackError('snapshot-damaged', describeForeign(problem), { offset: 0, why: problem });
  if (!complete) throw new SnapbackError('snapshot-damaged', INCOMPLETE, { why: 'its end is missing' });
  try {
    const { db, close } = await openUntrustedDatabase(file);
    try {
      yield* readAll(db, { file, ...reading }, task);
    } finally {
      await close();
    }
  } catch (error) {
    throw explainReading(error, file);
  }
}

/** Which tables are read, and what becomes of their rows and of those that cannot be read, as `ReadingOptions` says. */
type Reading = {
  readonly knownTables: ReadonlySet<string>;
  readonly copier: RowCopier | null;
  readonly tellsUnreadable: boolean;
};

async function* readAll(
  db: ReadDatabase,
  { file, knownTables, copier: given, tellsUnreadable }: Reading & { readonly file: SnapshotBytes },
  task: TaskOptions,
): AsyncGenerator<SnapshotPart> {
  const yielder = createYielder(task);
  const notes = findNotes(db);
  const about = notes?.about ?? null;
  const copier = readEncoding(db) === 'UTF-8' ? given : null;
  const pages = createPageMap(file, Number(db.pragma('page_size', { simple: true })));
  const { sha256, sealed } = await checkSeal(file, notes, task, async (piece, position) => {
    await pages.see(piece, position);
    await copier?.addBytes(piece, position);
  });
  yield { type: 'start', about };
  if (about !== null) yield { type: 'last-event-id', value: BigInt(about.lastEventId) };
  const tables = listTables(db, knownTables);
  if (tables.length === 0) throw damagedDatabase('it has none of the tables of a snapshot', null);
  if (!(await pages.areTrees(tables.map((table) => rootOf(db, table)))))
    throw damagedDatabase('some of its pages occur twice', null);
  const noted = new Map(about?.tables.map((table) => [foldName(table.name), table]));
  for (const { name } of noted.values())
    if (!tables.some((table) => foldName(table) === foldName(name)))
      throw damagedDatabase('it was written but is missing', name);
  for (const name of tables) {
    const expected = noted.get(foldName(name));
    if (about !== null && !sealed && expected === undefined)
      throw damagedDatabase('it was not written with this file', name);
    const reason = whyUnreadable(db, { name, wr: findRowid(db, name) === null ? 1 : 0 });
    if (reason !== null) {
      if (!tellsUnreadable) throw unreadableError({ name, reason });
      yield { type: 'unreadable', table: name, reason };
      continue;
    }
    const source = describeSource(db, name, expected);
    if (file.sizeBytes > LONGEST_ROW_BYTES && hasHugeRow(db, source))
      throw damagedDatabase(`one row is longer than ${formatMegabytes(LONGEST_ROW_BYTES)}`, name);
    yield* readTable(db, source, { expected, sealed, copier }, yielder);
  }
  for (const name of about?.absent ?? []) yield { type: 'table', name };
  yield { type: 'end', sha256 };
}

/** The known tables that are plain ones. A view, or a table whose contents a module makes, is passed over. */
export function listTables(db: ReadDatabase, known: ReadonlySet<string>): readonly string[] {
  const all = db
    .prepare<[], string>(
      "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY rowid",
    )
    .pluck();
  return all.all().filter((name) => typeof name === 'string' && known.has(foldName(name)));
}

/** The first page of a table. */
export function rootOf(db: ReadDatabase, table: string): number {
  const root = db.prepare<[string], unknown>(
    "SELECT rootpage FROM main.sqlite_schema WHERE type = 'table' AND name = ?",
  );
  return Number(root.pluck().get(table));
}

/** A table to read, and how. */
export type Source = {
  /** As the notes name it, or else the database. */
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** The columns that order the rows, or a name of the rowid. */
  readonly by: readonly string[];
  readonly encoding: Schema['encoding'];
};

/** Rows come in the order that our notes name, else in that of their rowid or key. */
export function describeSource(db: ReadDatabase, table: string, expected: DumpedTable | undefined): Source {
  const info = readColumns(db, table);
  const stored = info.filter(({ hidden }) => hidden === 0).map(({ name }) => name);
  const columns = expected?.columns ?? stored;
  if (columns.length === 0 || columns.some((column) => !stored.includes(column)))
    throw damagedDatabase('it has other columns than were written', table);
  const key = info.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  const noted = expected !== undefined && 'orderedBy' in expected ? expected.orderedBy : null;
  const by =
    noted !== null && stored.includes(noted)
      ? [noted]
      : [findRowid(db, table)].flatMap((rowid) => rowid ?? key.map(({ name }) => name));
  return { name: expected?.name ?? table, table, columns, by, encoding: readEncoding(db) };
}

/** Whether a row is longer than any that JSON may have. Only the lengths of its values are read. */
function hasHugeRow(db: ReadDatabase, { table, columns }: Source): boolean {
  const lengths = columns.map((column) => `ifnull(octet_length(${quoteName(column)}), 0)`);
  const huge = db.prepare<[number], unknown>(
    `SELECT 1 FROM main.${quoteName(table)} NOT INDEXED WHERE ${lengths.join(' + ')} > ? LIMIT 1`,
  );
  return huge.get(LONGEST_ROW_BYTES) !== undefined;
}

/** A name of the rowid; null of a table WITHOUT ROWID, or whose columns have all of its names. Compiling the question reads nothing. */
function findRowid(db: ReadDatabase, table: string): string | null {
  const rowid = freeRowidName(readColumns(db, table).map(({ name }) => name));
  if (rowid === null) return null;
  try {
    db.prepare(`SELECT ${rowid} FROM main.${quoteName(table)}`);
    return rowid;
  } catch (error) {
    if (isCompileError(error)) return null;
    throw error;
  }
}

type Proof = {
  readonly expected: DumpedTable | undefined;
  readonly sealed: boolean;
  readonly copier: RowCopier | null;
};

async function* readTable(
  db: ReadDatabase,
  { name, table, columns, by, encoding }: Source,
  { expected, sealed, copier }: Proof,
  yielder: Yielder,
): AsyncGenerator<SnapshotPart> {
  yield { type: 'table', name };
  const check = sealed || expected === undefined ? null : createDumpCheck(expected);
  if (check === null && copier !== null) {
    const stored = { table, columns, by, rows: expected?.rows ?? countRows(db, table) };
    if (await copier.copyRows(stored)) return;
  }
  const order = by.length === 0 ? 'NOT INDEXED' : `NOT INDEXED ORDER BY ${by.map(quoteName).join(', ')}`;
  let rows: (readonly SqlValue[])[] = [];
  let bytes = 0;
  let first = 0;
  const take = () => {
    const batch = batchOfValues({ table: name, columns, first }, rows);
    first += rows.length;
    rows = [];
    bytes = 0;
    return { type: 'rows', ...batch } as const;
  };
  for (const row of readRows(db, { schemaName: 'main', table, columns, order, encoding })) {
    check?.add(row);
    rows.push(row);
    for (const value of row) bytes += bytesOf(value);
    if (rows.length < ROWS_PER_BATCH && bytes < BYTES_PER_BATCH) continue;
    await yielder.step();
    yield take();
  }
  if (rows.length > 0) yield take();
  if (expected !== undefined && (first !== expected.rows || check?.finish() === false))
    throw damagedDatabase('its contents are not what was written', name);
}

function countRows(db: ReadDatabase, table: string): number {
  const count = `SELECT count(*) FROM main.${quoteName(table)} NOT INDEXED`;
  return Number(db.prepare<[], unknown>(count).pluck().get());
}

function bytesOf(value: SqlValue): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  return typeof value === 'object' && value !== null ? value.rawText.length : 8;
}
