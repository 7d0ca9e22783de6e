import { access, constants, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { hasSystemCode, SnapbackError } from './errors.ts';
import { SNAPSHOTS } from './folders.ts';
import { freeSpace } from './free-space.ts';
import { findUsers } from './in-use.ts';
import type { RestorePlan, SnapshotRef } from './model.ts';
import type { Surroundings } from './plan-refusals.ts';
import { readSnapshotEnds } from './snapshot-ends.ts';
import { listSnapshotFiles, openSnapshotFile } from './snapshot-files.ts';

/** JSON of a database is about this much larger than its pages. */
const JSON_PER_DATABASE_BYTE = 1.5;

/**
 * Looks at everything around a restore: who has the database open, where the safety copy goes, what the host loads
 * next, and the bytes needed and free on each volume. Reads only.
 */
export async function lookAround(
  folder: DataFolder,
  snapshot: Pick<SnapshotRef, 'sizeBytes'>,
  given: { readonly whileOpen: boolean; readonly copiedFiles: boolean },
): Promise<Surroundings> {
  const databaseBytes = await sizeWithWal(folder.databaseFile);
  const aboutBytes = Math.ceil(Math.max(databaseBytes * JSON_PER_DATABASE_BYTE, 4096));
  return {
    ...given,
    writable: await isWritable(folder),
    inUse: await findUsers(folder.databaseFile),
    safetyFolder: join(folder.dir, SNAPSHOTS, 'restore'),
    aboutBytes,
    space: await needSpace([
      // Safety copy, fresh checkpoint, and what the transaction writes to journal or WAL.
      { path: folder.dir, bytes: aboutBytes * 2 + databaseBytes + snapshot.sizeBytes },
      { path: tmpdir(), bytes: databaseBytes + snapshot.sizeBytes * 2 },
    ]),
    checkpoint: await findNewestCheckpoint(folder),
  };
}

/** @throws `database-read-only` where database file or folder may not be written to */
export async function requireWritable(folder: DataFolder): Promise<void> {
  if (!(await isWritable(folder)))
    throw new SnapbackError('database-read-only', 'The database can only be read, not written.', {
      database: folder.databaseFile,
    });
}

async function isWritable(folder: DataFolder): Promise<boolean> {
  try {
    await access(folder.databaseFile, constants.W_OK);
    await access(dirname(folder.databaseFile), constants.W_OK);
    return true;
  } catch (error) {
    if (hasSystemCode(error, 'EACCES', 'EROFS', 'EPERM')) return false;
    throw new SnapbackError(
      'database-unreadable',
      'The database could not be opened.',
      { path: folder.databaseFile },
      error,
    );
  }
}

async function sizeWithWal(database: string): Promise<number> {
  const sizes = await Promise.all(
    [database, `${database}-wal`].map((file) =>
      stat(file).then(
        (found) => found.size,
        (error: unknown) => {
          if (hasSystemCode(error, 'ENOENT')) return 0;
          throw new SnapbackError(
            'database-unreadable',
            'The database could not be opened.',
            { path: file },
            error,
          );
        },
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function needSpace(
  needs: readonly { readonly path: string; readonly bytes: number }[],
): Promise<RestorePlan['space']> {
  const volumes = new Map<string, { volume: string; neededBytes: number; freeBytes: number }>();
  for (const { path, bytes } of needs) {
    const { volume, freeBytes } = await freeSpace(path);
    const known = volumes.get(volume);
    volumes.set(volume, { volume, freeBytes, neededBytes: bytes + (known?.neededBytes ?? 0) });
  }
  return [...volumes.values()];
}

/** The checkpoint that the host's cold load picks: the last by name, whatever it holds. */
async function findNewestCheckpoint(folder: DataFolder): Promise<Surroundings['checkpoint']> {
  const newest = (await listSnapshotFiles(folder)).find((file) => file.kind === 'periodic');
  if (newest === undefined) return null;
  try {
    const file = await openSnapshotFile(folder, newest.id);
    try {
      return { id: newest.id, lastEventId: (await readSnapshotEnds(file)).lastEventId };
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    if (error instanceof SnapbackError) return { id: newest.id, lastEventId: null };
    throw error;
  }
}
