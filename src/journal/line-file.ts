import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { ensureFolder, findFolder, OWN, ownAsDatabase } from '../host/folders.ts';
import { hasSystemCode, isSystemError, SnapbackError } from '../model/errors.ts';
import { syncFolder } from '../system/durable.ts';
import { constants, type FileHandle } from '../system/files.ts';
import { openPlainFile } from '../system/plain-file.ts';

/*
 * A file of lines in Snapback's own folder, to which lines are only ever appended. It names what was restored and kept, so
 * only the owner of the database may read it. It is read as hostile input: whoever reads a line has to check it.
 */

/** Only the newest part of a longer file is read. */
const READ_BYTES = 8 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Appends a line and returns once it is on the disk. A last line that a crash has torn stays, and is ended first.
 * @throws `disk-full`, `folder-read-only`, `io-failed`, `snapshot-unsafe`; the line may be on the disk all the same
 */
export async function appendLine(folder: DataFolder, name: string, line: string): Promise<void> {
  const place = await ensureFolder(folder, OWN);
  const path = join(place, name);
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
  const { handle, facts } = await openPlainFile(path, flags, 0o600);
  if (handle === null) throw new SnapbackError('io-failed', 'The journal is not a regular file.', { path });
  try {
    const size = Number(facts.size);
    if (size === 0) await keepPrivate(folder, handle);
    const start = (await endsInMidLine(handle, size)) ? '\n' : '';
    await handle.appendFile(`${start}${line}\n`);
    await handle.sync();
    if (size === 0) await syncFolder(place);
  } finally {
    await handle.close();
  }
}

async function keepPrivate(folder: DataFolder, handle: FileHandle): Promise<void> {
  await ownAsDatabase(folder, handle);
  await handle.chmod(0o600);
}

async function endsInMidLine(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] !== NEWLINE;
}

/**
 * The lines of the newest part, oldest first, the first one perhaps cut off. None where there is no such file; null where
 * there is something in its place that may not be read. @throws `io-failed` only where reading itself fails
 */
export async function readLines(folder: DataFolder, name: string): Promise<readonly string[] | null> {
  try {
    const place = await findFolder(folder, OWN);
    if (place === null) return [];
    const { handle, facts } = await openPlainFile(join(place, name));
    if (handle === null) return null;
    try {
      const size = Number(facts.size);
      const start = Math.max(0, size - READ_BYTES);
      const bytes = Buffer.alloc(size - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      return bytes.toString('utf8', 0, bytesRead).split('\n');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return [];
    if (hasSystemCode(error, 'EACCES', 'EPERM')) return null;
    // Its folder is a link that leads elsewhere, or may not be opened.
    if (error instanceof SnapbackError && !isSystemError(error)) return null;
    throw new SnapbackError('io-failed', 'The journal could not be read.', { folder: folder.dir }, error);
  }
}
