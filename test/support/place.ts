import { chmod, mkdir, mkdtemp, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll } from 'vitest';
import { type DataFolder, openDataFolder } from '../../src/host/data-folder.ts';
import { type ErrorCode, SnapbackError } from '../../src/model/errors.ts';

/** A log as most hosts would declare it. */
export const LOG = `CREATE TABLE event_log (id INTEGER PRIMARY KEY AUTOINCREMENT, branch_id TEXT, ts TEXT, kind TEXT,
  payload_json TEXT, superseded_by INTEGER, hidden INTEGER DEFAULT 0);`;

/** The smallest of the host's tables, with the chat that the events of `addEvents` belong to. */
export const CHATS = `CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT); INSERT INTO chats VALUES ('c1', 'Harbour');`;

/** SQL that appends so many events. */
export function addEvents(count: number, word = 'line'): string {
  return `INSERT INTO event_log (branch_id, ts, kind, payload_json)
    WITH RECURSIVE n(i) AS (SELECT 1 WHERE ${count} > 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    SELECT 'main', '2026-01-01T00:00:00Z', 'message', json_object('chat_id', 'c1', 'text', '${word} ' || i) FROM n;`;
}

/** A folder for everything that the tests of one file make; it is removed when they have all run. */
export function makeRoot(): () => string {
  let root = '';
  beforeAll(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'snapback-test-')));
    // Other users may look into it: some tests act as one.
    await chmod(root, 0o755);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  return () => root;
}

/** A new, empty folder below `parent`. */
export function makeDir(parent: string): Promise<string> {
  return mkdtemp(join(parent, 'data-'));
}

export type PlaceOptions = {
  /** The projected tables, where they are not the default profile's. */
  readonly tables?: readonly string[];
  /** What else the profile says. */
  readonly profile?: object;
  readonly journalMode?: 'wal' | 'delete';
  /** Statements that must come before the first table. */
  readonly first?: string;
};

/** A data folder and its database. One that is opened is a place too. */
export type Place = Pick<DataFolder, 'dir' | 'databaseFile'>;

/** A data folder with a database of the given schema, log included, in a new folder below `parent`. */
export async function makePlace(parent: string, schema: string, options: PlaceOptions = {}): Promise<Place> {
  const dir = await makeDir(parent);
  if (options.tables !== undefined)
    await writeFile(
      join(dir, 'snapback-profile.json'),
      JSON.stringify({ tables: options.tables, ...options.profile }),
    );
  return { dir, databaseFile: makeDatabase(join(dir, 'app.db'), schema, options) };
}

/** A database of the given schema, log included; its path. */
export function makeDatabase(databaseFile: string, schema: string, options: PlaceOptions = {}): string {
  asHost({ databaseFile }, (db) => {
    if (options.first !== undefined) db.exec(options.first);
    db.pragma(`journal_mode = ${options.journalMode ?? 'wal'}`);
    db.exec(`${LOG} ${schema}`);
  });
  return databaseFile;
}

export type ChatOptions = PlaceOptions & { readonly events?: number };

/** The opened data folder of a small chat, for tests that need no schema of their own. */
export async function makeChat(
  parent: string,
  { events = 3, ...options }: ChatOptions = {},
): Promise<DataFolder> {
  return open(await makePlace(parent, `${CHATS} ${addEvents(events)}`, options));
}

/**
 * Works in the database as the host would: foreign keys on, its own connection, and with every power over its schema. It
 * does not wait for the disk, because no test cuts the power.
 */
export function asHost<T>(
  { databaseFile }: Pick<Place, 'databaseFile'>,
  use: (db: Database.Database) => T,
): T {
  const db = new Database(databaseFile);
  db.unsafeMode();
  try {
    withoutWaiting(db);
    return use(db);
  } finally {
    db.close();
  }
}

function withoutWaiting(db: Database.Database): void {
  try {
    db.pragma('synchronous = OFF');
  } catch (error) {
    // Its schema cannot be read: then nothing much is written either.
    if (!(error instanceof Database.SqliteError)) throw error;
  }
}

/** Runs SQL as the host would. */
export function run(place: Place, sql: string): void {
  asHost(place, (db) => db.exec(sql));
}

export function open({ dir }: Place): Promise<DataFolder> {
  return openDataFolder(dir);
}

/** Puts a snapshot file into its folder, whatever it holds; its path. */
export async function putSnapshot(
  { dir }: Pick<Place, 'dir'>,
  id: string,
  text: string | Buffer = '{"last_event_id": 0}',
  modified?: Date,
): Promise<string> {
  const file = join(dir, 'snapshots', `${id}.json`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  if (modified !== undefined) await utimes(file, modified, modified);
  return file;
}

/** A snapshot as the host writes it: no notes of ours. */
export function hostDump(lastEventId: number, tables: Readonly<Record<string, readonly object[]>>): string {
  return JSON.stringify({ last_event_id: lastEventId, event_log: [], ...tables });
}

/** What the host would write now of a small chat: its own format, all rows, ASCII. */
export function dumpChat(folder: DataFolder): string {
  return asHost(folder, (db) => {
    const events = db.prepare('SELECT * FROM event_log ORDER BY id').all();
    const last = db.prepare('SELECT coalesce(max(id), 0) FROM event_log').pluck().get();
    const tables = Object.fromEntries(folder.profile.tables.map((table) => [table, [] as unknown[]]));
    const chats = db.prepare('SELECT * FROM chats').all();
    return JSON.stringify({ last_event_id: last, event_log: events, ...tables, chats });
  });
}

/** Lengths to cut an ASCII text to, longest first: after whatever may look like its end, and every eleventh. */
export function cutsOf(text: string): readonly number[] {
  return Array.from({ length: text.length }, (_, index) => text.length - 1 - index).filter(
    (length) => length % 11 === 0 || '}]'.includes(text.charAt(length - 1)),
  );
}

/** How an action ended: `done`, or the code of its error. Other errors than ours pass. */
export async function codeOf(action: Promise<unknown> | (() => unknown)): Promise<ErrorCode | 'done'> {
  return (await failureOf(action))?.code ?? 'done';
}

/** The error of ours that an action ends with. */
export async function errorOf(action: Promise<unknown>): Promise<SnapbackError> {
  const failure = await failureOf(action);
  if (failure === null) throw new Error('It did not fail.');
  return failure;
}

async function failureOf(action: Promise<unknown> | (() => unknown)): Promise<SnapbackError | null> {
  try {
    await (typeof action === 'function' ? action() : action);
    return null;
  } catch (error) {
    if (error instanceof SnapbackError) return error;
    throw error;
  }
}
