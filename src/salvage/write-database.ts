import type { TaskOptions } from '../model/task.ts';
import type { SnapshotBytes } from '../snapshot-file/bytes.ts';
import { finishDatabase } from '../snapshot-file/database-writer.ts';
import type { CopiedTable, SnapshotAbout } from '../snapshot-file/notes.ts';
import { readSnapshot } from '../snapshot-file/reader.ts';
import { explainPrivateWrite, openPrivateDatabase, type WriteDatabase } from '../sqlite/database.ts';
import { createRowInsert } from '../sqlite/insert-row.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { constants, open } from '../system/files.ts';

/**
 * Turns a salvaged JSON snapshot into an SQLite database at `path`, where there is no file yet. Its columns have
 * no types, so that each value stays what it is. It is on the disk when this returns.
 * @throws as `readSnapshot` and `finishDatabase`, `disk-full`
 */
export async function writeDatabase(json: SnapshotBytes, path: string, task: TaskOptions): Promise<void> {
  try {
    await (await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600)).close();
    await finish(json, path, await fill(json, path, task), task);
  } catch (error) {
    throw explainPrivateWrite(error, path);
  }
}

async function finish(
  json: SnapshotBytes,
  path: string,
  about: SnapshotAbout,
  task: TaskOptions,
): Promise<void> {
  const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const { size: sizeBytes } = await handle.stat();
    const { nativeBinding } = json;
    await finishDatabase({ handle, path, sizeBytes, form: 'database', nativeBinding }, about, task);
  } finally {
    await handle.close();
  }
}

async function fill(json: SnapshotBytes, path: string, task: TaskOptions): Promise<SnapshotAbout> {
  const db = openPrivateDatabase(path, { nativeBinding: json.nativeBinding });
  try {
    db.pragma('journal_mode = MEMORY');
    let about: SnapshotAbout | null = null;
    let insert: ((row: readonly SqlValue[]) => void) | null = null;
    const noted = () => new Map(about?.tables.map((table) => [foldName(table.name), table]));
    const known = await tableNames(json, task);
    for await (const part of readSnapshot(json, known, task)) {
      if (part.type === 'start') {
        ({ about } = part);
        db.pragma(
          `encoding = '${about?.encoding === 'UTF-16le' || about?.encoding === 'UTF-16be' ? about.encoding : 'UTF-8'}'`,
        );
        db.exec('BEGIN');
      } else if (part.type === 'table') {
        const columns = noted().get(foldName(part.name))?.columns ?? [];
        insert = columns.length === 0 ? null : createTable(db, part.name, columns);
      } else if (part.type === 'rows') for (const row of part.rows()) insert?.(row);
    }
    db.exec('COMMIT');
    if (about === null) throw new TypeError('What was salvaged has no notes.');
    return toDatabase(about);
  } finally {
    db.close();
  }
}

/** The names of all tables that the file's own notes list. */
async function tableNames(json: SnapshotBytes, task: TaskOptions): Promise<ReadonlySet<string>> {
  for await (const part of readSnapshot(json, new Set(), task))
    if (part.type === 'start') return new Set(part.about?.tables.map(({ name }) => foldName(name)));
  return new Set();
}

/** Creates a table and knows how to add a row. */
function createTable(db: WriteDatabase, name: string, columns: readonly string[]) {
  db.exec(`CREATE TABLE ${quoteName(name)} (${columns.map(quoteName).join(', ')})`);
  return createRowInsert(db, name, columns);
}

/** What the database says about itself. A list without a row has no columns, so there is no table for it. */
function toDatabase(about: SnapshotAbout): SnapshotAbout {
  const tables = about.tables
    .filter(({ columns }) => columns.length > 0)
    .map(({ name, columns, rows }): CopiedTable => ({ name, columns, rows, hash: null, orderedBy: null }));
  const absent = about.tables.filter(({ columns }) => columns.length === 0).map(({ name }) => name);
  return { ...about, format: 5, tables, absent };
}
