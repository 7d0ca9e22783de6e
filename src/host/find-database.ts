import { basename, join } from 'node:path';
import { hasSystemCode, isSystemError, SnapbackError } from '../model/errors.ts';
import { type ReadDatabase, withReadDatabase } from '../sqlite/database.ts';
import { oddFile } from '../sqlite/look-first.ts';
import { foldName } from '../sqlite/names.ts';
import { readSchemaOf } from '../sqlite/schema.ts';
import { access, constants, type Dirent, lstat, readdir, realpath } from '../system/files.ts';
import { describeOddity } from '../system/plain-file.ts';
import { invalidProfile } from './parse-profile.ts';
import { defaultChatNames, defaultProfile, type Profile, splitReference } from './profile.ts';

/** What is searched for: a database with the event log of this profile. Null: one with any table. */
export type Sought = { readonly profile: Profile | null; readonly nativeBinding: string | undefined };

/**
 * `has-log`: a database with the log table, or whatever table is sought. `maybe`: a database whose tables cannot be read now (it is locked or
 * damaged, or its WAL cannot be opened in a read-only folder). `empty` (without any table), `no-log`, `not-a-database`,
 * `unreadable`: no candidate.
 */
type Verdict = 'has-log' | 'maybe' | 'empty' | 'no-log' | 'not-a-database' | 'unreadable';

/**
 * Returns the absolute path of the only file in a folder that can be the chat application's database. Reads the files
 * through SQLite only: opening and closing one in any other way would drop this process's locks on it (POSIX).
 * @throws `data-folder-unreadable`, `database-missing`, `database-ambiguous`, `database-unreadable`, `not-a-database`, `profile-invalid`
 */
export async function findDatabase(dir: string, sought: Sought): Promise<string> {
  const seen: { readonly name: string; readonly verdict: Verdict }[] = [];
  for (const name of await listFiles(dir)) seen.push({ name, verdict: await judge(join(dir, name), sought) });
  const named = (...verdicts: readonly Verdict[]) =>
    seen.filter((file) => verdicts.includes(file.verdict)).map((file) => file.name);
  const candidates = named('has-log', 'maybe');
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return join(dir, only);
  if (candidates.length > 1)
    throw new SnapbackError(
      'database-ambiguous',
      'The data folder has several databases; name one of them.',
      {
        path: dir,
        found: candidates.join(', '),
      },
    );
  const byName = (name: string) => DATABASE_NAME.test(name);
  const unreadable = named('unreadable').find(byName);
  if (unreadable !== undefined)
    throw new SnapbackError('database-unreadable', 'The database cannot be read.', {
      path: join(dir, unreadable),
    });
  const foreign = named('not-a-database').find(byName);
  if (foreign !== undefined) throw notADatabase(join(dir, foreign));
  const links = (await listNames(dir, (entry) => entry.isSymbolicLink() && byName(entry.name))).join(', ');
  if (links !== '')
    throw new SnapbackError(
      'database-missing',
      `“${links}” in this folder is a link. Snapback follows a link only if you name it.`,
      { path: dir, links },
    );
  const table = sought.profile?.log.table ?? null;
  const lacks = table === null ? 'no database with a table in it' : `no database with a table “${table}”`;
  throw new SnapbackError('database-missing', `The data folder has ${lacks}.`, {
    path: dir,
    table,
    databasesWithoutIt: named('no-log').filter(byName).join(', ') || null,
    emptyDatabases: named('empty').filter(byName).join(', ') || null,
  });
}

/** The likely path of a missing or unusable database: a file with a database's name, or the one to which a WAL or journal belongs. */
export async function guessDatabase(dir: string): Promise<string> {
  const names = (await readdir(dir)).sort();
  const beside = /^(.+)-(?:wal|shm|journal)$/;
  const found =
    names.find((name) => DATABASE_NAME.test(name)) ??
    names.flatMap((name) => beside.exec(name)?.[1] ?? [])[0];
  return join(dir, found ?? 'chat.db');
}

const DATABASE_NAME = /\.(db|sqlite|sqlite3)$/i;

function listFiles(dir: string): Promise<readonly string[]> {
  const beside = /-(wal|shm|journal)$/;
  return listNames(dir, (entry) => entry.isFile() && !beside.test(entry.name));
}

async function listNames(dir: string, counts: (entry: Dirent) => boolean): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries
      .filter(counts)
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    const message = 'The data folder cannot be read.';
    throw new SnapbackError('data-folder-unreadable', message, { path: dir }, error);
  }
}

