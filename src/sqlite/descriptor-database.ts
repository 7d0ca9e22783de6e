import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { constants, open, statDescriptor } from '../system/files.ts';
import { createPrivateFolder } from '../system/private-folder.ts';
import type { OpenOptions, ReadDatabase, WriteDatabase } from './database.ts';
import { Database } from './library.ts';

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
  try {
    for (const setting of ['trusted_schema = OFF', 'query_only = ON', 'cell_size_check = ON'])
      db.pragma(setting);
    db.pragma('ignore_check_constraints = ON');
    const reading: ReadDatabase = Object.assign(db, { access: 'read' } as const);
    return { db: reading, close };
  } catch (error) {
    await close();
    throw error;
  }
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

type Opened = { readonly db: BetterSqlite3.Database; readonly close: () => Promise<void> };

async function openDescriptor(file: OpenDatabaseFile, readonly: boolean): Promise<Opened> {
  const { handle, path, nativeBinding } = file;
  const { journal, leave } = await joinJournal(file);
  try {
    const how = { readonly, timeout: 0, ...(nativeBinding !== undefined && { nativeBinding }) };
    const db: BetterSqlite3.Database =
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
    await leave();
    throw error;
  }
}

/** An open, empty journal. SQLite wants one, and writes nothing into this one. */
type Journal = { readonly fd: number; readonly remove: () => Promise<void> };

/** The journals in use, by the device and inode of their database. SQLite refuses two for one file in one process. */
const journals = new Map<string, { readonly made: Promise<Journal>; users: number }>();

/** The journal for a file, shared with everybody who has that file open. The last one to leave removes it. */
async function joinJournal({ handle, path }: OpenDatabaseFile) {
  const { dev, ino } = statDescriptor({ fd: handle.fd, path });
  const key = `${dev} ${ino}`;
  const shared = journals.get(key) ?? { made: makeJournal(), users: 0 };
  journals.set(key, shared);
  shared.users += 1;
  const leave = async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    journals.delete(key);
    await (await shared.made).remove();
  };
  try {
    return { journal: await shared.made, leave };
  } catch (error) {
    shared.users -= 1;
    if (shared.users === 0) journals.delete(key);
    throw error;
  }
}

async function makeJournal(): Promise<Journal> {
  const folder = await createPrivateFolder();
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    const journal = await open(join(folder.path, 'journal'), flags, 0o600);
    const remove = async () => {
      await journal.close();
      await folder.remove();
    };
    return { fd: journal.fd, remove };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
