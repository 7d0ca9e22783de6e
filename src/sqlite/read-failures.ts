import type Database from 'better-sqlite3';
import { type ErrorDetail, SnapbackError } from '../model/errors.ts';

/*
 * A disk or a network share may fail to deliver a page once. That does not make the database damaged, although SQLite
 * says so: it turns the system's EIO into SQLITE_CORRUPT, and its integrity check lists the page as damage. Invariant:
 * only what was found damaged twice is called damaged.
 */

/** The largest database that is checked in one go without a WAL: the host cannot commit meanwhile, for about 100 ms. */
const QUICKLY_READ_BYTES = 32 * 2 ** 20;

const UNREAD_PAGE = /unable to get the page\. error code=(\d+)|failed to get page \d+|Failed to read ptrmap/;
const SQLITE_IOERR = 10;

/** Whether a line of `integrity_check` says that a page could not be read, for any reason. */
export function isUnreadPage(line: string): boolean {
  return UNREAD_PAGE.test(line);
}

/** Whether a line of `integrity_check` says that the system failed to read a page. */
export function isFailedRead(line: string): boolean {
  return (Number(UNREAD_PAGE.exec(line)?.[1] ?? 0) & 0xff) === SQLITE_IOERR;
}

/** The error for a read that failed without proof of damage. */
export function readFailed(detail: ErrorDetail, cause?: unknown): SnapbackError {
  return new SnapbackError('io-failed', 'Reading the database failed. Try again.', detail, cause);
}

/**
 * Whether SQLite finds damage in a database that was just opened for this check. False if the check would keep the host
 * waiting, as in a large database without a WAL. `isPrivate`: nobody else uses the file. @throws SQLite's errors
 */
export function readsAsDamaged(
  handle: Database.Database,
  { isPrivate }: { readonly isPrivate: boolean },
): boolean {
  const bytes = 'SELECT page_count * page_size FROM pragma_page_count, pragma_page_size';
  const size = Number(handle.prepare<[], unknown>(bytes).pluck().get());
  const mayTakeLong = isPrivate || handle.pragma('journal_mode', { simple: true }) === 'wal';
  if (!mayTakeLong && size > QUICKLY_READ_BYTES) return false;
  const line = handle.prepare<[], string>('PRAGMA main.quick_check(1)').pluck().get();
  return line !== undefined && line !== 'ok' && !isFailedRead(line);
}
