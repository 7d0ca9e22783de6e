import { execFileSync } from 'node:child_process';
import { mkdtemp, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openReadDatabase } from '../../src/sqlite/database.ts';
import { copyDatabaseFile } from '../../src/sqlite/file-copy.ts';
import { makeRoot } from '../support/place.ts';

/** A database is copied by the bytes of its file only where these are what the reader sees, and stay it. */
const root = makeRoot();

const FILLED = `CREATE TABLE chats (id INTEGER PRIMARY KEY, title);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
  INSERT INTO chats SELECT i, printf('%.1000c', 'x') FROM n;`;
const CHANGE = "UPDATE chats SET title = 'changed'; DELETE FROM chats WHERE id > 2000;";

async function makeDatabase(mode: string): Promise<string> {
  const path = join(await mkdtemp(join(root(), 'copy-')), 'chat.db');
  const db = new Database(path);
  db.pragma(`journal_mode = ${mode}`);
  db.exec(FILLED);
  db.close();
  return path;
}

/** Runs SQL in a process of its own, as a host does. Returns the code of its error; null where it succeeds. */
function runElsewhere(path: string, sql: string): string | null {
  const script = `const db = new (require('better-sqlite3'))(${JSON.stringify(path)}, { timeout: 0 });
    try { db.exec(${JSON.stringify(sql)}); console.log('null'); } catch (error) { console.log(JSON.stringify(error.code)); }`;
  const out = execFileSync(process.execPath, ['-e', script], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
  return JSON.parse(out);
}

/** Copies in a read transaction; `meanwhile` runs once, after the first part. */
async function copy(path: string, meanwhile: () => void = () => undefined) {
  const db = openReadDatabase(path, { nativeBinding: undefined });
  const target = `${path}.copy`;
  const handle = await open(target, 'w+');
  let first = true;
  try {
    db.exec('BEGIN');
    db.prepare('SELECT 1 FROM sqlite_schema').get();
    const onPages = () => {
      if (first) meanwhile();
      first = false;
    };
    return { isCopied: await copyDatabaseFile(db, { target: handle, onPages }, {}), target };
  } finally {
    await handle.close();
    db.close();
  }
}

function readAll(path: string): unknown {
  const db = new Database(path, { readonly: true });
  try {
    return [db.pragma('integrity_check'), db.prepare('SELECT * FROM chats').all()];
  } finally {
    db.close();
  }
}

describe.each(['wal', 'delete', 'persist'])('a database in the mode %s', (mode) => {
  test('is copied byte for byte', async () => {
    const path = await makeDatabase(mode);
    const { isCopied, target } = await copy(path);
    expect(isCopied).toBe(true);
    expect((await readFile(target)).equals(await readFile(path))).toBe(true);
  });

  test('is copied as the reader sees it, whatever a host does meanwhile', async () => {
    const path = await makeDatabase(mode);
    const before = readAll(path);
    let refused: string | null = null;
    const { isCopied, target } = await copy(path, () => {
      refused = runElsewhere(path, `BEGIN; ${CHANGE} COMMIT; PRAGMA wal_checkpoint(TRUNCATE)`);
    });
    expect(isCopied).toBe(true);
    expect(readAll(target)).toEqual(before);
    // Readers block nobody who has a WAL, and without one a host has to wait.
    expect(refused).toBe(mode === 'wal' ? null : 'SQLITE_BUSY');
  });
});

test('what is in a WAL is left to SQLite’s backup', async () => {
  const path = await makeDatabase('wal');
  const host = new Database(path);
  host.exec(CHANGE);
  const { isCopied, target } = await copy(path);
  host.close();
  expect(isCopied).toBe(false);
  expect(await readFile(target)).toHaveLength(0);
});

test('a file that changes meanwhile, as no lock of SQLite allows, is left to SQLite’s backup', async () => {
  const path = await makeDatabase('delete');
  const bytes = await readFile(path);
  const { isCopied, target } = await copy(path, () => execFileSync('touch', [path]));
  expect(isCopied).toBe(false);
  expect(await readFile(target)).toHaveLength(0);
  expect((await readFile(path)).equals(bytes)).toBe(true);
});
