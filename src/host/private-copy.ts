import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import {
  classifyDatabaseError,
  openPrivateDatabase,
  openReadDatabase,
  type ReadDatabase,
  type WriteDatabase,
} from '../sqlite/database.ts';
import { withLockPatience } from '../sqlite/transaction.ts';
import { createPrivateFolder, type PrivateFolder } from '../system/private-folder.ts';
import { createYielder, throwIfCancelled } from '../system/yielder.ts';
import { copyDatabaseFiles } from './copy-files.ts';
import { createCopyRhythm } from './copy-rhythm.ts';
import type { DataFolder } from './data-folder.ts';

/**
 * Everything that is read at length is read from a private copy of the database, taken through SQLite. So the host is
 * never kept waiting by a comparison, whatever its journal mode: with a rollback journal the file is locked for one
 * step of the copy at a time (at most some 200 ms); with a WAL, where readers block nobody, one read lasts for as long
 * as the copy takes, at most 10 s.
 */
export type ReadView = {
  /** The copy. Writable, because nobody else has it: temporary tables and a trial of statements may go into it. */
  readonly db: WriteDatabase;
  readonly folder: PrivateFolder;
  readonly journalMode: string;
  /** True where the database could not be opened in its place, so that its files were copied instead. */
  readonly viewingCopy: boolean;
};

const LOCK_PATIENCE_MS = 5000;
const LOCK_POLL_MS = 20;

/**
 * Gives `use` one moment of the database and removes the copy afterwards. Not one byte of the database or of its
 * non-empty WAL changes.
 * @throws `database-busy` (somebody held a lock for 5 s), `database-unreadable`, `database-damaged`, `not-a-database`, `disk-full`, `cancelled`
 */
export async function withReadView<T>(
  folder: DataFolder,
  task: TaskOptions,
  use: (view: ReadView) => Promise<T>,
): Promise<T> {
  const privateFolder = await createPrivateFolder();
  const file = join(privateFolder.path, 'database.db');
  try {
    const made = await copyDatabase(folder, file, task);
    const db = openPrivateDatabase(file, folder);
    try {
      // Finishes an interrupted write of the host in the copy, where files had to be copied.
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

async function copyDatabase(folder: DataFolder, target: string, task: TaskOptions) {
  const source = await openInPlace(folder, task);
  if (source === null) {
    await copyDatabaseFiles(folder.databaseFile, target, createYielder(task));
    return { journalMode: 'unknown', viewingCopy: true };
  }
  try {
    const journalMode = await withLockPatience(task, () =>
      String(source.pragma('journal_mode', { simple: true })),
    );
    if ((await withLockPatience(task, () => source.pragma('page_count', { simple: true }))) === 0)
      throw new SnapbackError('database-missing', 'The database is empty: it has no table at all.', {
        database: folder.databaseFile,
      });
    const since = performance.now();
    // Where the first step meets a lock, better-sqlite3 calls a copy of no pages a finished one.
    while ((await backUp(source, target, journalMode === 'wal', task)) === 0) {
      if (performance.now() - since > LOCK_PATIENCE_MS)
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

/** Opens the database where it is. Null where SQLite cannot open it read-only: a WAL in a read-only folder, or a journal left by a crash. */
export async function openInPlace(folder: DataFolder, task: TaskOptions): Promise<ReadDatabase | null> {
  try {
    return await withLockPatience(task, () => openReadDatabase(folder.databaseFile, folder));
  } catch (error) {
    const cannot =
      error instanceof SnapbackError &&
      ['database-unreadable', 'database-read-only', 'io-failed'].includes(error.code);
    if (cannot) return null;
    throw error;
  }
}

/** Copies the database in steps. Returns the number of pages copied. */
async function backUp(
  source: ReadDatabase,
  target: string,
  wal: boolean,
  task: TaskOptions,
): Promise<number> {
  // A read transaction keeps the copy at one moment whatever is committed meanwhile. Without a WAL it would make the
  // host's commits fail, so there SQLite restarts the copy whenever the database changes.
  if (wal) {
    source.exec('BEGIN');
    source.prepare('SELECT 1 FROM sqlite_schema').get();
  }
  const rhythm = createCopyRhythm(performance.now());
  const { totalPages: copied } = await source.backup(target, {
    progress({ totalPages, remainingPages }) {
      throwIfCancelled(task);
      const { pages, readTooLong } = rhythm.next(remainingPages, performance.now());
      if (source.inTransaction && readTooLong) source.exec('COMMIT');
      task.onProgress?.({
        phase: 'copy-database',
        done: totalPages - remainingPages,
        total: totalPages,
        unit: 'steps',
        cancellable: true,
      });
      return pages;
    },
  });
  if (source.inTransaction) source.exec('COMMIT');
  return copied;
}
