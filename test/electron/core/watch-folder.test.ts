import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Changed, watchFolder } from '../../../electron/core/watch-folder.ts';
import { openDataFolder } from '../../../src/index.ts';

let dir = '';
let stop: () => void;
let changes: Changed[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'snapback-watch-'));
  const db = new Database(join(dir, 'chat.db'));
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE event_log (id INTEGER PRIMARY KEY, payload_json TEXT)');
  db.close();
  changes = [];
  const folder = await openDataFolder(dir);
  stop = await watchFolder(
    () => folder,
    (what) => changes.push(what),
  );
});
afterEach(() => {
  stop();
  rmSync(dir, { recursive: true, force: true });
});

const expectChange = (what: Changed) =>
  vi.waitFor(() => expect(changes).toContain(what), { timeout: 120_000 });

test('a commit, a snapshot in a new folder, and a snapshot that disappears are seen', async () => {
  const db = new Database(join(dir, 'chat.db'));
  db.exec("INSERT INTO event_log (payload_json) VALUES ('{}')");
  await expectChange('database');
  db.close();

  mkdirSync(join(dir, 'snapshots/weekly'), { recursive: true });
  writeFileSync(join(dir, 'snapshots/weekly/20260101T000000Z.json'), '{}');
  await expectChange('snapshots');

  changes = [];
  rmSync(join(dir, 'snapshots/weekly/20260101T000000Z.json'));
  await expectChange('snapshots');
});

test('a file that is not part of the data is not reported, and a link out of the folder is not followed', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'snapback-elsewhere-'));
  mkdirSync(join(dir, 'snapshots'));
  symlinkSync(elsewhere, join(dir, 'snapshots/linked'));
  writeFileSync(join(dir, 'notes.txt'), 'hello');
  writeFileSync(join(elsewhere, '20260101T000000Z.json'), '{}');
  utimesSync(join(dir, 'notes.txt'), 1, 1);
  // Something that is reported, to know that the watcher has looked since.
  copyFileSync(join(dir, 'chat.db'), join(dir, 'chat.db-wal'));
  await expectChange('database');
  expect(changes).not.toContain('snapshots');
  rmSync(elsewhere, { recursive: true });
});

test('nothing is reported after stopping, and watching creates no file', async () => {
  stop();
  writeFileSync(join(dir, 'chat.db-wal'), 'x');
  await new Promise((done) => setTimeout(done, 300));
  expect(changes).toEqual([]);
  expect(existsSync(join(dir, 'snapback'))).toBe(false);
});
