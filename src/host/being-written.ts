import { readProcFile } from '../system/proc-file.ts';
import { identityOf, lookAt } from './in-use.ts';

/** Whoever writes holds this byte of the database locked: SQLite's RESERVED lock. */
const RESERVED_BYTE = 0x4000_0001;
/** In WAL mode whoever writes holds this byte of the `-shm` file. */
const WAL_WRITER_BYTE = 120;
/** A database that was written so shortly ago may be written again at once: one action of the host is often several commits. */
const QUIET_MS = 2_000;

/**
 * Whether somebody is in the middle of writing to a database, as far as the system tells without opening it: a writer's
 * lock (on Linux), or a file that was changed just now.
 */
export function isBeingWritten(databaseFile: string, now: Date): boolean {
  if (isLocked(databaseFile, RESERVED_BYTE) || isLocked(`${databaseFile}-shm`, WAL_WRITER_BYTE)) return true;
  return ['', '-wal', '-journal'].some((end) => {
    const facts = lookAt(databaseFile + end);
    const age = facts === null ? Number.POSITIVE_INFINITY : now.getTime() - Number(facts.mtimeMs);
    // A time in the future tells nothing.
    return age >= 0 && age < QUIET_MS;
  });
}

function isLocked(file: string, byte: number): boolean {
  const facts = lookAt(file);
  const lines = facts === null ? [] : (readProcFile('/proc/locks')?.split('\n') ?? []);
  const id = facts === null ? '' : identityOf(facts);
  return lines.some((line) => {
    // `7: POSIX  ADVISORY  WRITE 1234 fe:00:5678 120 120`. A waiting process has `->` after the first number.
    const [, found, first, last] =
      /^\d+: \w+\s+\w+\s+WRITE \d+ ([0-9a-f:]+) (\d+) (\d+|EOF)$/.exec(line) ?? [];
    if (found !== id) return false;
    return Number(first) <= byte && (last === 'EOF' || byte <= Number(last));
  });
}
