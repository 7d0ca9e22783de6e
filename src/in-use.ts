import { type BigIntStats, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { hasSystemCode } from './errors.ts';
import type { InUse } from './model.ts';
import { createPace } from './pace.ts';

type User = { readonly pid: number; readonly name: string };

/**
 * Tells which other processes have a database open, or locks on it, without opening it: an idle connection of the host
 * counts, for it holds state in memory. Our own process and `ownPids` do not count. `unknown` where the system does not
 * tell: on other systems than Linux, and where the database's owner is another user whose processes this one may not
 * look into. A process that hides itself even from its own user (key agents, a container's keeper) is seen by its locks only.
 */
export async function findUsers(databaseFile: string, ownPids: readonly number[] = []): Promise<InUse> {
  if (process.platform !== 'linux') return { state: 'unknown' };
  const ours = new Set([process.pid, ...ownPids]);
  const pace = createPace({});
  const files = [databaseFile, ...['-wal', '-shm', '-journal'].map((end) => databaseFile + end)];
  const targets = new Map(
    files.flatMap((file) => {
      const facts = lookAt(file);
      return facts === null ? [] : [[identityOf(facts), basename(file)] as const];
    }),
  );
  const owner = lookAt(databaseFile)?.uid;
  const foreign = owner !== BigInt(process.geteuid?.() ?? -1);
  const found = new Set(listLockHolders(targets).filter((pid) => !ours.has(pid)));
  // Some systems hide other users' processes, so that not even their number is known.
  let blind = owner === undefined || (foreign && lookAt('/proc/1') === null);
  for (const pid of listProcesses()) {
    await pace.step();
    if (ours.has(pid) || found.has(pid)) continue;
    const opens = hasOpen(pid, targets);
    if (opens === true) found.add(pid);
    if (opens === null && foreign && lookAt(`/proc/${pid}`)?.uid === owner) blind = true;
  }
  const by = [...found].sort((a, b) => a - b).map((pid): User => ({ pid, name: nameOf(pid) }));
  if (by.length > 0) return { state: 'yes', by };
  return { state: blind ? 'unknown' : 'no' };
}

function lookAt(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ESRCH')) return null;
    throw error;
  }
}

/** Device and inode as /proc/locks writes them: `major:minor:inode`, the device in hexadecimal. */
function identityOf({ dev, ino }: BigIntStats): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  return `${hexByte(major)}:${hexByte(minor)}:${ino}`;
}

function hexByte(value: bigint): string {
  return value.toString(16).padStart(2, '0');
}

function listLockHolders(targets: ReadonlyMap<string, string>): readonly number[] {
  const lines = readText('/proc/locks')?.split('\n') ?? [];
  return lines.flatMap((line) => {
    // `7: POSIX  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`; a waiting process has `->` after the number.
    const found = /\s(\d+) ([0-9a-f]+:[0-9a-f]+:\d+) \d+ \S+$/.exec(line);
    return found?.[1] !== undefined && found[2] !== undefined && targets.has(found[2])
      ? [Number(found[1])]
      : [];
  });
}

function listProcesses(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Null where this user may not look. A process that has just ended has nothing open. */
function hasOpen(pid: number, targets: ReadonlyMap<string, string>): boolean | null {
  try {
    const names = new Set(targets.values());
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const link = `/proc/${pid}/fd/${fd}`;
      const target = readLink(link);
      if (target === null || !names.has(basename(target))) return false;
      // The path may be another one in the process's own view of the file system: the inode decides.
      const facts = lookAt(link);
      return facts !== null && targets.has(identityOf(facts));
    });
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ESRCH')) return false;
    if (hasSystemCode(error, 'EACCES', 'EPERM')) return null;
    throw error;
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ESRCH', 'EACCES')) return null;
    throw error;
  }
}

function nameOf(pid: number): string {
  return readText(`/proc/${pid}/comm`)?.trim() || 'unknown';
}
