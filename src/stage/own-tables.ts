import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { type HostDatabase, readHostDatabase } from '../host/host-database.ts';
import { withLiveView } from '../host/private-copy.ts';
import type { Profile } from '../host/profile.ts';
import { SnapbackError, unlessUnreadable } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { readSnapshot } from '../snapshot-file/reader.ts';
import { withSnapshotFile } from '../snapshots/open-file.ts';
import { openPrivateDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { withLockPatience } from '../sqlite/transaction.ts';
import { writeFile } from '../system/files.ts';
import { createPrivateFolder } from '../system/private-folder.ts';

/** Codes with which a database cannot be asked for its tables, now or ever. */
const NO_DATABASE = ['database-missing', 'database-unreadable', 'database-damaged', 'not-a-database'];

/** The tables to lay snapshots out for. `from`: the live database's, or those of the snapshots. */
export type Tables = HostDatabase & { readonly from: 'database' | 'snapshots' };

/**
 * Gives `use` the tables that snapshots are laid out for: those of the live database, or where it is gone, empty or
 * damaged, an empty database with the tables and columns that the snapshots themselves have. Nothing is guessed there:
 * columns have no types, and of the keys only those of the log, and of a table with a part of its events, are known, by the profile. Of a snapshot that cannot be read to
 * its end, what was read counts.
 * @throws as `withLiveView` for a database that is only busy, `openSnapshotFile` and `readSnapshot`
 */
export async function withTables<T>(
  folder: DataFolder,
  ids: readonly SnapshotId[],
  task: TaskOptions,
  use: (live: Tables) => Promise<T>,
): Promise<T> {
  let begun = false;
  try {
    if (folder.databaseProblem !== null) throw folder.databaseProblem;
    return await withLiveView(folder, task, async (view) => {
      const live = await withLockPatience(task, () => readHostDatabase(view.db, folder.profile));
      begun = true;
      return use({ ...live, from: 'database' });
    });
  } catch (error) {
    if (begun || !meansNoDatabase(error)) throw error;
  }
  return withOwnTables(folder, ids, task, use);
}

/** Whether an error means that the database cannot be read, now or ever. */
export function meansNoDatabase(error: unknown): error is SnapbackError {
  return error instanceof SnapbackError && NO_DATABASE.includes(error.code);
}

/** Gives `use` an empty database with the tables and columns that the snapshots themselves have. @throws as `readSnapshot` */
export async function withOwnTables<T>(
  folder: DataFolder,
  ids: readonly SnapshotId[],
  task: TaskOptions,
  use: (live: Tables) => Promise<T>,
): Promise<T> {
  const tables = new Map<string, OwnTable>();
  // Laying it out says what is wrong with it.
  for (const id of ids) await learnTables(folder, id, tables, task).catch(unlessUnreadable);
  const place = await createPrivateFolder();
  try {
    const path = join(place.path, 'own.db');
    await writeFile(path, '', { mode: 0o600 });
    const db = openPrivateDatabase(path, folder);
    try {
      for (const table of tables.values()) db.exec(sqlOf(table, folder.profile));
      return await use({ ...readHostDatabase(db, folder.profile), from: 'snapshots' });
    } finally {
      db.close();
    }
  } finally {
    await place.remove();
  }
}

/** A table as snapshots spell it, and its columns by their folded names. */
type OwnTable = { readonly name: string; readonly columns: Map<string, string> };

async function learnTables(
  folder: DataFolder,
  id: SnapshotId,
  tables: Map<string, OwnTable>,
  task: TaskOptions,
): Promise<void> {
  const { log, tables: names } = folder.profile;
  const known = new Set([log.table, ...names].map(foldName));
  await withSnapshotFile(folder, id, async (file) => {
    for await (const part of readSnapshot(file, known, task, { hashed: false, tellsUnreadable: true })) {
      if (part.type === 'start')
        for (const { name, columns } of part.about?.tables ?? []) addColumns(tables, name, columns);
      // A list without a row says neither which columns there were nor whether there was a table.
      if (part.type === 'rows') addColumns(tables, part.table, part.columns);
    }
  });
}

function addColumns(tables: Map<string, OwnTable>, name: string, columns: readonly string[]): void {
  if (columns.length === 0) return;
  const key = foldName(name);
  const table = tables.get(key) ?? { name, columns: new Map<string, string>() };
  tables.set(key, table);
  for (const column of columns)
    if (!table.columns.has(foldName(column))) table.columns.set(foldName(column), column);
}

function sqlOf({ name, columns }: OwnTable, { log }: Profile): string {
  const isLog = foldName(name) === foldName(log.table);
  const second = log.joined.find(({ table }) => foldName(table) === foldName(name));
  const declared = [...columns].map(([folded, column]) =>
    isLog && folded === foldName(log.columns.id)
      ? `${quoteName(column)} INTEGER PRIMARY KEY`
      : folded === foldName(second?.key ?? '')
        ? `${quoteName(column)} PRIMARY KEY`
        : quoteName(column),
  );
  return `CREATE TABLE ${quoteName(name)} (${declared.join(', ')})`;
}
