import { relative } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { checkDatabase } from '../host/find-database.ts';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { ABOUT_TABLE, readDatabaseAbout } from '../snapshot-file/database-file.ts';
import { copyBackup, findNamedFile, refuseFile } from '../snapshots/backup-copy.ts';
import { listFilesOfKind } from '../snapshots/files.ts';
import { SAFETY_KIND } from '../snapshots/kinds.ts';
import { openRegularFile } from '../snapshots/open-file.ts';
import { openPrivateDatabase } from '../sqlite/database.ts';
import { openUntrustedDatabase } from '../sqlite/descriptor-database.ts';
import { foldName } from '../sqlite/names.ts';
import { sqliteCode } from '../sqlite/result-codes.ts';
import type { SchemaObject } from '../sqlite/schema.ts';
import { describeVirtualTable } from '../sqlite/virtual-table.ts';
import { describeTrigger } from '../write/parse-schema.ts';

/**
 * Gives `use` the folder with a private copy of another file in the place of its database, such as a safety copy or a
 * backup. `startFrom` null: the database itself.
 * @throws `usage` where there is neither; `backup-refused` for what is no database of the chat app, as `copyBackup`
 */
export async function withStart<T>(
  folder: DataFolder,
  startFrom: string | null,
  task: TaskOptions,
  use: (folder: DataFolder) => Promise<T>,
): Promise<T> {
  if (startFrom === null) {
    if (folder.databaseProblem !== null) throw await needStart(folder, folder.databaseProblem);
    return use(folder);
  }
  const named = await findNamedFile(startFrom);
  const copied = await copyBackup(folder, named, task);
  try {
    if (copied.form !== 'database')
      throw refuseFile(startFrom, 'is a snapshot in JSON. Only a database says how the tables are made.');
    await makeUsable(folder, startFrom, copied.copy);
    if (!(await isOwnCopy(folder, named))) await refuseViews(folder, startFrom, copied.copy);
    return await use({ ...folder, databaseFile: copied.copy, databaseProblem: null });
  } catch (error) {
    if (!(error instanceof SnapbackError) || error.code !== 'database-damaged') throw error;
    throw refuseFile(startFrom, DAMAGED, error);
  } finally {
    await copied.close();
  }
}

/** Takes our notes out of the copy of a safety copy: the rest of it is the database as it was. */
async function makeUsable(folder: DataFolder, startFrom: string, copy: string): Promise<void> {
  const file = await openRegularFile(copy, folder);
  const about = await readDatabaseAbout({ ...file, form: 'database' }).finally(() => file.handle.close());
  if (about?.salvaged !== undefined)
    throw refuseFile(
      startFrom,
      'was saved from a damaged snapshot, so its tables have no keys and no indexes.',
    );
  try {
    await checkDatabase(copy, folder);
    if (about === null) return;
    const db = openPrivateDatabase(copy, folder);
    try {
      db.exec(`DROP TABLE ${ABOUT_TABLE}`);
    } finally {
      db.close();
    }
  } catch (error) {
    if (!(error instanceof SnapbackError) || !START_PROBLEMS.includes(error.code)) throw error;
    throw refuseFile(startFrom, 'is no database of this chat app, or is damaged.', error);
  }
}

const DAMAGED = 'is damaged, so nothing can be started from it.';

/** Whether a file is a safety copy of this folder. Its views are the chat app's own. */
async function isOwnCopy(folder: DataFolder, path: string): Promise<boolean> {
  const copies = await listFilesOfKind(folder, SAFETY_KIND);
  return copies.some(({ file }) => file === path);
}

/**
 * Refuses a file in which rows would be read through a view, or through a query of a trigger that runs in a restore: such
 * a query may never end, and SQLite cannot be interrupted. @throws `backup-refused`
 */
async function refuseViews(
  { profile, ...folder }: DataFolder,
  startFrom: string,
  copy: string,
): Promise<void> {
  const file = await openRegularFile(copy, folder);
  const { db, close } = await openUntrustedDatabase(file);
  try {
    const objects = db
      .prepare<[], SchemaObject>('SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema')
      .all();
    const { names, person } = profile.chat;
    const read = new Set([profile.log.table, ...profile.tables].map(foldName));
    for (const table of [names?.table, person?.table]) if (table !== undefined) read.add(foldName(table));
    for (const object of objects) read.add(foldName(describeVirtualTable(object).contentTable ?? ''));
    const view = objects.find(({ type, name }) => type === 'view' && read.has(foldName(name)));
    const trigger = findQuerying(objects);
    const found =
      view !== undefined
        ? `a view in the place of “${view.name}”. A view`
        : trigger !== null &&
          `the trigger “${trigger.name}”, which reads a view or a query of its own. A query`;
    if (found !== false)
      throw refuseFile(
        startFrom,
        `has ${found} in a file from elsewhere may never end, so nothing is started from it. Name a safety copy of this folder instead.`,
      );
  } catch (error) {
    if (sqliteCode(error) === null) throw error;
    throw refuseFile(startFrom, DAMAGED, error);
  } finally {
    await close();
    await file.handle.close();
  }
}

/** A trigger that keeps up a search index, as those do which run in a restore, and reads a view or has a query with a name. */
function findQuerying(objects: readonly SchemaObject[]): SchemaObject | null {
  const namesOf = (wanted: (object: SchemaObject) => boolean) =>
    objects.filter(wanted).map(({ name }) => foldName(name));
  const indexes = namesOf(({ sql }) => /^\s*CREATE\s+VIRTUAL\b/i.test(sql ?? ''));
  const queries = ['with', ...namesOf(({ type }) => type === 'view')];
  const isQuerying = (object: SchemaObject) => {
    const { names } = describeTrigger(object);
    return indexes.some((name) => names.has(name)) && queries.some((name) => names.has(name));
  };
  return objects.find((object) => object.type === 'trigger' && isQuerying(object)) ?? null;
}

const START_PROBLEMS: readonly string[] = [
  'database-missing',
  'database-unreadable',
  'database-damaged',
  'not-a-database',
  'profile-invalid',
];

/** The error where the database is gone and nothing is named instead. It names the newest safety copy, if there is one. */
async function needStart(folder: DataFolder, problem: SnapbackError): Promise<SnapbackError> {
  const copies = (await listFilesOfKind(folder, SAFETY_KIND)).filter(
    ({ form, problem: oddity }) => form === 'database' && oddity === null,
  );
  const [newest] = copies;
  const hint =
    newest === undefined
      ? 'Name an older copy of it to start from'
      : `Name an older copy of it to start from, such as the newest safety copy, “${relative(folder.dir, newest.file)}” in the data folder`;
  return new SnapbackError('usage', `${problem.message} ${hint}, with --start-from FILE.`, {
    startFrom: newest?.file ?? null,
  });
}
