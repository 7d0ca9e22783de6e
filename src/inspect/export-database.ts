import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import {
  classifyDatabaseError,
  type OpenOptions,
  openPrivateDatabase,
  openReadDatabase,
  type WriteDatabase,
} from '../sqlite/database.ts';
import { createRowInsert } from '../sqlite/insert-row.ts';
import { quoteName } from '../sqlite/names.ts';
import { createTableHasher } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import { affinityOf } from '../stage/affinity.ts';
import { contentHash } from '../stage/staged-contents.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { constants, open } from '../system/files.ts';
import { createYielder } from '../system/yielder.ts';
import type { ExportSource } from './export-source.ts';
import { rowsOf } from './export-text.ts';

/**
 * Writes tables into a new SQLite database, each with its columns, their affinities and its key, and compares what can be
 * read from it with the snapshot. Triggers, indexes and constraints do not come along.
 * @throws `io-failed`, `disk-full`, `cancelled`; then the file may be incomplete
 */
export async function exportDatabase(
  source: ExportSource,
  path: string,
  { nativeBinding }: OpenOptions,
  task: TaskOptions,
): Promise<void> {
  try {
    await fill(source, path, { nativeBinding }, task);
    const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await prove(source, path, { nativeBinding }, task);
  } catch (error) {
    throw classifyDatabaseError(error, { nativeBinding, file: path, copy: path });
  }
}

async function fill(
  source: ExportSource,
  path: string,
  { nativeBinding }: OpenOptions,
  task: TaskOptions,
): Promise<void> {
  await (await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600)).close();
  const { encoding, about } = source.stage;
  const db = openPrivateDatabase(path, { nativeBinding });
  try {
    db.pragma(`encoding = '${encoding}'`);
    db.pragma('journal_mode = MEMORY');
    if (about !== null) db.pragma(`user_version = ${about.userVersion}`);
    db.exec('BEGIN');
    for (const table of source.tables) await copyTable(db, source, table, task);
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

async function copyTable(
  db: WriteDatabase,
  source: ExportSource,
  table: StagedTable,
  task: TaskOptions,
): Promise<void> {
  const { live, columns } = table;
  const declared = columns.map((column) => {
    const found = live.columns.find((one) => one.name === column);
    if (table.rowid === 'key' && column === live.rowidColumn)
      return `${quoteName(column)} INTEGER PRIMARY KEY`;
    const affinity = found === undefined ? 'BLOB' : affinityOf(found, live.strict);
    return affinity === 'BLOB' ? quoteName(column) : `${quoteName(column)} ${affinity}`;
  });
  if (declared.length === 0) return;
  db.exec(`CREATE TABLE ${quoteName(live.name)} (${declared.join(', ')})`);
  const insert = createRowInsert(db, live.name, columns);
  const yielder = createYielder(task);
  for (const row of rowsOf(source, table)) {
    insert(row);
    await yielder.step();
  }
}

async function prove(
  { stage, tables }: ExportSource,
  path: string,
  options: OpenOptions,
  task: TaskOptions,
): Promise<void> {
  const db = openReadDatabase(path, options);
  try {
    const yielder = createYielder(task);
    for (const table of tables.filter(({ columns }) => columns.length > 0)) {
      const hasher = createTableHasher(table.columns);
      const { columns, live } = table;
      const order = 'ORDER BY rowid';
      for (const row of readRows(db, {
        schemaName: 'main',
        table: live.name,
        columns,
        order,
        encoding: stage.encoding,
      })) {
        hasher.add(row);
        await yielder.step();
      }
      if (hasher.finish().hash !== (await contentHash(stage, table, task)))
        throw new SnapbackError('io-failed', 'What was written to the disk did not read back the same.', {
          path,
          table: live.name,
        });
    }
  } finally {
    db.close();
  }
}
