import { open as openFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { type DataFolder, listSnapshots, verifySnapshots } from '../../src/index.ts';
import { readSnapshotEnds } from '../../src/snapshot-file/ends.ts';
import { openSnapshotFile } from '../../src/snapshots/open-file.ts';
import { collect, type ReadPart } from '../laws/snapshot-text.ts';
import { ABOUT, aboutOf, putCopy } from '../support/copies.ts';
import {
  addEvents,
  CHATS,
  codeOf,
  errorOf,
  makeChat,
  makePlace,
  makeRoot,
  open,
  putSnapshot,
  run,
} from '../support/place.ts';

/** A snapshot that is an SQLite database: read as strictly as one that is JSON, and nothing of its own runs. */
const root = makeRoot();
const ID = 'restore/20260101T000000Z';
const KNOWN = new Set(['event_log', 'chats']);

async function read(folder: DataFolder): Promise<readonly ReadPart[]> {
  const file = await openSnapshotFile(folder, ID);
  try {
    return await collect(file, KNOWN);
  } finally {
    await file.handle.close();
  }
}

async function rowsOf(folder: DataFolder): Promise<readonly unknown[]> {
  return (await read(folder)).filter(({ type }) => type === 'rows');
}

/** Changes a copy as its owner could, with every power over its schema. */
function change(file: string, sql: string): void {
  const db = new Database(file);
  db.unsafeMode();
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
}

describe.concurrent('a snapshot that is a database', () => {
  test('can be read by several at once, of whom each ends when it likes', async () => {
    const folder = await makeChat(root());
    await putCopy(folder, ID, ABOUT);
    const alone = await read(folder);
    const later = async (turns: number) => {
      for (let turn = 0; turn < turns; turn += 1) await setImmediate();
      return read(folder);
    };
    const all = await Promise.all(Array.from({ length: 12 }, (_, turns) => later(turns)));
    for (const one of all) expect(one).toEqual(alone);
  });

  test.each(['wal', 'delete'] as const)(
    'tells its notes and its rows, and leaves nothing beside it: journal mode %s',
    async (journalMode) => {
      const folder = await makeChat(root(), { journalMode });
      const file = await putCopy(folder, ID, ABOUT);
      const before = await readFile(file);
      const parts = await read(folder);
      expect(parts.map(({ type }) => type)).toEqual([
        'start',
        'last-event-id',
        'table',
        'rows',
        'table',
        'rows',
        'end',
      ]);
      expect(parts[5]).toMatchObject({ table: 'chats', columns: ['id', 'title'], rows: [['c1', 'Harbour']] });
      const opened = await openSnapshotFile(folder, ID);
      expect(await readSnapshotEnds(opened)).toMatchObject({ complete: true, lastEventId: 3n, about: ABOUT });
      await opened.handle.close();
      expect(await readFile(file)).toEqual(before);
      expect(await readdir(dirname(file))).toEqual(['20260101T000000Z.db']);
    },
  );

  test('is listed and checked', async () => {
    const folder = await makeChat(root());
    await putCopy(folder, ID, ABOUT);
    expect(await listSnapshots(folder)).toMatchObject([
      { id: ID, form: 'database', health: 'unchecked', lastEventId: 3n },
    ]);
    expect(await verifySnapshots(folder, [ID])).toMatchObject([
      {
        id: ID,
        health: 'good',
        lineage: 'same',
        tables: [
          { name: 'event_log', rows: 3 },
          { name: 'chats', rows: 1 },
        ],
      },
    ]);
  });

  test('is read from the file alone: a journal and a WAL beside it count for nothing', async () => {
    const folder = await makeChat(root());
    const file = await putCopy(folder, ID, ABOUT);
    const expected = await read(folder);
    for (const suffix of ['-journal', '-wal']) await writeFile(file + suffix, Buffer.alloc(5000, 7));
    expect(await read(folder)).toEqual(expected);
    expect((await readdir(dirname(file))).length).toBe(3);
  });

  test('with any changed bit is damaged', async () => {
    const folder = await makeChat(root(), { events: 60 });
    const file = await putCopy(folder, ID, ABOUT);
    const whole = await readFile(file);
    for (let at = 100; at < whole.length; at += 397) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 4;
      await writeFile(file, changed);
      expect([at, await codeOf(read(folder))]).toEqual([at, 'snapshot-damaged']);
    }
  });

  test('that is cut off anywhere is damaged, and said to be', async () => {
    const folder = await makeChat(root(), { events: 200 });
    const file = await putCopy(folder, ID, ABOUT);
    for (let length = (await readFile(file)).length - 1; length >= 0; length = Math.floor(length / 1.7) - 1) {
      await truncate(file, Math.max(0, length));
      expect(await codeOf(read(folder))).toBe('snapshot-damaged');
      expect(await listSnapshots(folder)).toMatchObject([{ health: 'damaged' }]);
    }
  });

  test.each([
    ['JSON', '{"last_event_id": 0}', /no SQLite database/],
    ['zeros', Buffer.alloc(8192), /zeros/],
    ['nothing', '', /empty/],
  ])('with %s in it is damaged', async (_, bytes, words) => {
    const folder = await makeChat(root());
    await writeFile(await putCopy(folder, ID, ABOUT), bytes);
    expect((await errorOf(read(folder))).message).toMatch(words);
  });

  test('that somebody rebuilt is still good if its tables hold what was noted, else damaged', async () => {
    const folder = await makeChat(root());
    const file = await putCopy(folder, ID, await aboutOf(folder));
    const rows = await rowsOf(folder);
    change(file, 'VACUUM');
    expect(await rowsOf(folder)).toEqual(rows);
    change(file, "UPDATE chats SET title = 'another'");
    expect((await errorOf(read(folder))).message).toMatch(/“chats”/);
    await putCopy(folder, ID, ABOUT);
    change(file, 'VACUUM');
    expect(await codeOf(read(folder))).toBe('snapshot-damaged');
  });

  test('runs nothing of its own: no view, virtual table, check, default or generated column', async () => {
    const folder = await makeChat(root());
    const file = await putCopy(folder, ID, null);
    change(
      file,
      `DROP TABLE chats; CREATE VIEW chats AS SELECT load_extension('/x') AS id;
       CREATE TABLE more (id, odd AS (abs(-9223372036854775808)) VIRTUAL, CHECK (abs(-9223372036854775808) > 0));
       CREATE VIRTUAL TABLE found USING fts5(text);
       ALTER TABLE event_log ADD COLUMN bad AS (abs(-9223372036854775808)) VIRTUAL;`,
    );
    const parts = await read(folder);
    expect(parts.flatMap((part) => (part.type === 'table' ? [part.name] : []))).toEqual(['event_log']);
    expect(parts.find((part) => part.type === 'rows')).not.toMatchObject({
      columns: expect.arrayContaining(['bad']),
    });
  });

  test.each([
    ['a view', 'CREATE VIEW snapback_about AS SELECT 1 AS part, 2 AS value'],
    ['another table', 'CREATE TABLE snapback_about (part INTEGER PRIMARY KEY, value AS (1))'],
    [
      'a text that is no note',
      "CREATE TABLE snapback_about (part INTEGER PRIMARY KEY, value); INSERT INTO snapback_about VALUES (1, '[]')",
    ],
    [
      'a note beyond all measure',
      'CREATE TABLE snapback_about (part INTEGER PRIMARY KEY, value); INSERT INTO snapback_about VALUES (1, zeroblob(9000000))',
    ],
  ])('that has %s in the place of its notes is damaged, as far as we can tell', async (_, sql) => {
    const folder = await makeChat(root());
    change(await putCopy(folder, ID, null), sql);
    expect((await errorOf(read(folder))).message).toMatch(/own notes/);
    const file = await openSnapshotFile(folder, ID);
    expect((await readSnapshotEnds(file)).about).toBe(null);
    await file.handle.close();
  });

  test('keeps exact values in each encoding, and the order of the log', async () => {
    for (const encoding of ['UTF-8', 'UTF-16le']) {
      const place = await makePlace(root(), `${CHATS} ${addEvents(2)}`, {
        first: `PRAGMA encoding = '${encoding}'`,
      });
      run(
        place,
        "INSERT INTO chats VALUES ('é', x'00ff'), (-9223372036854775808, 1e999), ('\u{1f30a}', -0.0)",
      );
      const folder = await open(place);
      await putCopy(folder, ID, { ...ABOUT, tables: [] });
      const rows = (await read(folder)).flatMap((part) =>
        part.type === 'rows' && part.table === 'chats' ? part.rows : [],
      );
      expect(rows).toEqual([
        ['c1', 'Harbour'],
        ['é', Buffer.from([0, 255])],
        ['-9223372036854775808', 'Inf'],
        ['\u{1f30a}', '0.0'],
      ]);
    }
  });

  test('and a JSON file of the same name are not one snapshot: the JSON keeps the id, the other is listed as unusable', async () => {
    const folder = await makeChat(root());
    const file = await putCopy(folder, ID, ABOUT);
    await putSnapshot(folder, ID);
    expect(await listSnapshots(folder)).toMatchObject([
      { id: ID, form: 'json' },
      { id: `${ID}.db`, health: 'unreadable', healthDetail: expect.stringContaining('same name') },
    ]);
    const opened = await openSnapshotFile(folder, ID);
    expect(opened.form).toBe('json');
    await opened.handle.close();
    expect(await readdir(dirname(file))).toHaveLength(2);
  });

  test('with a row longer than any in JSON may be is refused as such a file is', async () => {
    const folder = await makeChat(root());
    const file = await putCopy(folder, ID, null);
    change(
      file,
      `UPDATE chats SET title = zeroblob(${(256 << 20) + 1}) WHERE id = (SELECT min(id) FROM chats);`,
    );
    const { code, message } = await errorOf(rowsOf(folder));
    expect(code).toBe('snapshot-damaged');
    expect(message).toMatch(/“chats”.*one row is longer than 256 MB/);
  });

  test('in WAL form says what to do', async () => {
    const folder = await makeChat(root());
    const file = await putCopy(folder, ID, null);
    const handle = await openFile(file, 'r+');
    await handle.write(Buffer.from([2, 2]), 0, 2, 18);
    await handle.close();
    expect((await errorOf(read(folder))).message).toMatch(/journal_mode = DELETE/);
  });
});
