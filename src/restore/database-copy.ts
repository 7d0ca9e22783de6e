import { setImmediate as nextTurn } from 'node:timers/promises';
import { allColumns } from '../host/content-hash.ts';
import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { findLogTable, readLastEventId } from '../log/events.ts';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SnapshotBytes } from '../snapshot-file/bytes.ts';
import { ABOUT_SQL, ABOUT_TABLE } from '../snapshot-file/database-file.ts';
import { finishDatabase } from '../snapshot-file/database-writer.ts';
import type { RestoreNote, SnapshotAbout } from '../snapshot-file/notes.ts';
import type { Draft } from '../snapshots/drafts.ts';
import {
  type AnyDatabase,
  explainPrivateWrite,
  type ReadDatabase,
  type WriteDatabase,
} from '../sqlite/database.ts';
import { openUntrustedDatabase } from '../sqlite/descriptor-database.ts';
import { copyDatabaseFile } from '../sqlite/file-copy.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { sameKey, sameScanned } from '../sqlite/same-values.ts';
import type { Table } from '../sqlite/table.ts';
import { takeWriteLock } from '../sqlite/transaction.ts';
import { throwIfCancelled } from '../system/yielder.ts';

/*
 * The safety copy as a database file: a copy of the pages that the open transaction sees, whoever commits meanwhile. Invariant: before the copy is published, every row of the log and of each projected table was found in it,
 * bit for bit, and its bytes were read back as they were sealed.
 */

/** A copy may be this much larger than the tables for which it is made, with their indexes. Otherwise they are dumped alone. */
const MOST_TIMES = 2;
/** The rest of a smaller database does not matter. */
const SMALL_BYTES = 8 << 20;
const PAGES_PER_STEP = 2048;
const LIVE = 'snapback_live';

/**
 * The log and the projected tables that exist, if a database file can be their safety copy. Null where they are dumped
 * instead: one of them is no plain table, its rows cannot be found one by one, a table has the name of ours, or the rest
 * of the database (attachments, say) would make the copy much larger than they are.
 */
export function findCopied({ db, schema, profile }: HostDatabase): readonly Table[] | null {
  const own = schema.objects.filter(({ name }) => foldName(name) === ABOUT_TABLE);
  if (own.some(({ sql }) => sql !== ABOUT_SQL)) return null;
  const tables: Table[] = [];
  for (const name of [profile.log.table, ...profile.tables].map(foldName)) {
    const table = schema.tables.get(name);
    if (schema.unreadable.has(name) || name === ABOUT_TABLE) return null;
    if (table === undefined) continue;
    if (table.kind !== 'table' || (table.rowid === null && !table.withoutRowid)) return null;
    tables.push(table);
  }
  return isMuchLarger(db, tables) ? null : tables;
}

function isMuchLarger(db: AnyDatabase, tables: readonly Table[]): boolean {
  const number = (sql: string, named: Readonly<Record<string, string>> = {}) =>
    Number(db.prepare<[Readonly<Record<string, string>>], unknown>(sql).pluck().get(named));
  const total = number(
    'SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
  );
  if (total <= SMALL_BYTES) return false;
  let needed = 0;
  const parts = db
    .prepare<[string], string>('SELECT name FROM main.sqlite_schema WHERE tbl_name = ? AND rootpage > 0')
    .pluck();
  for (const { name } of tables)
    for (const part of parts.all(name)) {
      if (total <= needed * MOST_TIMES) return false;
      needed += number('SELECT pgsize FROM dbstat WHERE aggregate = TRUE AND name = :part', { part });
    }
  return total > needed * MOST_TIMES;
}

export type CopyRequest = {
  readonly draft: Draft;
  readonly tables: readonly Table[];
  readonly restore: RestoreNote;
};

/**
 * Fills a draft with a proven copy of the state that the open transaction sees. When this returns, its bytes are on the
 * disk. @throws `plan-stale` where somebody has committed since, `disk-full`, `io-failed`, `cancelled`, database errors
 */
