import { readFileSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { hashLiveTable } from '../../src/host/content-hash.ts';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { readHostDatabase } from '../../src/host/host-database.ts';
import { finishDatabase } from '../../src/snapshot-file/database-writer.ts';
import type { CopiedTable, SnapshotAbout } from '../../src/snapshot-file/notes.ts';
import { openReadDatabase } from '../../src/sqlite/database.ts';
import { findTable } from '../../src/sqlite/schema.ts';
import type { Place } from './place.ts';

/** What a copy of a small chat says about itself, without content hashes of its tables. */
export const ABOUT: SnapshotAbout = {
  format: 3,
  kind: 'restore',
  takenAt: '2026-01-01T00:00:00.000Z',
  lastEventId: '3',
  userVersion: 0,
  encoding: 'UTF-8',
  schemaHash: '',
  tables: [],
  absent: [],
  log: { events: 3, chain: '' },
  restore: null,
};

/** The same with the content of each table, so that a copy that was rebuilt can still be proven. */
export async function aboutOf(folder: DataFolder): Promise<SnapshotAbout> {
  const db = openReadDatabase(folder.databaseFile, folder);
  try {
    const database = readHostDatabase(db, folder.profile);
    const tables: CopiedTable[] = [];
    for (const name of ['event_log', 'chats']) {
      const table = findTable(database.schema, name);
      if (table === null) throw new Error(name);
      const columns = table.columns.map((column) => column.name);
      const rows = Number(db.prepare(`SELECT count(*) FROM ${name}`).pluck().get());
      const hash = await hashLiveTable(database, table, columns, {});
      tables.push({ name, columns, rows, hash, orderedBy: null });
    }
    return { ...ABOUT, tables };
  } finally {
    db.close();
  }
}

/** Copies the database as it is into a snapshot that is a database; its path. Without `about` it has no notes of ours. */
export async function putCopy(place: Place, id: string, about: SnapshotAbout | null): Promise<string> {
  const file = join(place.dir, 'snapshots', `${id}.db`);
  await mkdir(dirname(file), { recursive: true });
  const live = new Database(place.databaseFile);
  try {
    await live.backup(file);
  } finally {
    live.close();
  }
  const handle = await open(file, 'r+');
  try {
    if (about === null) await handle.write(Buffer.from([1, 1]), 0, 2, 18);
    else await finishDatabase({ handle, path: file, sizeBytes: 0, form: 'database' }, about, {});
  } finally {
    await handle.close();
  }
  return file;
}

/** What a snapshot file holds, in the shape of the JSON form whatever its own is. It must be whole. */
export function readWhole(file: string): Record<string, unknown> {
  if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8'));
  const db = new Database(file, { readonly: true });
  try {
    if (db.pragma('integrity_check', { simple: true }) !== 'ok') throw new Error(`${file} is damaged`);
    const about = JSON.parse(
      String(db.prepare('SELECT value FROM snapback_about WHERE part = 1').pluck().get()),
    );
    const tables = about.tables.map(({ name }: { readonly name: string }) => [
      name,
      db.prepare(`SELECT * FROM "${name}"`).all(),
    ]);
    return { last_event_id: Number(about.lastEventId), ...Object.fromEntries(tables), _snapback: { about } };
  } finally {
    db.close();
  }
}
