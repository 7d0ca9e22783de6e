import { basename } from 'node:path';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import { lstatSync } from '../system/files.ts';
import { describeOddity } from '../system/plain-file.ts';

/*
 * SQLite opens a database's files by name and reads whatever is there: it waits for a FIFO, and reads a device without
 * end. Invariant: each of these names is checked before SQLite gets a database that is not ours. Checking opens nothing,
 * so this process loses no lock.
 */

const COMPANIONS = ['-wal', '-journal', '-shm'] as const;

/** Makes sure that a database is a regular file, and so are its companions that exist. @throws `database-missing`, `database-unreadable` */
export function requirePlainFiles(file: string): void {
  if (look(file) === 'absent') throw databaseGone(file);
  for (const suffix of COMPANIONS) look(file + suffix);
}

/** Whether one of them exists, as a regular file. @throws `database-unreadable` */
function look(path: string): 'plain' | 'absent' {
  try {
    const problem = describeOddity(lstatSync(path));
    if (problem !== null) throw oddFile(path, problem);
    return 'plain';
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return 'absent';
    if (error instanceof SnapbackError && error.code === 'database-unreadable') throw error;
    throw new SnapbackError('database-unreadable', 'The database cannot be looked at.', { path }, error);
  }
}

/** The error for anything but a regular file in the place of a database's. `problem`: a sentence that says what it is. */
export function oddFile(path: string, problem: string): SnapbackError {
  const name = basename(path);
  const message = `The database cannot be opened safely because of “${name}”. ${problem} Nothing was read from it. If it does not belong there, move it away and try again.`;
  return new SnapbackError('database-unreadable', message, { path });
}

/** The error for a database that is gone since its data folder was opened. */
export function databaseGone(file: string, cause?: unknown): SnapbackError {
  const message = 'The database file is gone.';
  return new SnapbackError('database-missing', message, { database: file }, cause);
}