export async function copyDatabase(
  folder: DataFolder,
  database: HostDatabase<WriteDatabase>,
  { draft, tables, restore }: CopyRequest,
  task: TaskOptions,
): Promise<void> {
  const { db } = database;
  const { nativeBinding } = folder;
  const file = { ...draft, sizeBytes: 0, nativeBinding };
  const report = (done: number, total: number) =>
    task.onProgress?.({ phase: 'safety-copy', done, total, unit: 'steps', cancellable: true });
  const about = { ...describe(database, { tables, restore }), kind: draft.kind };
  try {
    const isCopied = await copyDatabaseFile(db, { target: draft.handle, onPages: report }, task);
    if (!isCopied)
      await db.backup(draft.path, {
        progress({ totalPages, remainingPages }) {
          throwIfCancelled(task);
          report(totalPages - remainingPages, totalPages);
          return PAGES_PER_STEP;
        },
      });
    await finishDatabase(file, about, { signal: task.signal });
  } catch (error) {
    throw explainPrivateWrite(error, draft.path);
  }
  if (await holdsAllRows(file, folder, tables, task)) return;
  // It was compared with what is committed now, which is what the transaction sees unless somebody has committed since.
  await takeWriteLock(db, database.schema.userVersion, task);
  throw new SnapbackError('io-failed', 'What was written to the disk did not read back the same.', {
    path: draft.path,
  });
}

function describe(
  database: HostDatabase,
  { tables, restore }: Omit<CopyRequest, 'draft'>,
): Omit<SnapshotAbout, 'kind'> {
  const { db, schema, profile } = database;
  const log = findLogTable(schema, profile);
  const has = new Set(tables.map(({ name }) => foldName(name)));
  return {
    format: 3,
    takenAt: new Date().toISOString(),
    lastEventId: String(readLastEventId(db, profile)),
    userVersion: schema.userVersion,
    encoding: schema.encoding,
    schemaHash: schema.hash,
    tables: tables.map((table) => ({
      name: table.name,
      columns: allColumns(table),
      rows: countRows(db, table),
      hash: null,
      orderedBy: table === log ? profile.log.columns.id : null,
    })),
    absent: profile.tables.filter((name) => !has.has(foldName(name))),
    log: null,
    restore,
  };
}

function countRows(db: AnyDatabase, { name, scanHint }: Table): number {
  const count = `SELECT count(*) FROM main.${quoteName(name)} ${scanHint}`;
  return Number(db.prepare<[], unknown>(count).pluck().get());
}

/** Whether each table of the copy holds exactly the rows that are committed now. */
async function holdsAllRows(
  file: SnapshotBytes,
  { databaseFile }: DataFolder,
  tables: readonly Table[],
  task: TaskOptions,
): Promise<boolean> {
  // A connection of its own, so that the one that restores never has the copy at hand.
  const { db, close } = await openUntrustedDatabase(file);
  try {
    db.prepare(`ATTACH ? AS ${LIVE}`).run(databaseFile);
    db.exec('BEGIN');
    for (const table of tables) {
      throwIfCancelled(task);
      await nextTurn();
      if (!holdsRows(db, table)) return false;
    }
    return true;
  } finally {
    await close();
  }
}

function holdsRows(db: ReadDatabase, table: Table): boolean {
  const { name, columns, rowid, rowidColumn, key, scanHint } = table;
  const [live, copy] = [LIVE, 'main'].map((schema) => `${schema}.${quoteName(name)}`);
  const pair = (column: string) => [`l.${quoteName(column)}`, `c.${quoteName(column)}`] as const;
  const found =
    rowid === null ? key.map((column) => sameKey(table, column, ...pair(column))) : [pair(rowid).join(' = ')];
  const same = [
    `c.${quoteName(rowid ?? key[0] ?? '')} IS NOT NULL`,
    // A rowid that found its row is the same.
    ...columns.filter(({ name }) => name !== rowidColumn).map((column) => sameScanned(...pair(column.name))),
  ];
  const hint = rowid === null ? '' : scanHint;
  const sql = `SELECT (SELECT count(*) FROM ${live} ${hint}) = (SELECT count(*) FROM ${copy} ${hint})
    AND NOT EXISTS (SELECT 1 FROM ${live} AS l ${hint} LEFT JOIN ${copy} AS c ${hint} ON ${found.join(' AND ')}
      WHERE NOT (${same.join(' AND ')}))`;
  return db.prepare<[], unknown>(sql).pluck().get() === 1;
}
