import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll } from 'vitest';
import { type DataFolder, openDataFolder } from '../../src/host/data-folder.ts';
import { SnapbackError } from '../../src/model/errors.ts';

/** A log as most hosts would declare it. */
export const LOG = `CREATE TABLE event_log (id INTEGER PRIMARY KEY AUTOINCREMENT, branch_id TEXT, ts TEXT, kind TEXT,
  payload_json TEXT, superseded_by INTEGER, hidden INTEGER DEFAULT 0);`;

/** SQL that appends so many events. */
export function addEvents(count: number, word = 'line'): string {
  return `INSERT INTO event_log (branch_id, ts, kind, payload_json)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    SELECT 'main', '2026-01-01T00:00:00Z', 'message', json_object('chat_id', 'c1', 'text', '${word} ' || i) FROM n;`;
}

/** A folder for everything that the tests of one file make; it is removed when they have all run. */
export function makeRoot(): () => string {
  let root = '';
  beforeAll(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'snapback-test-')));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  return () => root;
}

export type PlaceOptions = {
  /** The projected tables, where they are not the default profile's. */
  readonly tables?: readonly string[];
  readonly journalMode?: 'wal' | 'delete';
  /** Statements that must come before the first table. */
  readonly first?: string;
};

export type Place = { readonly dir: string; readonly database: string };

/** A data folder with a database of the given schema, log included, in a new folder below `parent`. */
export async function makePlace(parent: string, schema: string, options: PlaceOptions = {}): Promise<Place> {
  const dir = await mkdtemp(join(parent, 'data-'));
  const database = join(dir, 'app.db');
  if (options.tables !== undefined)
    await writeFile(join(dir, 'snapback-profile.json'), JSON.stringify({ tables: options.tables }));
  asHost({ dir, database }, (db) => {
    if (options.first !== undefined) db.exec(options.first);
    db.pragma(`journal_mode = ${options.journalMode ?? 'wal'}`);
    db.exec(`${LOG} ${schema}`);
  });
  return { dir, database };
}

/** Works in the database as the host would: foreign keys on, its own connection, and with every power over its schema. */
export function asHost<T>({ database }: Place, use: (db: Database.Database) => T): T {
  const db = new Database(database);
  db.unsafeMode();
  try {
    return use(db);
  } finally {
    db.close();
  }
}

/** Runs SQL as the host would. */
export function run(place: Place, sql: string): void {
  asHost(place, (db) => db.exec(sql));
}

export function open({ dir }: Place): Promise<DataFolder> {
  return openDataFolder(dir);
}

/** Puts a snapshot file into its folder, whatever it holds. */
export async function putSnapshot({ dir }: Place, id: string, text: string | Buffer): Promise<string> {
  const file = join(dir, 'snapshots', `${id}.json`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

/** A snapshot as the host writes it: no notes of ours. */
export function hostDump(lastEventId: number, tables: Readonly<Record<string, readonly object[]>>): string {
  return JSON.stringify({ last_event_id: lastEventId, event_log: [], ...tables });
}

/** How an action ended: `done`, or the code of its error. Other errors than ours pass. */
export async function outcomeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'done';
  } catch (error) {
    if (error instanceof SnapbackError) return error.code;
    throw error;
  }
}

/** The error of ours that an action ends with. */
export async function errorOf(action: Promise<unknown>): Promise<SnapbackError> {
  try {
    await action;
  } catch (error) {
    if (error instanceof SnapbackError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}
