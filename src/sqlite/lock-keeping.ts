import type Database from 'better-sqlite3';
import { closeSync, constants, fstatSync, openSync } from '../system/files.ts';
import { describeOddity } from '../system/plain-file.ts';
import { oddFile } from './look-first.ts';

/*
 * On POSIX systems a process that closes any descriptor of a file loses all its locks on it, also those that SQLite
 * holds through another one: a host could then write in the middle of a restore. Invariant: no descriptor of a database
 * that was opened beside SQLite is closed as long as a handle of ours is open.
 */

let handles = 0;
const waiting = new Set<number>();

/** Keeps the locks of a handle on a host's database until it is closed. Call it at once for each handle that is opened. */
export function keepLocks(handle: Database.Database): void {
  const close = handle.close.bind(handle);
  handles += 1;
  handle.close = () => {
    const wasOpen = handle.open;
    close();
    if (!wasOpen) return handle;
    handles -= 1;
    closeWaiting();
    return handle;
  };
}

/**
 * Opens a file of a database for reading, beside SQLite: no link is followed, and what is no regular file is refused
 * unread. `close` may be called at any time: the descriptor is closed when no handle of ours is open.
 * @throws `database-unreadable`, and as `files.ts`
 */
export function openBeside(path: string): { readonly fd: number; readonly close: () => void } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const problem = describeOddity(fstatSync(fd));
  if (problem !== null) {
    // No file of a database, so no lock is lost.
    closeSync(fd);
    throw oddFile(path, problem);
  }
  return {
    fd,
    close() {
      waiting.add(fd);
      closeWaiting();
    },
  };
}

/** Not left to a thread: a handle could be opened, and take a lock, before that gets its turn. */
function closeWaiting(): void {
  if (handles > 0) return;
  for (const fd of waiting) {
    waiting.delete(fd);
    closeSync(fd);
  }
}
