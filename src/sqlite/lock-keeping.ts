import type Database from 'better-sqlite3';
import { closeSync, constants, openSync, statDescriptor } from '../system/files.ts';
import { describeOddity } from '../system/plain-file.ts';
import { oddFile } from './look-first.ts';

/*
 * On POSIX systems, a process that closes any descriptor of a file loses all its locks on that file, including those that
 * SQLite holds through another descriptor. A host could then write in the middle of a restore. Invariant: a descriptor
 * that was opened beside SQLite is closed only when no handle of ours is open. Each thread knows its own handles only; so a
 * second thread opens a database through SQLite alone, and its handles are closed before those of the first.
 */

let handles = 0;
const waiting = new Set<number>();

/** Protects a handle's locks until it is closed. To be called for each handle right after it was opened. */
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
 * Opens a database's file for reading, beside SQLite. Follows no link and refuses anything but a regular file. `close` may
 * be called at any time: the descriptor itself is closed once no handle of ours is open.
 * @throws `database-unreadable`, and as `files.ts`
 */
export function openBeside(path: string): { readonly fd: number; readonly close: () => void } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const close = () => {
    waiting.add(fd);
    closeWaiting();
  };
  try {
    const problem = describeOddity(statDescriptor({ fd, path }));
    if (problem === null) return { fd, close };
    throw oddFile(path, problem);
  } catch (error) {
    close();
    throw error;
  }
}

/** Synchronous on purpose: otherwise a handle could be opened and take a lock before the file is closed. */
function closeWaiting(): void {
  if (handles > 0) return;
  for (const fd of waiting) {
    waiting.delete(fd);
    closeSync(fd);
  }
}
