import type { Profile } from '../host/profile.ts';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { readAt, type SnapshotBytes } from '../snapshot-file/bytes.ts';
import {
  checkSeal,
  damagedDatabase,
  explainReading,
  findNotes,
  readDatabaseHead,
} from '../snapshot-file/database-file.ts';
import { describeSource, listTables, rootOf, type Source } from '../snapshot-file/database-reader.ts';
import { createDumpCheck } from '../snapshot-file/dumped-table.ts';
import { describeForeign } from '../snapshot-file/foreign.ts';
import type { DumpedTable } from '../snapshot-file/notes.ts';
import { hasBoundedSchema } from '../snapshot-file/schema-pages.ts';
import { createPageMap } from '../snapshot-file/table-pages.ts';
import { createRowWriter, exactEntries } from '../snapshot-file/table-text.ts';
import type { ReadDatabase } from '../sqlite/database.ts';
import { openUntrustedDatabase } from '../sqlite/descriptor-database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import { readEncoding } from '../sqlite/schema.ts';
import { createYielder, type Yielder } from '../system/yielder.ts';
import type { Found, FoundTable, TableOut } from './found-table.ts';

/*
 * What a damaged SQLite snapshot still holds. Pages have no checksums, so a table is proven only by the hash that our notes
 * name; any other counts as unproven. At the first page that cannot be read, a table ends.
 */

/**
 * Gives `use` what was found. It can be written only until `use` returns.
 * @throws `snapshot-damaged` where nothing can be read, `snapshot-unreadable`, `cancelled`, and what `use` throws
 */
export async function withDatabaseTables<T>(
  file: SnapshotBytes,
  profile: Profile,
  task: TaskOptions,
  use: (found: Found) => Promise<T>,
): Promise<T> {
  const { problem, complete } = await readDatabaseHead(file);
  if (problem !== null) throw damagedDatabase(describeForeign(problem), null);
  if (!complete && !(await hasBoundedSchema(file, await readPageSize(file))))
    throw damagedDatabase('its list of tables is larger than any, or refers to itself', null);
  const { db, close } = await openToSalvage(file);
  try {
    return await use(await findTables({ db, file, profile, yielder: createYielder(task) }, task));
  } finally {
    await close();
  }
}

async function openToSalvage(file: SnapshotBytes) {
  try {
    const opened = await openUntrustedDatabase(file);
    // Otherwise SQLite reads nothing of a file that is shorter than it says. This handle cannot write in any mode.
    opened.db.unsafeMode().pragma('writable_schema = ON');
    return opened;
  } catch (error) {
    throw explainReading(error, file);
  }
}

/** By the header of a file: 1 stands for 65,536. */
async function readPageSize(file: SnapshotBytes): Promise<number> {
  const raw = (await readAt(file, 16, 2)).readUInt16BE(0);
  return raw === 1 ? 65_536 : raw;
}

type Reading = {
  readonly db: ReadDatabase;
  readonly file: SnapshotBytes;
  readonly profile: Profile;
  readonly yielder: Yielder;
};

async function findTables(reading: Reading, task: TaskOptions): Promise<Found> {
  const { db, file, profile } = reading;
  const notes = unlessDamaged(() => findNotes(db)) ?? null;
  const names = [profile.log.table, ...profile.tables];
  const there = unlessDamaged(() => listTables(db, new Set(names.map(foldName)))) ?? [];
  if (there.length === 0) throw damagedDatabase('nothing of it can be read', null);
  const pages = createPageMap(file, Number(db.pragma('page_size', { simple: true })));
  const { sealed } = await checkSeal(file, notes, task, pages.see);
  const noted = new Map(notes?.about.tables.map((table) => [foldName(table.name), table]));
  let last: SqlValue = null;
  const tables: FoundTable[] = [];
  for (const name of names) {
    const table = there.find((one) => foldName(one) === foldName(name));
    const source =
      table === undefined || !(await pages.areTrees([unlessDamaged(() => rootOf(db, table)) ?? 0]))
        ? null
        : unlessDamaged(() => describeSource(db, table, noted.get(foldName(table))));
    if (source === null) {
      tables.push({ name, state: 'missing', rows: 0, gaps: [], columns: [], write: async () => undefined });
      continue;
    }
    const found = await survey(reading, source, noted.get(foldName(name)), sealed);
    if (foldName(name) === foldName(profile.log.table)) last = found.lastId;
    tables.push(found.table);
  }
  return {
    why: '',
    tables,
    lastEventId: typeof last === 'bigint' ? last : BigInt(notes?.about.lastEventId ?? 0),
    userVersion: notes?.about.userVersion ?? 0,
    encoding: readEncoding(db),
    schemaHash: notes?.about.schemaHash ?? '',
    exact: true,
    zeroBytes: 0,
  };
}

/** Reads a table once, to learn how far that is possible. */
async function survey(
  { db, profile, yielder }: Reading,
  source: Source,
  noted: DumpedTable | undefined,
  sealed: boolean,
): Promise<{ readonly table: FoundTable; readonly lastId: SqlValue }> {
  const { name, columns } = source;
  const check = noted === undefined ? null : createDumpCheck(noted);
  const idAt = columns.findIndex((column) => foldName(column) === foldName(profile.log.columns.id));
  let rows = 0;
  let lastId: SqlValue = null;
  let isCut = false;
  try {
    for (const row of rowsOf(db, source)) {
      check?.add(row);
      const id = row[idAt];
      if (typeof id === 'bigint' && (typeof lastId !== 'bigint' || id > lastId)) lastId = id;
      rows += 1;
      if (rows % 512 === 0) await yielder.step();
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    isCut = true;
  }
  const isProven = check?.finish() === true || (sealed && (noted === undefined || noted.rows === rows));
  const whole = isProven ? 'whole' : 'unproven';
  const state = isCut ? (rows === 0 ? 'missing' : 'cut') : whole;
  const write = async (out: TableOut) => {
    const textOf = createRowWriter(columns);
    let done = 0;
    for (const row of rowsOf(db, source)) {
      await out.begin(1);
      await out.text(textOf(row));
      for (const entry of exactEntries(done, columns, row)) await out.exact(entry);
      done += 1;
      if (done % 512 === 0) await yielder.step();
      // Behind this row is the damage.
      if (done === rows) return;
    }
  };
  return { table: { name, state, rows, gaps: [], columns, write }, lastId };
}

function rowsOf(db: ReadDatabase, { table, columns, by, encoding }: Source) {
  const order = by.length === 0 ? 'NOT INDEXED' : `NOT INDEXED ORDER BY ${by.map(quoteName).join(', ')}`;
  return readRows(db, { schemaName: 'main', table, columns, order, encoding });
}

/** Null where the file is too damaged for the question. */
function unlessDamaged<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}

function isDamage(error: unknown): boolean {
  const explained = explainReading(error, { path: '' });
  return explained instanceof SnapbackError && explained.code === 'snapshot-damaged';
}