/** Returns the real path of a database that the user named. @throws as `findDatabase` */
export async function checkDatabase(file: string, sought: Sought): Promise<string> {
  const real = await resolveDatabase(file);
  const verdict = await judge(real, sought);
  if (verdict === 'unreadable')
    throw new SnapbackError('database-unreadable', 'The database cannot be read.', { path: file });
  if (verdict === 'not-a-database') throw notADatabase(file);
  if (verdict === 'no-log' || verdict === 'empty') {
    const table = sought.profile?.log.table ?? null;
    const isEmpty = verdict === 'empty';
    throw new SnapbackError(
      'database-missing',
      `The database ${isEmpty ? 'is empty' : `has no table “${table}”`}.`,
      { path: file, table, emptyDatabases: isEmpty ? basename(file) : null },
    );
  }
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
      throw new SnapbackError('database-unreadable', 'The database cannot be read.', { path: file }, error);
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

async function judge(file: string, { profile, nativeBinding }: Sought): Promise<Verdict> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return 'no-log';
    return 'unreadable';
  }
  try {
    return withReadDatabase(file, { nativeBinding }, (db) => judgeOpen(db, profile));
  } catch (error) {
    if (!(error instanceof SnapbackError) || error.code === 'profile-invalid') throw error;
    return error.code === 'not-a-database' ? 'not-a-database' : 'maybe';
  }
}

function judgeOpen(db: ReadDatabase, profile: Profile | null): Verdict {
  const any = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' LIMIT 1").get();
  if (any === undefined) return 'empty';
  if (profile === null) return 'has-log';
  const found = db
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE")
    .get(profile.log.table);
  if (found === undefined) return 'no-log';
  if (profile !== defaultProfile) requireColumns(db, profile);
  return 'has-log';
}

/**
 * Checks that the columns exist that an application's own profile names. Of the default columns only the id is required.
 * @throws `profile-invalid`
 */
function requireColumns(db: ReadDatabase, { log, references, chat }: Profile): void {
  const columnsOf = db.prepare<[string], string>("SELECT name FROM pragma_table_xinfo(?, 'main')").pluck();
  const demand = (where: string, table: string, column: string) => {
    const columns = columnsOf.all(table);
    if (columns.length > 0 && !columns.some((name) => foldName(name) === foldName(column)))
      throw invalidProfile(where, `a column of “${table}”, which has ${columns.join(', ')}`, column);
  };
  const byDefault = new Map(Object.entries(defaultProfile.log.columns));
  for (const [key, column] of Object.entries(log.columns))
    if ((key === 'id' || byDefault.get(key) !== column) && !log.joined.some(({ meaning }) => meaning === key))
      demand(`log.columns.${key}`, log.table, column);
  requireJoined(db, log, demand);
  if (log.order !== null) demand('log.order', log.table, log.order);
  for (const [index, reference] of references.entries())
    for (const side of ['from', 'to'] as const) {
      const { table, column } = splitReference(reference[side]);
      demand(`references[${index}].${side}`, table, column);
    }
  const { names } = chat;
  const isDefault = names?.table === defaultChatNames.table && names.id === defaultChatNames.id;
  // The application may create the table of chats later than the log, so it may be missing; a wrong column is refused.
  if (names !== null && !isDefault) demand('chat.names.id', names.table, names.id);
}

type Demand = (where: string, table: string, column: string) => void;

/**
 * Each event has to be found in the second table by its key, here as in a snapshot. Without a time, an id that is given again
 * would look like the same event, because what it says is in no row of the log.
 */
function requireJoined(db: ReadDatabase, log: Profile['log'], demand: Demand): void {
  for (const [index, { by, table, key, column }] of log.joined.entries()) {
    const where = `log.joined[${index}]`;
    const found = readSchemaOf(db, table).tables.get(foldName(table));
    if (found?.kind !== 'table') throw invalidProfile(`${where}.table`, 'a table of the database', table);
    demand(`${where}.by`, log.table, by);
    demand(`${where}.column`, table, column);
    if (found.key.length !== 1 || foldName(found.key[0] ?? '') !== foldName(key))
      throw invalidProfile(`${where}.key`, `the primary key of “${table}”, by which its rows are found`, key);
    if (log.timeInId === null) demand('log.columns.ts', log.table, log.columns.ts);
  }
}
