import { basename } from 'node:path';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import { lstatSync } from '../system/files.ts';
import { describeOddity } from '../system/plain-file.ts';

/*
 * SQLite opens the files of a database by their names and reads what is there: it waits for a FIFO and reads a device
 * to its end. Invariant: it is given no database of somebody else's before each of these names was looked at. Looking
 * opens nothing, so no lock of this process is lost by it.
 */

const COMPANIONS = ['-wal', '-journal', '-shm'] as const;

/** Makes sure that a database's files are regular ones, or not there. @throws `database-missing`, `database-unreadable` */
export function requirePlainFiles(file: string): void {
  if (look(file) === 'absent') throw databaseGone(file);
  for (const suffix of COMPANIONS) look(file + suffix);
}

/** Makes sure that one of them is a regular file, or not there. @throws `database-unreadable` */
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

/** The error for something else in the place of a database's file. `problem`: a sentence that says what it is. */
export function oddFile(path: string, problem: string): SnapbackError {
  const name = basename(path);
  const message = `The database cannot be opened safely because of “${name}”. ${problem} Nothing was read from it. If it does not belong there, move it away and try again.`;
  return new SnapbackError('database-unreadable', message, { path });
}

/** The error for a database that was there when its data folder was opened. */
export function databaseGone(file: string, cause?: unknown): SnapbackError {
  const message = 'The database file is gone.';
  return new SnapbackError('database-missing', message, { database: file }, cause);
}
