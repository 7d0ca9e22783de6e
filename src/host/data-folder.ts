import { basename, join, resolve } from 'node:path';
import { hasSystemCode, isSystemError, SnapbackError } from '../model/errors.ts';
import { withReadDatabase } from '../sqlite/database.ts';
import { oddFile } from '../sqlite/look-first.ts';
import { access, constants, lstat, readdir, realpath, stat } from '../system/files.ts';
import { describeOddity } from '../system/plain-file.ts';
import { whileMarked } from '../system/private-folder.ts';
import { type Profile, readProfile } from './profile.ts';

/** An opened data folder: where everything is, and what is known of its application. Holds no open file. */
export type DataFolder = {
  /** Absolute, without symbolic links. */
  readonly dir: string;
  /** Absolute, without symbolic links. */
  readonly databaseFile: string;
  readonly profile: Profile;
  /** Where remembered facts about snapshots may be kept; null: nowhere. */
  readonly cacheDir: string | null;
  readonly nativeBinding: string | undefined;
  /** Where the environment wants SQLite's temporary files, first choice first: `SQLITE_TMPDIR`, `TMPDIR`. */
  readonly sqliteTempDirs: readonly string[];
};

export type DataFolderOptions = {
  /** The database, where it is not the folder's only candidate: absolute, or relative to the folder. */
  readonly database?: string | undefined;
  readonly cacheDir?: string | null | undefined;
  readonly nativeBinding?: string | undefined;
  /** What is not set is left out. */
  readonly sqliteTempDirs?: readonly (string | undefined)[] | undefined;
};

/**
 * `has-log`: a database with the log table. `maybe`: a database that can't be looked into now (locked, damaged, or its
 * WAL can't be opened in a folder without write permission). `no-log`, `not-a-database`, `unreadable`: no candidate.
 */
type Verdict = 'has-log' | 'maybe' | 'no-log' | 'not-a-database' | 'unreadable';

/**
 * Finds the database of a data folder and reads its profile. Never writes. Files are looked into through SQLite alone:
 * to open and close one beside it would drop the locks that this process holds on it (POSIX). Throws
 * `data-folder-missing`, `data-folder-unreadable`, `database-missing`, `database-ambiguous`, `database-unreadable`,
 * `not-a-database`, `profile-invalid`.
 */
export async function openDataFolder(dir: string, options: DataFolderOptions = {}): Promise<DataFolder> {
  const real = await resolveFolder(dir);
  const profile = await readProfile(real);
  const { nativeBinding } = options;
  const look = (file: string) => judge(file, profile.log.table, nativeBinding);
  const { database } = options;
  const databaseFile = await whileMarked(() =>
    database === undefined
      ? findDatabase(real, profile.log.table, look)
      : checkDatabase(resolve(real, database), profile.log.table, look),
  );
  const sqliteTempDirs = (options.sqliteTempDirs ?? []).filter((path) => path !== undefined);
  return {
    dir: real,
    databaseFile,
    profile,
    cacheDir: options.cacheDir ?? null,
    nativeBinding,
    sqliteTempDirs,
  };
}

async function resolveFolder(dir: string): Promise<string> {
  try {
    const real = await realpath(dir);
    if (!(await stat(real)).isDirectory())
      throw new SnapbackError('data-folder-missing', 'The data folder is not a folder.', { path: dir });
    await access(real, constants.R_OK | constants.X_OK);
    return real;
  } catch (error) {
    if (error instanceof SnapbackError && !isSystemError(error)) throw error;
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE'))
      throw new SnapbackError('data-folder-missing', 'The data folder does not exist.', { path: dir }, error);
    throw unreadableFolder(dir, error);
  }
}

function unreadableFolder(dir: string, error: unknown): SnapbackError {
  return new SnapbackError(
    'data-folder-unreadable',
    'The data folder can not be read.',
    { path: dir },
    error,
  );
}

type Look = (file: string) => Promise<Verdict>;

async function findDatabase(dir: string, table: string, look: Look): Promise<string> {
  const seen: { readonly name: string; readonly verdict: Verdict }[] = [];
  for (const name of await listFiles(dir)) seen.push({ name, verdict: await look(join(dir, name)) });
  const named = (...verdicts: readonly Verdict[]) =>
    seen.filter((file) => verdicts.includes(file.verdict)).map((file) => file.name);
  const candidates = named('has-log', 'maybe');
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return join(dir, only);
  if (candidates.length > 1)
    throw new SnapbackError(
      'database-ambiguous',
      'The data folder holds several databases; name one of them.',
      {
        path: dir,
        found: candidates.join(', '),
      },
    );
  const byName = (name: string) => /\.(db|sqlite|sqlite3)$/i.test(name);
  const unreadable = named('unreadable').find(byName);
  if (unreadable !== undefined)
    throw new SnapbackError('database-unreadable', 'The database can not be read.', {
      path: join(dir, unreadable),
    });
  const foreign = named('not-a-database').find(byName);
  if (foreign !== undefined) throw notADatabase(join(dir, foreign));
  throw new SnapbackError('database-missing', `No database with a table "${table}" is in the data folder.`, {
    path: dir,
    table,
    databasesWithoutIt: named('no-log').filter(byName).join(', ') || null,
  });
}

async function listFiles(dir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    const beside = /-(wal|shm|journal)$/;
    return entries
      .filter((entry) => entry.isFile() && !beside.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    throw unreadableFolder(dir, error);
  }
}

async function checkDatabase(file: string, table: string, look: Look): Promise<string> {
  const real = await resolveDatabase(file);
  const verdict = await look(real);
  if (verdict === 'unreadable')
    throw new SnapbackError('database-unreadable', 'The database can not be read.', { path: file });
  if (verdict === 'not-a-database') throw notADatabase(file);
  if (verdict === 'no-log')
    throw new SnapbackError('database-missing', `The database has no table "${table}".`, {
      path: file,
      table,
    });
  return real;
}

async function resolveDatabase(file: string): Promise<string> {
  try {
    const real = await realpath(file);
    const facts = await lstat(real, { bigint: true });
    const problem = describeOddity(facts);
    if (problem === null) return real;
    if (!facts.isDirectory()) throw oddFile(file, problem);
  } catch (error) {
    if (!isSystemError(error) && error instanceof SnapbackError) throw error;
    if (!hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE'))
      throw new SnapbackError('database-unreadable', 'The database can not be read.', { path: file }, error);
  }
  throw new SnapbackError('database-missing', 'The database file does not exist.', { path: file });
}

function notADatabase(file: string): SnapbackError {
  return new SnapbackError(
    'not-a-database',
    `${basename(file)} is not an SQLite database, or it is encrypted.`,
    {
      path: file,
    },
  );
}

async function judge(file: string, table: string, nativeBinding: string | undefined): Promise<Verdict> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return 'no-log';
    return 'unreadable';
  }
  try {
    const found = withReadDatabase(file, { nativeBinding }, (db) =>
      db
        .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE")
        .pluck()
        .get(table),
    );
    return found === 1 ? 'has-log' : 'no-log';
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
    return error.code === 'not-a-database' ? 'not-a-database' : 'maybe';
  }
}
