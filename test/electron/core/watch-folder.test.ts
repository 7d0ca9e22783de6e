import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Changed, watchFolder } from '../../../electron/core/watch-folder.ts';
import { lookAtSnapshots, openDataFolder } from '../../../src/index.ts';

let dir = '';
let stop: () => void;
let changes: Changed[] = [];
let writes = 0;

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

/** Waits until something is reported that is always there to be, to know that the watcher has looked since. */
async function lookAgain(): Promise<void> {
  writes += 1;
  copyFileSync(join(dir, 'chat.db'), join(dir, 'chat.db-wal'));
  truncateSync(join(dir, 'chat.db-wal'), writes);
  await expectChange('database');
}

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

test('a file that is not part of the data is not reported', async () => {
  writeFileSync(join(dir, 'notes.txt'), 'hello');
  utimesSync(join(dir, 'notes.txt'), 1, 1);
  await lookAgain();
  expect(changes).not.toContain('snapshots');
});

test('a link out of the folder is seen as the line of the list that it is, and is not followed', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'snapback-elsewhere-'));
  mkdirSync(join(dir, 'snapshots'));
  symlinkSync(elsewhere, join(dir, 'snapshots/linked'));
  await expectChange('snapshots');
  changes = [];
  writeFileSync(join(elsewhere, '20260101T000000Z.json'), '{}');
  await lookAgain();
  expect(changes).not.toContain('snapshots');
  rmSync(elsewhere, { recursive: true });
});

test('what has changed since the look that is handed in is reported, and what has not is not', async () => {
  stop();
  mkdirSync(join(dir, 'snapback/kept'), { recursive: true });
  mkdirSync(join(dir, 'snapshots/weekly'), { recursive: true });
  for (const path of ['snapshots/weekly/20260101T000000Z.json', 'snapback/kept/20260101T000000Z.note'])
    writeFileSync(join(dir, path), '{}');
  const folder = await openDataFolder(dir);
  for (const change of [
    null,
    'snapshots/weekly/20260101T000000Z.json',
    'snapback/kept/20260102T000000Z.note',
  ]) {
    const seen = await lookAtSnapshots(folder);
    if (change !== null) writeFileSync(join(dir, change), '{"more": 1}');
    changes = [];
    stop = await watchFolder(
      () => folder,
      (what) => changes.push(what),
      seen,
    );
    if (change === null) {
      await lookAgain();
      expect(changes).not.toContain('snapshots');
    } else await expectChange('snapshots');
    stop();
  }
});

test('nothing is reported after stopping, and watching creates no file', async () => {
  stop();
  writeFileSync(join(dir, 'chat.db-wal'), 'x');
  await new Promise((done) => setTimeout(done, 300));
  expect(changes).toEqual([]);
  expect(existsSync(join(dir, 'snapback'))).toBe(false);
});
