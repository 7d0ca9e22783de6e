import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { orNull, SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import {
  type AnyDatabase,
  classifyDatabaseError,
  openPrivateDatabase,
  openReadDatabase,
  type ReadDatabase,
  type WriteDatabase,
} from '../sqlite/database.ts';
import { copyDatabaseFile, type FileCopy } from '../sqlite/file-copy.ts';
import { beginReading, rollBack, withLockPatience } from '../sqlite/transaction.ts';
import { clockMs } from '../system/clock.ts';
import { open } from '../system/files.ts';
import { createPrivateFolder, type PrivateFolder, whileMarked } from '../system/private-folder.ts';
import { createYielder, throwIfCancelled } from '../system/yielder.ts';
import { copyDatabaseFiles } from './copy-files.ts';
import { createCopyRhythm } from './copy-rhythm.ts';
import type { DataFolder } from './data-folder.ts';

/**
 * A private copy of the database, made through SQLite. Everything that takes long is read from it, so that the host never
 * waits for a comparison. Making the copy hardly disturbs the host: with a rollback journal the file is locked for one
 * step at a time, about 200 ms at most. With a WAL, where readers block nobody, one read lasts as long as the copy, at
 * most 10 s.
 */
export type ReadView = {
  /** The copy. It is writable, because nobody else uses it: for temporary tables and for trying out statements. */
  readonly db: WriteDatabase;
  readonly folder: PrivateFolder;
  readonly journalMode: string;
  /** True if SQLite could not open the database where it is, so that its files were copied instead. */
  readonly viewingCopy: boolean;
};

/** A database for questions that write nothing: where it is, or a private copy of it. */
export type LiveView = Omit<ReadView, 'db'> & { readonly db: AnyDatabase };

const LOCK_PATIENCE_MS = 5000;
const LOCK_POLL_MS = 20;
/** The largest database that is read where it is: comparing or dumping it takes about 2 s for each 300 MB at most. */
const LARGEST_IN_PLACE_BYTES = 2 ** 30;

/**
 * Lets `use` read the database where it is if it has a WAL, in which readers block nobody, and at most 1 GB: so no read
 * transaction outlasts about 10 s. Of any other database `use` gets a private copy, as from `withReadView`. Either handle
 * may have temporary tables. `use` begins the transaction in which it sees one moment.
 * @throws as `withReadView`
 */
export async function withLiveView<T>(
  folder: DataFolder,
  task: TaskOptions,
  use: (view: LiveView) => Promise<T>,
): Promise<T> {
  const db = await openInPlace(folder, task);
  if (db === null) return withReadView(folder, task, use);
  try {
    const journalMode = await withLockPatience(task, () => readJournalMode(db));
    if (journalMode === 'wal' && (await withLockPatience(task, () => isReadInPlace(db)))) {
      const privateFolder = await createPrivateFolder();
      try {
        return await use({ db, folder: privateFolder, journalMode, viewingCopy: false });
      } finally {
        await privateFolder.remove();
      }
    }
  } catch (error) {
    throw classifyDatabaseError(error, { ...folder, file: folder.databaseFile });
  } finally {
    db.close();
  }
  return withReadView(folder, task, use);
}

/**
 * Lets `use` put some short questions to the database itself, or to a private copy if SQLite cannot open it in its folder.
 * Where a lock is held, `use` runs again. @throws as `withReadView`
 */
export function withShortReads<T>(
  folder: DataFolder,
  task: TaskOptions,
  use: (db: AnyDatabase) => T,
): Promise<T> {
  return whileMarked(async () => {
    const db = await openInPlace(folder, task);
    if (db === null) return withReadView(folder, task, async (view) => use(view.db));
    try {
      return await withLockPatience(task, () => use(db));
    } catch (error) {
      throw classifyDatabaseError(error, { ...folder, file: folder.databaseFile });
    } finally {
      db.close();
    }
  });
}

/** Lets `use` see one moment of a view, in a read transaction. @throws as `withLockPatience` */
export async function atOneMoment<T>(db: AnyDatabase, task: TaskOptions, use: () => Promise<T>): Promise<T> {
  await beginReading(db, task);
  try {
    return await use();
  } finally {
    rollBack(db);
  }
}

function readJournalMode(db: ReadDatabase): string {
  return String(db.pragma('journal_mode', { simple: true }));
}

/** An empty database is not: the copy says what is wrong with it. */
function isReadInPlace(db: ReadDatabase): boolean {
  const bytes = 'SELECT page_count * page_size FROM pragma_page_count, pragma_page_size';
  const size = Number(db.prepare<[], unknown>(bytes).pluck().get());
  return size > 0 && size <= LARGEST_IN_PLACE_BYTES;
}

/**
 * Lets `use` read one moment of the database and removes the copy afterwards. Not one byte of the database or of a
 * non-empty WAL changes.
 * @throws `database-busy` (a lock was held for 5 s), `database-missing` (it is empty), `database-unreadable`,
 * `database-damaged`, `not-a-database`, `disk-full`, `cancelled`
 */
export async function withReadView<T>(
  folder: DataFolder,
  task: TaskOptions,
  use: (view: ReadView) => Promise<T>,
): Promise<T> {
  const privateFolder = await createPrivateFolder();
  const file = join(privateFolder.path, 'database.db');
  try {
    const made = await copyLiveDatabase(folder, file, task);
    const db = openPrivateDatabase(file, folder);
    try {
      // If files were copied, this rolls back an interrupted write of the host, in the copy only.
      db.pragma('schema_version');
      return await use({ db, folder: privateFolder, ...made });
    } catch (error) {
      throw classifyDatabaseError(error, { ...folder, file: folder.databaseFile, copy: file });
    } finally {
      db.close();
    }
  } finally {
    await privateFolder.remove();
  }
}

/**
 * Copies one moment of the database into a new file. Call it where this process is marked. @throws as `withReadView`; then a
 * part of it may be left
 */
export async function copyLiveDatabase(folder: DataFolder, target: string, task: TaskOptions) {
  const source = await openInPlace(folder, task);
  if (source === null) {
    await copyDatabaseFiles(folder.databaseFile, target, createYielder(task));
    return { journalMode: 'unknown', viewingCopy: true };
  }
  try {
    const journalMode = await withLockPatience(task, () => readJournalMode(source));
    if ((await withLockPatience(task, () => source.pragma('page_count', { simple: true }))) === 0)
      throw new SnapbackError('database-missing', 'The database is empty: it has no tables.', {
        database: folder.databaseFile,
      });
    const since = clockMs();
    // If the first step meets a lock, better-sqlite3 reports a finished copy of no pages.
    while ((await backUp(source, target, journalMode === 'wal', task)) === 0) {
      if (clockMs() - since > LOCK_PATIENCE_MS)
        throw new SnapbackError('database-busy', 'Another program keeps the database busy.', {
          waitedMs: LOCK_PATIENCE_MS,
        });
      await sleep(LOCK_POLL_MS);
      throwIfCancelled(task);
    }
    return { journalMode, viewingCopy: false };
  } catch (error) {
    throw classifyDatabaseError(error, { ...folder, file: folder.databaseFile, target });
  } finally {
    source.close();
  }
}

/**
 * Opens the database where it is. Null if SQLite cannot open it read-only: it has a WAL in a read-only folder, or a
 * journal that a crash left behind.
 */
export async function openInPlace(folder: DataFolder, task: TaskOptions): Promise<ReadDatabase | null> {
  const open = withLockPatience(task, () => openReadDatabase(folder.databaseFile, folder));
  return open.catch(
    orNull(({ code }) => ['database-unreadable', 'database-read-only', 'io-failed'].includes(code)),
  );
}

/** Copies the database in steps. Returns the number of pages copied. */
async function backUp(
  source: ReadDatabase,
  target: string,
  wal: boolean,
  task: TaskOptions,
): Promise<number> {
  // A read transaction keeps the copy at one moment even if the host commits meanwhile. Without a WAL it would make those
  // commits fail, so SQLite restarts the copy whenever the database changes.
  const report = (done: number, total: number) =>
    task.onProgress?.({ phase: 'copy-database', done, total, unit: 'steps', cancellable: true });
  if (wal) {
    source.exec('BEGIN');
    source.prepare('SELECT 1 FROM sqlite_schema').get();
    const copied = await copyFileTo(target, source, report, task);
    if (copied > 0) return copied;
  }
  const rhythm = createCopyRhythm(clockMs());
  const { totalPages: copied } = await source.backup(target, {
    progress({ totalPages, remainingPages }) {
      throwIfCancelled(task);
      const { pages, readTooLong } = rhythm.next(remainingPages, clockMs());
      if (source.inTransaction && readTooLong) source.exec('COMMIT');
      report(totalPages - remainingPages, totalPages);
      return pages;
    },
  });
  if (source.inTransaction) source.exec('COMMIT');
  return copied;
}

/** Copies the file itself, where that is possible. Returns the number of pages copied. */
async function copyFileTo(
  target: string,
  source: ReadDatabase,
  onPages: FileCopy['onPages'],
  task: TaskOptions,
): Promise<number> {
  const handle = await open(target, 'w+', 0o600);
  try {
    const isCopied = await copyDatabaseFile(source, { target: handle, onPages }, task);
    return isCopied ? Number(source.pragma('page_count', { simple: true })) : 0;
  } finally {
    await handle.close();
  }
}
