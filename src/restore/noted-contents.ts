import { allColumns, holdsContent } from '../host/content-hash.ts';
import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { isSystemError, SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { contentAfter, contentBefore, type HashedTable } from '../snapshot-file/notes.ts';
import { readSnapshot } from '../snapshot-file/reader.ts';
import { openSnapshotFile } from '../snapshots/open-file.ts';
import type { NotedSafetyCopy } from '../snapshots/restore-note.ts';
import { foldName } from '../sqlite/names.ts';
import { createTableHasher, type TableHasher } from '../sqlite/row-hash.ts';
import type { KnownDatabase } from '../sqlite/schema.ts';
import { createYielder } from '../system/yielder.ts';

/** The touched tables before and after a restore. */
export type NotedContents = {
  readonly before: readonly HashedTable[];
  readonly after: readonly HashedTable[];
};

/**
 * What the touched tables held before a restore, and after it, as its safety copy tells: by its notes and, where these name
 * only the rows that changed, by all rows that it holds. Null where it would have to be read but is damaged or gone.
 * @throws `snapshot-unreadable`, `io-failed`, `disk-full` where it cannot be read now; `cancelled`
 */
export async function readNotedContents(
  folder: DataFolder,
  copy: NotedSafetyCopy,
  task: TaskOptions,
): Promise<NotedContents | null> {
  const { about, note } = copy;
  const hashed = note.after.filter((table) => 'hash' in table);
  const noted = hashed.length < note.after.length ? null : { before: contentBefore(about), after: hashed };
  if (noted !== null && noted.before.length > 0) return noted;
  const held = await hashTouched(folder, copy, task);
  if (held === null) return noted;
  const before: HashedTable[] = [];
  const after: HashedTable[] = [];
  for (const one of note.after) {
    const table = held.get(foldName(one.name));
    if (table === undefined) return noted;
    const { columns, hasher } = table;
    // The rows that changed were counted over the columns of the copy.
    if (!('hash' in one) && JSON.stringify(one.columns) !== JSON.stringify(columns)) return null;
    before.push({ name: one.name, columns, hash: hasher.finish().hash });
    after.push(contentAfter(one, hasher.total()));
  }
  return { before, after };
}

type Held = { readonly columns: readonly string[]; readonly hasher: TableHasher };

function newHeld(columns: readonly string[]): Held {
  return { columns, hasher: createTableHasher(columns) };
}

async function hashTouched(
  folder: DataFolder,
  { id, about, note }: NotedSafetyCopy,
  task: TaskOptions,
): Promise<ReadonlyMap<string, Held> | null> {
  const touched = new Set(note.after.map(({ name }) => foldName(name)));
  const dumped = about.tables.filter(({ name }) => touched.has(foldName(name)));
  const held = new Map(dumped.map(({ name, columns }): [string, Held] => [foldName(name), newHeld(columns)]));
  const known = new Set(about.tables.map(({ name }) => foldName(name)));
  const yielder = createYielder(task);
  try {
    const file = await openSnapshotFile(folder, id);
    try {
      for await (const part of readSnapshot(file, known, { signal: task.signal })) {
        const table = part.type === 'rows' ? held.get(foldName(part.table)) : undefined;
        if (part.type !== 'rows' || table === undefined) continue;
        for (const row of part.rows()) table.hasher.add(row);
        await yielder.step();
      }
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    if (tellsOfFile(error)) return null;
    throw error;
  }
  return held;
}

/** Whether the database holds exactly these tables, each over the columns that are named with it. */
export async function holdsTables(
  database: KnownDatabase,
  tables: readonly HashedTable[],
  task: TaskOptions,
): Promise<boolean> {
  for (const table of tables) if (!(await holdsContent(database, table, task))) return false;
  return true;
}

/**
 * Whether the projected tables hold exactly what a snapshot holds of them. False where it is damaged or gone, or where only
 * bytes could be told from the text of them. @throws as `readNotedContents`, database errors
 */
export async function holdsProjections(
  folder: DataFolder,
  database: HostDatabase,
  id: SnapshotId,
  task: TaskOptions,
): Promise<boolean> {
  const known = new Set(database.profile.tables.map(foldName));
  /** Null: no row was read of it. */
  const held = new Map<string, Held | null>();
  const yielder = createYielder(task);
  try {
    const file = await openSnapshotFile(folder, id);
    try {
      for await (const part of readSnapshot(file, known, { signal: task.signal })) {
        if (part.type === 'table' && known.has(foldName(part.name))) held.set(foldName(part.name), null);
        if (part.type !== 'rows' || !held.has(foldName(part.table))) continue;
        const table = held.get(foldName(part.table)) ?? newHeld(part.columns);
        held.set(foldName(part.table), table);
        for (const row of part.rows()) table.hasher.add(row);
        await yielder.step();
      }
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    if (tellsOfFile(error)) return false;
    throw error;
  }
  const tables = [...held].flatMap(([name, table]): readonly HashedTable[] => {
    const live = database.schema.tables.get(name);
    // The host writes an empty list for a table that does not exist, too.
    if (live === undefined) return [];
    const { columns, hasher } = table ?? newHeld(allColumns(live));
    return [{ name, columns, hash: hasher.finish().hash }];
  });
  return holdsTables(database, tables, task);
}

/** Whether an error tells that a file is damaged or gone. Else it could not be looked at, and the next time it may be. */
export function tellsOfFile(error: unknown): boolean {
  const passing = ['cancelled', 'snapshot-unreadable', 'io-failed', 'disk-full', 'out-of-memory'];
  return error instanceof SnapbackError && !isSystemError(error) && !passing.includes(error.code);
}
