import { basename, join } from 'node:path';
import { copyDatabaseFiles } from '../host/copy-files.ts';
import type { Backup, DataFolder } from '../host/data-folder.ts';
import { hasSystemCode, isSystemError, SnapbackError } from '../model/errors.ts';
import type { SnapshotForm } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { readAt, type SnapshotBytes } from '../snapshot-file/bytes.ts';
import { readDatabaseHead } from '../snapshot-file/database-file.ts';
import { nameForeign } from '../snapshot-file/foreign.ts';
import { foldWal } from '../sqlite/fold-wal.ts';
import { sqliteCode } from '../sqlite/result-codes.ts';
import { constants, lstat, open, realpath, rm } from '../system/files.ts';
import { describeOddity } from '../system/plain-file.ts';
import { createPrivateFolder } from '../system/private-folder.ts';
import { createYielder } from '../system/yielder.ts';
import { openRegularFile } from './open-file.ts';

/* The private copy of one moment of a file from anywhere, and of the WAL beside it. Nothing is written beside the file. */

/** The error for a file that is not opened. `why` follows its name in the sentence. */
export function refuseFile(path: string, why: string, cause?: unknown): SnapbackError {
  return new SnapbackError('backup-refused', `“${basename(path)}” ${why}`, { path }, cause);
}

/** The file that somebody means, without links. Nothing is opened. @throws `backup-refused` */
export async function findNamedFile(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    const oddity = describeOddity(await lstat(real));
    if (oddity !== null) throw refuseFile(path, `cannot be opened. ${oddity}`);
    return real;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) throw refuseFile(path, 'does not exist.', error);
    if (hasSystemCode(error, 'ELOOP')) throw refuseFile(path, 'is a link that leads nowhere.', error);
    throw error;
  }
}

/** A copied file, which has no name among the backups yet. */
export type Copied = Omit<Backup, 'name'>;

/**
 * Makes a private copy of one moment of a file, and of its WAL. `path` is a real path.
 * @throws `backup-refused` for what is neither a database nor JSON, as `openBackup`
 */
export async function copyBackup(
  { nativeBinding }: Pick<DataFolder, 'nativeBinding'>,
  path: string,
  task: TaskOptions,
): Promise<Copied> {
  const place = await createPrivateFolder();
  const copy = join(place.path, 'opened');
  try {
    const fingerprint = await copyOneMoment(path, copy, task);
    const file = await openRegularFile(copy, { nativeBinding });
    try {
      const { form, lacksWal } = await judge(path, file);
      const { mtimeMs } = await lstat(path).catch(() => file);
      return { form, path, copy, mtimeMs, fingerprint, lacksWal, close: place.remove };
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    await place.remove();
    throw error;
  }
}

/** @throws as `copyDatabaseFiles`, where its errors about the database are about this file */
async function copyOneMoment(path: string, copy: string, task: TaskOptions): Promise<Backup['fingerprint']> {
  try {
    return await copyDatabaseFiles(path, copy, createYielder(task));
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
    if (error.code === 'database-missing') throw refuseFile(path, 'does not exist any more.', error);
    if (error.code === 'database-busy')
      throw refuseFile(path, 'changes faster than it can be copied. Close the app that writes to it.', error);
    if (error.code === 'database-unreadable')
      throw refuseFile(path, 'cannot be read, or a file beside it that belongs to it.', error);
    throw error;
  }
}

/** Bytes 18 and 19 of a database say whether it has a WAL. */
const VERSIONS_AT = 18;
const WITH_WAL = 2;
const WITHOUT_WAL = Buffer.from([1, 1]);
const HEAD_BYTES = 100;
/** What a journal begins with that SQLite would roll back. */
const JOURNAL = 'd9d505f920a163d7';

/** Says of what form a copied file is. A database is made readable without a WAL. @throws `backup-refused` */
async function judge(
  path: string,
  file: SnapshotBytes,
): Promise<{ readonly form: SnapshotForm; readonly lacksWal: boolean }> {
  const head = await readAt(file, 0, HEAD_BYTES);
  if (!head.toString('latin1').startsWith('SQLite format 3\0')) {
    const foreign = await nameForeign(file);
    if (foreign !== null) throw refuseFile(path, `cannot be opened: ${foreign}.`);
    if (/^\s*\{/.test(head.toString('latin1'))) return { form: 'json', lacksWal: false };
    throw refuseFile(path, 'cannot be opened: it is no SQLite database and no snapshot, or it is encrypted.');
  }
  await refuseUnfinished(path, `${file.path}-journal`);
  const hasWal = head[VERSIONS_AT] === WITH_WAL;
  const wal = await lstat(`${file.path}-wal`).catch(refusedAsNull);
  if (wal !== null && wal.size > 0) await foldInto(path, file);
  if (hasWal) await forgetWal(file.path);
  const { problem } = await readDatabaseHead(await measured(file));
  if (problem !== null) throw refuseFile(path, `cannot be opened: ${problem}.`);
  return { form: 'database', lacksWal: hasWal && wal === null };
}

/** A rollback journal may name any other file, which SQLite would look for and remove. So it is never handed to SQLite. */
async function refuseUnfinished(path: string, journal: string): Promise<void> {
  if ((await lstat(journal).catch(refusedAsNull)) === null) return;
  const { handle, ...file } = await openRegularFile(journal, { nativeBinding: undefined });
  try {
    const isHot = (await readAt({ handle, ...file }, 0, JOURNAL.length / 2)).toString('hex') === JOURNAL;
    if (isHot)
      throw refuseFile(
        path,
        'was being written when it was copied: its journal is still beside it. Open it once with its own app, or wait until that is done.',
      );
  } finally {
    await handle.close();
  }
  await rm(journal, { force: true });
}

async function foldInto(path: string, { path: copy, nativeBinding }: SnapshotBytes): Promise<void> {
  try {
    await foldWal(copy, { nativeBinding });
  } catch (error) {
    if (sqliteCode(error) === null) throw error;
    throw refuseFile(
      path,
      'cannot be read together with the WAL beside it. One of the two is damaged.',
      error,
    );
  }
}

async function forgetWal(copy: string): Promise<void> {
  const handle = await open(copy, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    await handle.write(WITHOUT_WAL, 0, WITHOUT_WAL.length, VERSIONS_AT);
  } finally {
    await handle.close();
  }
}

/** The size may have changed. */
async function measured(file: SnapshotBytes): Promise<SnapshotBytes> {
  return { ...file, sizeBytes: Number((await file.handle.stat()).size) };
}

/** A file that the system does not let us look at counts as absent. */
export function refusedAsNull(error: unknown): null {
  if (isSystemError(error)) return null;
  throw error;
}
