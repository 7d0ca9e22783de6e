import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { type DataFolder, openDataFolder } from '../../src/host/data-folder.ts';
import { type ErrorCode, SnapbackError } from '../../src/model/errors.ts';

/** A temporary folder that is removed when the test ends. */
export async function makeTempFolder(): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'snapback-files-test-')));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

export type DatabaseContents = { readonly events?: number; readonly journalMode?: 'wal' | 'delete' };

/** A small database in the seed's form, with `events` events whose ids count from 1. */
export function createDatabase(file: string, contents: DatabaseContents = {}): void {
  const db = new Database(file);
  db.pragma(`journal_mode = ${contents.journalMode ?? 'wal'}`);
  db.exec(`
    CREATE TABLE event_log (
      id INTEGER PRIMARY KEY AUTOINCREMENT, branch_id TEXT, ts TEXT, kind TEXT, payload_json TEXT,
      superseded_by INTEGER, hidden INTEGER DEFAULT 0
    );
    CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);
    INSERT INTO chats VALUES ('harbour', 'Harbour');
  `);
  appendEvents(db, contents.events ?? 3);
  db.close();
}

/** Appends events, each distinguishable by its payload. */
export function appendEvents(db: Database.Database, count: number, word = 'message'): void {
  const insert = db.prepare(
    "INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES ('main', ?, 'message', ?)",
  );
  const first = Number(db.prepare('SELECT coalesce(max(id), 0) FROM event_log').pluck().get());
  db.transaction(() => {
    for (let id = first + 1; id <= first + count; id += 1)
      insert.run(`2026-01-01T00:00:${id}Z`, JSON.stringify({ chat_id: 'harbour', text: `${word} ${id}` }));
  })();
}

/** A data folder with a database and nothing else. */
export async function makeDataFolder(contents: DatabaseContents = {}): Promise<DataFolder> {
  const dir = await makeTempFolder();
  createDatabase(join(dir, 'chat.db'), contents);
  return openDataFolder(dir);
}

/** Changes the database as the host would. */
export function changeDatabase(folder: DataFolder, change: (db: Database.Database) => void): void {
  const db = new Database(folder.databaseFile);
  try {
    change(db);
  } finally {
    db.close();
  }
}

/** Writes a file into a snapshot folder, whatever it holds, and returns its path. */
export async function writeSnapshotFile(
  folder: DataFolder,
  id: string,
  contents = '{"last_event_id": 0}',
  modified?: Date,
): Promise<string> {
  const file = join(folder.dir, 'snapshots', `${id}.json`);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, contents);
  if (modified !== undefined) await utimes(file, modified, modified);
  return file;
}

/** What the host would write now: its own format, all rows, ASCII. */
export function dumpAsHost(folder: DataFolder): string {
  const db = new Database(folder.databaseFile, { readonly: true });
  try {
    const events = db.prepare('SELECT * FROM event_log ORDER BY id').all();
    const last = db.prepare('SELECT coalesce(max(id), 0) FROM event_log').pluck().get();
    const tables = Object.fromEntries(folder.profile.tables.map((table) => [table, [] as unknown[]]));
    const chats = db.prepare('SELECT * FROM chats').all();
    return JSON.stringify({ last_event_id: last, event_log: events, ...tables, chats });
  } finally {
    db.close();
  }
}

/** Lengths to cut an ASCII text to, longest first: after whatever may look like its end, and every eleventh. */
export function cutsOf(text: string): readonly number[] {
  return Array.from({ length: text.length }, (_, index) => text.length - 1 - index).filter(
    (length) => length % 11 === 0 || '}]'.includes(text.charAt(length - 1)),
  );
}

/** Reduces the outcome of an action to the code of its error. */
export async function codeOf(action: Promise<unknown> | (() => unknown)): Promise<ErrorCode | 'no error'> {
  try {
    await (typeof action === 'function' ? action() : action);
    return 'no error';
  } catch (error) {
    if (error instanceof SnapbackError) return error.code;
    throw error;
  }
}

export type Child = {
  readonly process: ChildProcess;
  /** The next line that the child prints. */
  readonly line: () => Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
};

/** Starts a script of test/support/children as a process of its own; it is killed with the test at the latest. */
export function startChild(script: string, ...args: readonly string[]): Child {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'children', script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<Awaited<Child['ended']>>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { process: child, line: async () => String((await lines.next()).value), ended };
}
