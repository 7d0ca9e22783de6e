import { isSystemError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { clockMs } from '../system/clock.ts';
import { type FileHandle, readDescriptor, statDescriptor, statSync } from '../system/files.ts';
import { createYielder } from '../system/yielder.ts';
import type { AnyDatabase } from './database.ts';
import { openBeside } from './lock-keeping.ts';

/*
 * Copies a database by the bytes of its file, which takes a quarter of the time of SQLite's backup. Invariant: the open read
 * transaction sees exactly what is in the file, and as long as it lasts, nobody writes to the file. Without a WAL its lock
 * sees to that. With one, a checkpoint writes to the file what all readers see, which is nothing new if the WAL was empty.
 */

const PIECE_BYTES = 1 << 20;
/** Then SQLite's backup copies it, which can pause. */
const LONGEST_COPY_MS = 10_000;

/** Where the copy goes. Its opener closes it. `onPages` hears how many pages are done. */
export type FileCopy = {
  readonly target: FileHandle;
  readonly onPages: (done: number, total: number) => void;
};

/**
 * Copies the state that the open read transaction of `db` sees into an empty file. False, with the file empty, where only
 * SQLite's backup can copy it. @throws `cancelled`, and the system's refusal to write
 */
export async function copyDatabaseFile(
  db: AnyDatabase,
  { target, onPages }: FileCopy,
  task: TaskOptions,
): Promise<boolean> {
  // Windows does not let others read what SQLite has locked.
  if (process.platform === 'win32' || !isWholeInFile(db)) return false;
  const number = (name: string) => Number(db.pragma(`main.${name}`, { simple: true }));
  const [pages, pageBytes] = [number('page_count'), number('page_size')];
  const source = openFile(db.name);
  if (source === null) return false;
  const yielder = createYielder(task);
  const file = { fd: source.fd, path: db.name };
  const [since, before] = [clockMs(), describe(file)];
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  const total = pages * pageBytes;
  try {
    let position = 0;
    while (position < total && clockMs() - since < LONGEST_COPY_MS) {
      await yielder.step();
      const read = await readPiece(file, buffer, position);
      const length = Math.min(read, total - position);
      if (length === 0) break;
      await target.write(buffer, 0, length, position);
      position += length;
      onPages(Math.floor(position / pageBytes), pages);
    }
    if (total > 0 && position === total && before !== null && describe(file) === before) return true;
  } finally {
    source.close();
  }
  await target.truncate(0);
  return false;
}

function isWholeInFile(db: AnyDatabase): boolean {
  if (db.pragma('main.journal_mode', { simple: true }) !== 'wal') return true;
  try {
    return (statSync(`${db.name}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

/** Null where the system refuses. SQLite then says why, or can read it all the same. */
function openFile(path: string): ReturnType<typeof openBeside> | null {
  try {
    return openBeside(path);
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

/** As `readDescriptor`. What cannot be read counts as missing, and SQLite says why. */
async function readPiece(
  file: Parameters<typeof readDescriptor>[0],
  buffer: Buffer,
  position: number,
): Promise<number> {
  try {
    return await readDescriptor(file, buffer, position);
  } catch (error) {
    if (isSystemError(error)) return 0;
    throw error;
  }
}

/** Null where the system refuses. */
function describe(file: Parameters<typeof statDescriptor>[0]): string | null {
  try {
    const { size, mtimeNs } = statDescriptor(file);
    return `${size} ${mtimeNs}`;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
