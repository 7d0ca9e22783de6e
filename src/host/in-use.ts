import { basename } from 'node:path';
import { hasSystemCode, isSystemError } from '../model/errors.ts';
import type { InUse } from '../model/restore.ts';
import { type BigIntStats, readdirSync, readlinkSync, statSync } from '../system/files.ts';
import { isOwnProcess } from '../system/private-folder.ts';
import { readProcFile } from '../system/proc-file.ts';
import { createYielder } from '../system/yielder.ts';

/** The files of a database: their inode numbers, their ids (device and inode), and their names. */
type Targets = {
  readonly inodes: ReadonlySet<bigint>;
  readonly ids: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
};

/** How often a process has to be found, so that a Snapback that comes and goes is not taken for the host. */
const TIMES_ASKED = 5;

type User = { readonly pid: number; readonly name: string };

/**
 * Finds the other processes that have a database open or hold locks on it, without opening it. An idle connection of the
 * host counts, because the host keeps state in memory. Our own process does not count. Nor do other Snapbacks at work:
 * they keep no state that could overwrite a restore, and of two restores at the same time SQLite lets only one win.
 * `unknown` if the system does not show it: on systems other than Linux, and if the database belongs to a user whose
 * processes this one cannot inspect. A process that hides even from its own user (a key agent, the supervisor of a
 * container) is found by its locks only.
 */
export async function findOpeners(databaseFile: string): Promise<InUse> {
  if (process.platform !== 'linux') return { state: 'unknown' };
  const isStranger = async (pid: number) => pid !== process.pid && !(await isOwnProcess(pid));
  const yielder = createYielder({});
  const targets = readTargets(databaseFile);
  const owner = lookAt(databaseFile)?.uid;
  const foreign = owner !== BigInt(process.geteuid?.() ?? -1);
  const users = new Set<number>();
  // A Snapback is marked before it opens the database and until after it has closed it. A WAL that was deleted meanwhile may
  // have left its number to a file of anybody. So what counts is there before and after, several times.
  const isUser = async (pid: number, filesOf: (targets: Targets) => readonly string[]): Promise<boolean> => {
    for (let times = 0; times < TIMES_ASKED; times += 1) {
      if (!(await isStranger(pid))) return false;
      const used = filesOf(readTargets(databaseFile));
      const { ids } = readTargets(databaseFile);
      if (!used.some((id) => ids.has(id)) || !(await isStranger(pid))) return false;
    }
    return true;
  };
  for (const { pid } of listLocks(targets))
    if (await isUser(pid, (now) => listLocks(now).flatMap((lock) => (lock.pid === pid ? [lock.id] : []))))
      users.add(pid);
  // Some systems hide other users' processes entirely.
  let blind = owner === undefined || (foreign && lookAt('/proc/1') === null);
  for (const pid of listProcesses()) {
    await yielder.step();
    if (pid === process.pid || users.has(pid)) continue;
    const opens = listOpen(pid, targets);
    if (opens !== null && opens.length > 0 && (await isUser(pid, (now) => listOpen(pid, now) ?? [])))
      users.add(pid);
    if (opens === null && foreign && lookAt(`/proc/${pid}`)?.uid === owner) blind = true;
  }
  const by = [...users].sort((a, b) => a - b).map((pid): User => ({ pid, name: nameOf(pid) }));
  if (by.length > 0) return { state: 'yes', by };
  return { state: blind ? 'unknown' : 'no' };
}

function readTargets(databaseFile: string): Targets {
  const files = [databaseFile, ...['-wal', '-shm', '-journal'].map((end) => databaseFile + end)];
  const found = files.flatMap((file) => lookAt(file) ?? []);
  return {
    inodes: new Set(found.map(({ ino }) => ino)),
    ids: new Set(found.map(identityOf)),
    names: new Set(files.map((file) => basename(file))),
  };
}

/** Null where there is no such file, or the system does not let us look. */
export function lookAt(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

/** Device and inode as in /proc/locks: `major:minor:inode`, with the device in hexadecimal. */
export function identityOf({ dev, ino }: BigIntStats): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  return `${hexByte(major)}:${hexByte(minor)}:${ino}`;
}

function hexByte(value: bigint): string {
  return value.toString(16).padStart(2, '0');
}

/** Who holds which of the files locked. */
function listLocks({ ids }: Targets): readonly { readonly pid: number; readonly id: string }[] {
  const lines = readProcFile('/proc/locks')?.split('\n') ?? [];
  return lines.flatMap((line) => {
    // `7: POSIX  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`. A waiting process has `->` after the first number.
    const [, pid, id] = /\s(\d+) ([0-9a-f]+:[0-9a-f]+:\d+) \d+ \S+$/.exec(line) ?? [];
    return pid !== undefined && id !== undefined && ids.has(id) ? [{ pid: Number(pid), id }] : [];
  });
}

function listProcesses(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/**
 * Which of the files a process has open; null if this user has no permission to look. None for a process that has just
 * ended. Device and inode decide, because the process may know the file by another name.
 */
function listOpen(pid: number, targets: Targets): readonly string[] | null {
  try {
    const open: string[] = [];
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const possible = couldBe(pid, fd, targets);
      if (possible === null) break;
      const facts = possible ? lookAtOpen(`/proc/${pid}/fd/${fd}`) : null;
      const id = facts !== null && targets.inodes.has(facts.ino) ? identityOf(facts) : null;
      if (id !== null && targets.ids.has(id)) open.push(id);
    }
    return open;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ESRCH')) return [];
    if (hasSystemCode(error, 'EACCES', 'EPERM')) return null;
    throw error;
  }
}

/**
 * Whether a descriptor may be one of the files, as far as the kernel itself knows. Asking the file system could take
 * forever, if it is on a network that does not answer. Kernels before 5.14 do not show the inode, so there the name counts.
 * Null if the process hides what it has open, which it does for all of its descriptors.
 */
function couldBe(pid: number, fd: string, { inodes, names }: Targets): boolean | null {
  const name = readLink(`/proc/${pid}/fd/${fd}`);
  // Most descriptors belong to none. To learn that takes one call to the system, to learn an inode takes three.
  if (name !== null && /^((socket|pipe|anon_inode):|\/dev\/null$)/.test(name)) return false;
  const info = readProcFile(`/proc/${pid}/fdinfo/${fd}`);
  if (name === null && info === null && isRefused(`/proc/${pid}/fd/${fd}`)) return null;
  const inode = /^ino:\s*(\d+)$/m.exec(info ?? '')?.[1];
  if (inode !== undefined) return inodes.has(BigInt(inode));
  return name !== null && names.has(basename(name));
}

/** Null if the file was closed meanwhile or its file system does not answer, for example after a lost connection. */
function lookAtOpen(link: string): BigIntStats | null {
  try {
    return statSync(link, { bigint: true });
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

/** The name of a process's program; if that is not visible, the name the process gives itself, which may be that of a thread. */
function nameOf(pid: number): string {
  const program = readLink(`/proc/${pid}/exe`)?.replace(/ \(deleted\)$/, '') ?? null;
  const name = program === null ? readProcFile(`/proc/${pid}/comm`)?.trim() : basename(program);
  return name || 'unknown';
}

function isRefused(link: string): boolean {
  try {
    readlinkSync(link);
    return false;
  } catch (error) {
    return hasSystemCode(error, 'EACCES', 'EPERM');
  }
}

function readLink(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
