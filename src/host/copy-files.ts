import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { hasSystemCode, isSystemError, SnapbackError } from '../model/errors.ts';
import { openBeside } from '../sqlite/lock-keeping.ts';
import { databaseGone } from '../sqlite/look-first.ts';
import { type FileHandle, lstat, open, readDescriptor, rm } from '../system/files.ts';
import type { Yielder } from '../system/yielder.ts';

const COPY_ATTEMPTS = 5;
/** The journal is included, because it is needed to undo what a killed host left half written. */
const COMPANIONS = ['', '-wal', '-journal'] as const;

/**
 * Copies the database, its WAL and its journal as files, and checks that none of them changed meanwhile. This process
 * keeps its locks on the database. Answers `fingerprintOf` what was copied. @throws `database-busy` (it keeps changing),
 * `database-unreadable`, `cancelled`, and the system's refusal to write the copy; the copy is then unusable
 */
export async function copyDatabaseFiles(
  source: string,
  target: string,
  yielder: Yielder,
): Promise<Fingerprint> {
  for (let attempt = 0; attempt < COPY_ATTEMPTS; attempt += 1) {
    const before = await fingerprintOf(source);
    const copied = await passOver(source, target, yielder);
    if (copied[0] === null) throw databaseGone(source);
    const again = await passOver(source, null, yielder);
    const unchanged = (await fingerprintOf(source)).every((file, index) => file === before[index]);
    if (unchanged && copied.every((digest, index) => digest === again[index])) return before;
  }
  throw new SnapbackError('database-busy', `“${basename(source)}” changes faster than it can be copied.`, {
    database: source,
  });
}

/** What the file system says of a database, its WAL and its journal: another text when one of them changed, null where it is missing. */
export type Fingerprint = readonly (string | null)[];

/** @throws as `files.ts` */
export function fingerprintOf(source: string): Promise<Fingerprint> {
  return Promise.all(
    COMPANIONS.map(async (suffix) => {
      const found = await lstat(source + suffix, { bigint: true }).catch(absentAsNull);
      return found === null ? null : `${found.ino} ${found.size} ${found.mtimeNs}`;
    }),
  );
}

function absentAsNull(error: unknown): null {
  if (hasSystemCode(error, 'ENOENT')) return null;
  throw error;
}

/** Reads the files one after the other, and copies them if there is a target. Returns each digest; null for a missing file. */
async function passOver(
  source: string,
  target: string | null,
  yielder: Yielder,
): Promise<readonly (string | null)[]> {
  const digests: (string | null)[] = [];
  for (const suffix of COMPANIONS)
    digests.push(await copyFile(source + suffix, target === null ? null : target + suffix, yielder));
  return digests;
}

async function copyFile(source: string, target: string | null, yielder: Yielder): Promise<string | null> {
  const from = openOrAbsent(source);
  if (from === null) {
    // An earlier attempt may have copied this file; that copy is outdated.
    if (target !== null) await rm(target, { force: true });
    return null;
  }
  try {
    const to = target === null ? null : await open(target, 'w', 0o600);
    try {
      return await copyBytes({ fd: from.fd, path: source }, to, yielder);
    } finally {
      await to?.close();
    }
  } finally {
    from.close();
  }
}

function openOrAbsent(source: string): ReturnType<typeof openBeside> | null {
  try {
    return openBeside(source);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return null;
    if (!isSystemError(error)) throw error;
    throw new SnapbackError('database-unreadable', 'The database cannot be read.', { path: source }, error);
  }
}

async function copyBytes(
  from: { readonly fd: number; readonly path: string },
  to: FileHandle | null,
  yielder: Yielder,
): Promise<string> {
  const digest = createHash('sha256');
  const buffer = Buffer.alloc(1 << 20);
  for (let position = 0; ; ) {
    await yielder.step();
    const bytesRead = await readDescriptor(from, buffer, position);
    if (bytesRead === 0) return digest.digest('hex');
    const chunk = buffer.subarray(0, bytesRead);
    digest.update(chunk);
    await to?.writeFile(chunk);
    position += bytesRead;
  }
}
