import { SnapbackError } from '../model/errors.ts';
import { rm, stat } from '../system/files.ts';
import type { OpenOptions } from './database.ts';
import { Database } from './library.ts';

/**
 * Writes what a WAL holds into the database beside it, in a private folder, and removes the WAL. Both may be anybody's work:
 * SQLite copies pages, and looks at nothing that they hold.
 * @throws SQLite's errors, `io-failed` where the WAL could not be written back; the file is then unusable
 */
export async function foldWal(file: string, { nativeBinding }: OpenOptions): Promise<void> {
  const how = { timeout: 0, fileMustExist: true, ...(nativeBinding !== undefined && { nativeBinding }) };
  const db = new Database(file, how);
  try {
    // SQLite now knows what of the WAL was committed. Unlike any question or setting, this does not read the schema.
    db.exec('BEGIN IMMEDIATE');
    db.exec('COMMIT');
  } finally {
    // The last one to close a database writes its WAL back.
    db.close();
  }
  const left = await stat(`${file}-wal`).catch(() => null);
  if (left !== null && left.size > 0)
    throw new SnapbackError('io-failed', 'The WAL of a copied database could not be written into it.', {
      path: file,
    });
  for (const suffix of ['-wal', '-shm']) await rm(file + suffix, { force: true });
}
