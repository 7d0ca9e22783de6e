import { join, resolve } from 'node:path';
import { hasSystemCode, isSystemError, SnapbackError } from '../model/errors.ts';
import type { SnapshotForm } from '../model/snapshots.ts';
import { access, constants, readdir, realpath, stat } from '../system/files.ts';
import { whileMarked } from '../system/private-folder.ts';
import type { Fingerprint } from './copy-files.ts';
import { checkDatabase, findDatabase, guessDatabase, type Sought } from './find-database.ts';
import { defaultProfile, type Profile } from './profile.ts';
import { readProfile } from './profile-file.ts';

/** An opened data folder: where everything is, and what is known about its application. It keeps no file open. */
export type DataFolder = {
  /** Absolute, without symbolic links. */
  readonly dir: string;
  /** Absolute, without symbolic links. */
  readonly databaseFile: string;
  /** Why the folder was opened without a usable database, so that its snapshots can only be looked at; null if it has one. */
  readonly databaseProblem: SnapbackError | null;
  readonly profile: Profile;
  /** Where facts about snapshots are remembered; null: nowhere. */
  readonly cacheDir: string | null;
  readonly nativeBinding: string | undefined;
  /** What somebody opened beside the folder's snapshots; absent: nothing. */
  readonly backups?: readonly Backup[];
  /** Where the environment wants SQLite's temporary files, in order of preference: `SQLITE_TMPDIR`, `TMPDIR`. */
  readonly sqliteTempDirs: readonly string[];
  /** A private copy of a data folder, in which no host writes. */
  readonly isCopy?: true | undefined;
};

/** A snapshot from anywhere, as it was when somebody opened it: an SQLite database or a JSON file. */
export type Backup = {
  /** In its id. Each has another one. */
  readonly name: string;
  readonly form: SnapshotForm;
  /** Where it is. Absolute, without symbolic links. */
  readonly path: string;
  /** A private copy of one moment of it, with what its WAL held. Nothing else is read. */
  readonly copy: string;
  readonly mtimeMs: number;
  /** Of what was copied. */
  readonly fingerprint: Fingerprint;
  /** It was copied out of a database with a WAL, and there is none beside it. */
  readonly lacksWal: boolean;
  /** Removes the private copy. */
  readonly close: () => Promise<void>;
};

export type DataFolderOptions = {
  /** The database, absolute or relative to the folder; needed if the folder has more than one candidate. */
  readonly database?: string | undefined;
  readonly cacheDir?: string | null | undefined;
  readonly nativeBinding?: string | undefined;
  /** Also open a folder whose database is missing, empty or not a database, provided that it has snapshots, be it in the trash. */
  readonly withoutDatabase?: boolean | undefined;
  /** Take any database, whatever profile the folder has: the default one then stands for it. */
  readonly anyDatabase?: boolean | undefined;
  /** Undefined entries are ignored. */
  readonly sqliteTempDirs?: readonly (string | undefined)[] | undefined;
};

/**
 * Finds the database of a data folder and reads its profile. Never writes. Reads the files through
 * SQLite only: opening and closing one in any other way would drop this process's locks on it (POSIX).
 * @throws `data-folder-missing`, `data-folder-unreadable`, `database-missing`, `database-ambiguous`,
 * `database-unreadable`, `not-a-database`, `profile-invalid`
 */
export async function openDataFolder(dir: string, options: DataFolderOptions = {}): Promise<DataFolder> {
  const real = await resolveFolder(dir);
  const isAny = options.anyDatabase === true;
  const profile = isAny ? defaultProfile : await readProfile(real);
  const { nativeBinding } = options;
  const sought = { profile: isAny ? null : profile, nativeBinding };
  const { databaseFile, databaseProblem } = await locateDatabase(real, sought, options);
  const sqliteTempDirs = (options.sqliteTempDirs ?? []).filter((path) => path !== undefined);
  return {
    dir: real,
    databaseFile,
    databaseProblem,
    profile,
    cacheDir: options.cacheDir ?? null,
    nativeBinding,
    sqliteTempDirs,
  };
}

type Located = Pick<DataFolder, 'databaseFile' | 'databaseProblem'>;

async function locateDatabase(dir: string, sought: Sought, options: DataFolderOptions): Promise<Located> {
  const named = options.database === undefined ? null : resolve(dir, options.database);
  try {
    const databaseFile = await whileMarked(() =>
      named === null ? findDatabase(dir, sought) : checkDatabase(named, sought),
    );
    return { databaseFile, databaseProblem: null };
  } catch (error) {
    if (!isDatabaseProblem(error) || !(await hasSnapshots(dir))) throw error;
    if (options.withoutDatabase === true)
      return { databaseFile: named ?? (await guessDatabase(dir)), databaseProblem: error };
    throw new SnapbackError(error.code, error.message, { ...error.detail, hasSnapshots: true }, error);
  }
}

/** Whether an error means that there is no usable database: it is missing, empty or not a database. */
export function isDatabaseProblem(error: unknown): error is SnapbackError {
  return (
    error instanceof SnapbackError &&
    ['database-missing', 'database-unreadable', 'not-a-database'].includes(error.code)
  );
}

/** Where snapshots are: the host's and ours, the kept ones, and those in the trash. */
const HOLDERS = ['snapshots', 'snapback/kept', 'snapback/trash'];
/** A snapshot in the trash is in the folder of its kind, in that of its prune. */
const HOLDER_DEPTH = 3;

/** Whether the folder has anything that could be a snapshot. A folder that cannot be read counts as empty. */
async function hasSnapshots(dir: string): Promise<boolean> {
  for (const holder of HOLDERS) if (await holdsSnapshots(join(dir, holder), HOLDER_DEPTH)) return true;
  return false;
}

async function holdsSnapshots(place: string, depth: number): Promise<boolean> {
  const names = await readdir(place).catch(refusedAsEmpty);
  if (names.some((name) => /\.(?:json|db)$/.test(name))) return true;
  if (depth === 1) return false;
  for (const name of names) if (await holdsSnapshots(join(place, name), depth - 1)) return true;
  return false;
}

function refusedAsEmpty(error: unknown): readonly string[] {
  if (isSystemError(error)) return [];
  throw error;
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
  return new SnapbackError('data-folder-unreadable', 'The data folder cannot be read.', { path: dir }, error);
}
