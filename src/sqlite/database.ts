import { basename, dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { SnapbackError } from '../model/errors.ts';
import { Database } from './library.ts';
import { keepLocks } from './lock-keeping.ts';
import { requirePlainFiles } from './look-first.ts';
import { readFailed, readsAsDamaged } from './read-failures.ts';
import { explainResultCode, NO_MEMORY, sqliteCode } from './result-codes.ts';

type Handle = BetterSqlite3.Database;

/**
 * A handle for reading. It is another type than a writable one, which is not harmless even if nothing is written through
 * it: it checkpoints the WAL when it closes.
 */
export type ReadDatabase = Handle & { readonly access: 'read' };
export type WriteDatabase = Handle & { readonly access: 'write' };
/** For functions that work with either. */
export type AnyDatabase = ReadDatabase | WriteDatabase;

export type OpenOptions = {
  /** Path of better-sqlite3's native addon, where the installed one does not fit the runtime. */
  readonly nativeBinding: string | undefined;
};

function open(file: string, readonly: boolean, options: OpenOptions): Handle {
  requirePlainFiles(file);
  refuseBlankAtEnd(file);
  // No busy timeout: better-sqlite3 would sleep in it and miss a cancel. `withLockPatience` waits in steps instead.
  const handle = construct(file, { readonly, fileMustExist: true, timeout: 0 }, options);
  keepLocks(handle);
  return handle;
}

/** Whether a name ends in a blank. better-sqlite3 cuts that off and would open another file. */
export function endsInBlank(file: string): boolean {
  return file !== file.trimEnd();
}

function refuseBlankAtEnd(file: string): void {
  if (!endsInBlank(file)) return;
  const message = `The name “${basename(file)}” ends in a blank, and so the database cannot be opened here. Close the chat app, rename the file, and tell the chat app its new name.`;
  throw new SnapbackError('database-unreadable', message, { database: file });
}

function construct(file: string, how: BetterSqlite3.Options, { nativeBinding }: OpenOptions): Handle {
  try {
    return new Database(file, nativeBinding === undefined ? how : { ...how, nativeBinding });
  } catch (error) {
    // better-sqlite3's way to say that the folder does not exist or cannot be entered.
    if (!(error instanceof TypeError)) throw error;
    const message = `The folder “${basename(dirname(file))}” cannot be read.`;
    throw new SnapbackError('io-failed', message, { path: dirname(file) }, error);
  }
}

/**
 * A reader goes through whole tables, which a larger cache does not make faster. better-sqlite3 gives each handle 16 MB,
 * and several are open at once.
 */
const READING_CACHE_KB = 4000;

/**
 * Opens a database so that nothing can be written through it.
 * @throws `database-missing`, `database-unreadable`, `database-busy`, `database-damaged`, `not-a-database`
 */
export function openReadDatabase(file: string, options: OpenOptions): ReadDatabase {
  return attempt({ ...options, file }, () => {
    const db = open(file, true, options);
    try {
      db.pragma(`cache_size = -${READING_CACHE_KB}`);
      db.pragma('schema_version');
      return Object.assign(db, { access: 'read' } as const);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * What a restore writes stays in memory up to this size. Beyond it, SQLite writes the same pages several times. A cache of
 * twice the size saved no time that could be measured.
 */
const WRITING_CACHE_KB = 24_000;

/**
 * Opens a database for a restore: with full durability (read back, because better-sqlite3's default for WAL is lower),
 * without foreign key actions (deferring them does not defer CASCADE), and with cell sizes checked.
 * @throws as `openReadDatabase`, and `database-read-only`
 */
export function openWriteDatabase(file: string, options: OpenOptions): WriteDatabase {
  return attempt({ ...options, file }, () => {
    const db = open(file, false, options);
    try {
      db.pragma('synchronous = FULL');
      db.pragma('fullfsync = ON');
      db.pragma('foreign_keys = OFF');
      db.pragma('cell_size_check = ON');
      db.pragma(`cache_size = -${WRITING_CACHE_KB}`);
      const synchronous = db.pragma('synchronous', { simple: true });
      const foreignKeys = db.pragma('foreign_keys', { simple: true });
      if (synchronous !== 2 || foreignKeys !== 0)
        throw new SnapbackError('internal', 'The database did not accept the safety settings of a restore.', {
          synchronous: String(synchronous),
          foreignKeys: String(foreignKeys),
        });
      return Object.assign(db, { access: 'write' } as const);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Opens a private temporary database of ours, without durability. @throws `disk-full`, `io-failed`, `database-damaged` */
export function openPrivateDatabase(file: string, options: OpenOptions): WriteDatabase {
  return attempt({ ...options, file, copy: file }, () => {
    const db = construct(file, { timeout: 0 }, options);
    try {
      db.pragma('synchronous = OFF');
      db.pragma('foreign_keys = OFF');
      db.pragma('temp_store = FILE');
      return Object.assign(db, { access: 'write' } as const);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * Gives a new database pages of that size. SQLite counts how many pages its cache may have when it opens a file, and does
 * not count again for larger ones: the cache would take 16 times its bound with pages of 64 kB.
 */
export function setPageSize(db: WriteDatabase, bytes: number): void {
  db.pragma(`page_size = ${bytes}`);
  db.pragma(`cache_size = ${db.pragma('cache_size', { simple: true })}`);
}

/** Runs `use` on a read-only handle and closes it. @throws as `openReadDatabase`, and what `use` throws */
export function withReadDatabase<T>(file: string, options: OpenOptions, use: (db: ReadDatabase) => T): T {
  const db = openReadDatabase(file, options);
  try {
    return attempt({ ...options, file }, () => use(db));
  } finally {
    db.close();
  }
}

function attempt<T>(place: DatabasePlace, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw classifyDatabaseError(error, place);
  }
}

/** The database that an error is about, and how to open it for a second look. */
export type DatabasePlace = OpenOptions & {
  readonly file: string;
  /** The private copy, or other private file, that was read in its stead. */
  readonly copy?: string;
  /** The private file into which it was copied. */
  readonly target?: string;
};

/** The disk, or permission to use it. */
const OF_THE_SYSTEM = /^SQLITE_(?:CANTOPEN|IOERR|READONLY|PERM|FULL)/;
/**
 * Those that are about what is written. `SQLITE_IOERR` alone is all that a backup says, and a failed read of its source
 * is called damage instead.
 */
const OF_WRITING =
  /^SQLITE_(?:CANTOPEN|READONLY|PERM|FULL|IOERR$|IOERR_(?:WRITE|FSYNC|DIR_FSYNC|TRUNCATE|DELETE))/;

/** Turns the system's refusal to write a private file into `disk-full` or `io-failed`. Everything else passes unchanged. */
export function explainPrivateWrite(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  return code !== null && OF_WRITING.test(code) ? explainPrivate(error, code, file) : error;
}

/** What can befall a private file of ours, whether it is read or written, and is no bug. */
const OF_PRIVATE_USE =
  /^SQLITE_(?:CANTOPEN|IOERR|READONLY|PERM|FULL|NOMEM|CORRUPT|NOTADB|BUSY|LOCKED|PROTOCOL)/;

/**
 * Turns what befell a private file into `disk-full`, `out-of-memory` or `io-failed`. To be used where nothing but private
 * files is read and written. Everything else passes unchanged.
 */
export function explainPrivateUse(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  return code !== null && OF_PRIVATE_USE.test(code) ? explainPrivate(error, code, file) : error;
}

/** The private file with which the system refused to work; null where the error is about the database, or another one. */
function findFailedPrivate(code: string, { copy, target }: DatabasePlace): string | null {
  if (copy !== undefined && OF_THE_SYSTEM.test(code)) return copy;
  return target !== undefined && OF_WRITING.test(code) ? target : null;
}

const UNUSABLE_PRIVATE = 'A temporary file of Snapback could not be used.';
const DAMAGED_PRIVATE =
  'A temporary file of Snapback is damaged. Once its cache is emptied, it is made again.';

function explainPrivate(error: unknown, code: string, file: string): SnapbackError {
  const detail = { path: dirname(file), sqlite: code };
  if (code.startsWith('SQLITE_FULL'))
    return new SnapbackError('disk-full', 'The disk is full.', detail, error);
  if (/NOMEM/.test(code)) return new SnapbackError('out-of-memory', NO_MEMORY, detail, error);
  const what = /^SQLITE_(?:CORRUPT|NOTADB)/.test(code) ? DAMAGED_PRIVATE : UNUSABLE_PRIVATE;
  return new SnapbackError('io-failed', what, detail, error);
}

/**
 * Turns SQLite's errors into ours. Errors that are ours already, and bugs, pass unchanged. SQLite reports a failed read
 * (EIO) as a damaged file, so only what a second look confirms is called damaged; otherwise it is `io-failed`. A refusal
 * of the system to work with a private file is told of its folder, and not of the database.
 */
export function classifyDatabaseError(error: unknown, place: DatabasePlace): unknown {
  const code = sqliteCode(error);
  const failed = code === null ? null : findFailedPrivate(code, place);
  if (code !== null && failed !== null) return explainPrivate(error, code, failed);
  const explained = explainResultCode(error, place.file);
  if (code !== 'SQLITE_CORRUPT' || isDamaged(place)) return explained;
  return readFailed({ database: place.file }, error);
}

/** Reads the database, or the copy that was read in its stead, once more through a handle of its own. */
function isDamaged({ file, copy, ...options }: DatabasePlace): boolean {
  try {
    const handle = open(copy ?? file, true, options);
    try {
      return readsAsDamaged(handle, { isPrivate: copy !== undefined });
    } finally {
      handle.close();
    }
  } catch (error) {
    return sqliteCode(error) === 'SQLITE_CORRUPT';
  }
}
