import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { findObstacle, SNAPSHOTS } from '../host/folders.ts';
import { findOpeners } from '../host/in-use.ts';
import { isWritable } from '../host/writable.ts';
import { findJournalObstacle } from '../journal/journal.ts';
import type { SnapshotRef } from '../model/diff.ts';
import { hasSystemCode, isSystemError, orNull, SnapbackError } from '../model/errors.ts';
import type { InUse, RestoreMode, RestorePlan } from '../model/restore.ts';
import { readSnapshotEnds } from '../snapshot-file/ends.ts';
import { listFilesOfKind } from '../snapshots/files.ts';
import { isCheckpoint, PERIODIC_KIND, SAFETY_KIND } from '../snapshots/kinds.ts';
import { withSnapshotFile } from '../snapshots/open-file.ts';
import { endsInBlank } from '../sqlite/database.ts';
import { access, constants, stat } from '../system/files.ts';
import { freeSpace } from '../system/free-space.ts';

/** What a plan has to know about the world outside the database. */
export type Preflight = {
  readonly inUse: InUse;
  /** The person said to go on although another program has the database open. */
  readonly whileOpen: boolean;
  /** False: a new file is written, in which nothing of the host's is at stake. */
  readonly inPlace: boolean;
  /** Whether database file and folder may be written to. */
  readonly writable: boolean;
  /** What would keep a restore from writing the safety copy, the checkpoint or the journal. */
  readonly obstacles: readonly SnapbackError[];
  /** The database could not be opened where it is, not even for reading. */
  readonly viewingCopy: boolean;
  readonly safetyFolder: string;
  readonly aboutBytes: number;
  readonly space: RestorePlan['space'];
  /** The checkpoint that the host loads at its next start. */
  readonly checkpoint: { readonly id: string; readonly lastEventId: bigint | null } | null;
};

type Given = Pick<Preflight, 'whileOpen' | 'viewingCopy'> & { readonly mode: RestoreMode };

/** Roughly how many bytes of JSON one byte of the database becomes. */
const JSON_PER_DATABASE_BYTE = 1.5;

/**
 * Looks at everything around a restore: who has the database open, where the safety copy goes, what the host loads
 * next, and the bytes needed and free on each volume. Reads only.
 */
export async function runPreflight(
  folder: DataFolder,
  snapshot: Pick<SnapshotRef, 'sizeBytes'>,
  { mode, ...given }: Given,
): Promise<Preflight> {
  const databaseBytes = await sizeWithWal(folder.databaseFile);
  // The safety copy is as large as the database, or where its tables are dumped alone, hardly ever larger.
  const aboutBytes = Math.max(databaseBytes, 4096);
  const checkpointBytes = Math.max(
    Math.ceil(databaseBytes * JSON_PER_DATABASE_BYTE),
    snapshot.sizeBytes,
    4096,
  );
  const safetyFolder = join(folder.dir, SNAPSHOTS, SAFETY_KIND);
  return {
    ...given,
    inPlace: true,
    writable: (await isWritable(folder)) && !endsInBlank(folder.databaseFile),
    obstacles: await findObstacles(folder, mode),
    inUse: await findOpeners(folder.databaseFile),
    safetyFolder,
    aboutBytes,
    space: await needSpace([
      // What the transaction writes to SQLite's journal or WAL, and the rows that come back.
      { path: folder.databaseFile, bytes: databaseBytes + snapshot.sizeBytes },
      { path: safetyFolder, bytes: aboutBytes },
      { path: join(folder.dir, SNAPSHOTS, PERIODIC_KIND), bytes: checkpointBytes },
      // A private copy of the database or the exact values for the checkpoint, and the staged snapshot.
      { path: tmpdir(), bytes: databaseBytes + snapshot.sizeBytes },
      // SQLite's temporary tables of what differs, and its sorting.
      { path: await findSqliteTempDir(folder), bytes: snapshot.sizeBytes },
    ]),
    checkpoint: await findNewestCheckpoint(folder),
  };
}

/** The same for a restore into a new file in `place`: nothing stands in the way of that but a full disk. */
export async function preflightCopy(
  folder: DataFolder,
  { sizeBytes }: Pick<SnapshotRef, 'sizeBytes'>,
  place: string,
): Promise<Preflight> {
  const databaseBytes = await sizeWithWal(folder.databaseFile);
  const bytes = databaseBytes + sizeBytes;
  return {
    ...{ inPlace: false, inUse: { state: 'no' }, whileOpen: true, writable: true },
    ...{ obstacles: [], viewingCopy: false },
    ...{ safetyFolder: '', aboutBytes: 0, checkpoint: null },
    space: await needSpace([
      { path: place, bytes },
      { path: tmpdir(), bytes: bytes + sizeBytes },
      { path: await findSqliteTempDir(folder), bytes: sizeBytes },
    ]),
  };
}

/** Names each obstacle once, although one folder may hinder several files. */
async function findObstacles(folder: DataFolder, mode: RestoreMode): Promise<readonly SnapbackError[]> {
  const synced = new SnapbackError(
    'database-synced',
    'The profile says that other devices write to this database, too.',
    { key: 'synced' },
  );
  const found = [
    folder.profile.synced ? synced : null,
    await findObstacle(folder, SNAPSHOTS, SAFETY_KIND),
    mode === 'full' ? await findObstacle(folder, SNAPSHOTS, PERIODIC_KIND) : null,
    await findJournalObstacle(folder),
  ].filter((one) => one !== null);
  return [...new Map(found.map((one) => [one.message, one])).values()];
}

/** @throws `database-missing`, `database-read-only` where database file or folder may not be written to */
export async function requireWritable(folder: DataFolder): Promise<void> {
  if (!(await isWritable(folder)))
    throw new SnapbackError('database-read-only', 'The database can only be read, not written.', {
      database: folder.databaseFile,
    });
}

/** The bytes of a database and its WAL. @throws `database-unreadable` */
export async function sizeWithWal(database: string): Promise<number> {
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

/** Where SQLite puts what does not fit in memory: the first of these folders that it may write to. Node uses another one. */
async function findSqliteTempDir({ sqliteTempDirs }: DataFolder): Promise<string> {
  if (process.platform === 'win32') return tmpdir();
  for (const path of [...sqliteTempDirs, '/var/tmp', '/usr/tmp', '/tmp'])
    if (await isWritableFolder(path)) return path;
  return '.';
}

async function isWritableFolder(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

async function needSpace(
  needs: readonly { readonly path: string; readonly bytes: number }[],
): Promise<RestorePlan['space']> {
  const volumes = new Map<number, RestorePlan['space'][number]>();
  for (const { path, bytes } of needs) {
    const { device, volume, freeBytes } = await freeSpace(path);
    const known = volumes.get(device) ?? { volume, freeBytes, neededBytes: 0 };
    volumes.set(device, { ...known, neededBytes: known.neededBytes + bytes });
  }
  return [...volumes.values()];
}

/** The checkpoint that the host cold-loads: the last by name, whatever it holds. Follows the seed's `latest_snapshot_path`. */
async function findNewestCheckpoint(folder: DataFolder): Promise<Preflight['checkpoint']> {
  const newest = (await listFilesOfKind(folder, PERIODIC_KIND)).find(isCheckpoint);
  if (newest === undefined) return null;
  const ends = await withSnapshotFile(folder, newest.id, readSnapshotEnds).catch(orNull());
  return { id: newest.id, lastEventId: ends?.lastEventId ?? null };
}
