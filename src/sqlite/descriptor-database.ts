import { join } from 'node:path';
import Database from 'better-sqlite3';
import { constants, open } from '../system/files.ts';
import { createPrivateFolder } from '../system/private-folder.ts';
import type { OpenOptions, ReadDatabase, WriteDatabase } from './database.ts';

/*
 * Databases that are opened by a descriptor. Invariant: SQLite reads the very file that the caller has opened and judged,
 * takes no notice of a journal or a WAL that lies beside it, and creates nothing there.
 */

/** An open file. Its opener closes it. */
export type OpenDatabaseFile = {
  readonly nativeBinding?: OpenOptions['nativeBinding'];
  readonly handle: { readonly fd: number };
  readonly path: string;
};

/**
 * Opens a database that may be anybody's work, for reading. Nothing of its own runs: no view, trigger, check or function.
 * What it holds is still not to be trusted. The caller calls `close`.
 * @throws SQLite's errors, `disk-full`, `io-failed`
 */
export async function openUntrustedDatabase(file: OpenDatabaseFile) {
  const { db, close } = await openDescriptor(file, true);
  for (const setting of ['trusted_schema = OFF', 'query_only = ON', 'cell_size_check = ON'])
    db.pragma(setting);
  db.pragma('ignore_check_constraints = ON');
  const reading: ReadDatabase = Object.assign(db, { access: 'read' } as const);
  return { db: reading, close };
}

/**
 * Lets `use` write into a database that nobody else can see yet. Nothing is made durable, and a crash leaves it unusable.
 * @throws as `openUntrustedDatabase`, and what `use` throws
 */
export async function withUnpublishedDatabase<T>(
  file: OpenDatabaseFile,
  use: (db: WriteDatabase) => T,
): Promise<T> {
  const { db, close } = await openDescriptor(file, false);
  try {
    // SQLite refuses to be without any journal here. In memory it holds next to nothing.
    for (const setting of ['journal_mode = MEMORY', 'synchronous = OFF', 'foreign_keys = OFF'])
      db.pragma(setting);
    return use(Object.assign(db, { access: 'write' } as const));
  } finally {
    await close();
  }
}

type Opened = { readonly db: Database.Database; readonly close: () => Promise<void> };

async function openDescriptor(
  { handle, path, nativeBinding }: OpenDatabaseFile,
  readonly: boolean,
): Promise<Opened> {
  const folder = await createPrivateFolder();
  try {
    // SQLite wants a journal, and finds this one empty.
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    const journal = await open(join(folder.path, 'journal'), flags, 0o600);
    const leave = async () => {
      await journal.close();
      await folder.remove();
    };
    try {
      const how = { readonly, timeout: 0, ...(nativeBinding !== undefined && { nativeBinding }) };
      const db: Database.Database =
        process.platform === 'win32'
          ? new Database(path, { ...how, fileMustExist: true })
          : Reflect.construct(Database, [handle.fd, { ...how, journalFd: journal.fd }]);
      return {
        db,
        async close() {
          db.close();
          await leave();
        },
      };
    } catch (error) {
      await journal.close();
      throw error;
    }
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
