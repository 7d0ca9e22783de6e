import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { readHostDatabase } from '../../src/host/host-database.ts';
import { openPrivateDatabase, openReadDatabase } from '../../src/sqlite/database.ts';
import { withUnpublishedDatabase } from '../../src/sqlite/descriptor-database.ts';
import { createLayout } from '../../src/stage/layout.ts';
import { copyStoredRows } from '../../src/stage/stored-rows.ts';
import { createStoredSource } from '../../src/stage/stored-source.ts';
import { open as openFile } from '../../src/system/files.ts';
import { createYielder } from '../../src/system/yielder.ts';
import { stageOf } from '../laws/stage-of.ts';
import { ABOUT, putCopy } from '../support/copies.ts';
import { addEvents, makePlace, makeRoot, open, type Place, run } from '../support/place.ts';

/** Rows of a snapshot that is a database, taken by SQL: which ones, and what the file can do meanwhile. */
const root = makeRoot();
const ID = 'restore/20260101T000000Z';

/** Whether SQL takes the rows of “t”, and how many the stage has then. */
async function copy(place: Place, file: string): Promise<readonly [boolean, number]> {
  const folder = await open(place);
  const live = openReadDatabase(folder.databaseFile, folder);
  const db = openPrivateDatabase(join(place.dir, 'stage'), folder);
  const { schema } = readHostDatabase(live, folder.profile);
  const source = createStoredSource(db, schema);
  try {
    const table = schema.tables.get('t');
    if (table === undefined) throw new Error('t');
    await source.addBytes(await readFile(file));
    db.exec('BEGIN');
    const columns = table.columns.map(({ name }) => name);
    const layout = createLayout(db, { name: 't0', live: table, fileColumns: columns, rowid: 'key' });
    const rows = Number(live.prepare('SELECT count(*) FROM t').pluck().get());
    const stored = { table: 't', columns, by: [table.rowid ?? ''], rows };
    const isCopied =
      (await source.holdsAlike('t', table)) &&
      (await copyStoredRows({ db, name: 't0', live: table, layout }, stored, createYielder({})));
    return [isCopied, Number(db.prepare('SELECT count(*) FROM t0').pluck().get())];
  } finally {
    live.close();
    db.close();
    await source.remove();
  }
}

describe.concurrent('rows are taken by SQL', () => {
  test.each([
    ['INTEGER', '12', true],
    ['INTEGER', "'twelve'", true],
    ['INTEGER', '2.5', true],
    ['INTEGER', "CAST(x'31ff' AS TEXT)", true],
    ['TIMESTAMP', "'2026-01-01T00:00:00Z'", true],
    ['TIMESTAMP', "'2026-01-01'", true],
    ['NUMERIC', '9e999', true],
    ['NUMERIC', '1e300', true],
    ['REAL', '3', true],
    ['REAL', "'abc'", true],
    ['TEXT', "'12'", true],
    ['TEXT', "x'12'", true],
    ['', '1.0', true],
  ] as const)('as they are, in a column of type %s with %s', async (type, value, taken) => {
    const place = await makePlace(root(), `CREATE TABLE t (id INTEGER PRIMARY KEY, v ${type});`, {
      tables: ['t'],
    });
    run(place, `INSERT INTO t (v) VALUES (NULL), (${value});`);
    expect(await copy(place, await putCopy(place, ID, ABOUT))).toEqual([taken, 2]);
  });

  test.each([
    ['INTEGER', "'12'"],
    ['INTEGER', "' 12 '"],
    ['INTEGER', "'12' || char(0) || 'x'"],
    ['INTEGER', '2.0'],
    ['INTEGER', '-0.0'],
    ['NUMERIC', "'9e999'"],
    ['TIMESTAMP', "'2026'"],
    ['REAL', "'1.5'"],
    ['TEXT', '12'],
    ['TEXT', '0.5'],
  ])('only if storing them changes nothing: a column of type %s never holds %s', async (type, value) => {
    const place = await makePlace(root(), 'CREATE TABLE t (id INTEGER PRIMARY KEY, v);', { tables: ['t'] });
    run(
      place,
      `INSERT INTO t (v) VALUES (NULL), (${value}); PRAGMA writable_schema = ON;
       UPDATE sqlite_schema SET sql = 'CREATE TABLE t (id INTEGER PRIMARY KEY, v ${type})' WHERE name = 't';`,
    );
    expect(await copy(place, await putCopy(place, ID, ABOUT))).toEqual([false, 0]);
  });

  test.each([
    ['that has other SQL', 'DROP TABLE t; CREATE TABLE t (id INTEGER PRIMARY KEY, v  TEXT)'],
    ['that is a view', 'DROP TABLE t; CREATE VIEW t AS SELECT 1 AS id, 2 AS v'],
    ['that is virtual', 'DROP TABLE t; CREATE VIRTUAL TABLE t USING fts5(id, v)'],
    ['that is missing', 'DROP TABLE t'],
    ['that holds other rows than counted', 'DELETE FROM t WHERE id = 1'],
  ])('never from a table %s', async (_, sql) => {
    const place = await makePlace(root(), 'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);', {
      tables: ['t'],
    });
    run(place, "INSERT INTO t (v) VALUES ('a'), ('b');");
    const file = await putCopy(place, ID, ABOUT);
    run({ databaseFile: file, dir: '' }, sql);
    expect(await copy(place, file)).toEqual([false, 0]);
  });

  test('never from what is no database', async () => {
    const place = await makePlace(root(), 'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);', {
      tables: ['t'],
    });
    const file = join(place.dir, 'other');
    await writeFile(file, Buffer.alloc(8192, 7));
    expect(await copy(place, file)).toEqual([false, 0]);
  });
});

test('staging a database writes to no file of it, whatever lies beside it, and leaves nothing behind', async () => {
  const place = await makePlace(root(), `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); ${addEvents(50)}`, {
    tables: ['t'],
  });
  run(place, "INSERT INTO t (v) VALUES ('a'), ('b');");
  const file = await putCopy(place, ID, ABOUT);
  const expected = await stageOf(place, { path: file, form: 'database', reading: {} });
  expect(expected).toMatchObject({ hasLog: true });
  // A journal that SQLite would roll back: it holds the first page as it was before a change.
  const other = new Database(file);
  const journal = await hotJournal(other, file);
  other.close();
  for (const suffix of ['-journal', '-wal']) await writeFile(file + suffix, journal);
  const before = [await readFile(file), (await stat(file)).mtimeMs, (await readdir(dirname(file))).sort()];
  const temporary = async () => (await readdir(tmpdir())).filter((name) => name.includes(`-${process.pid}-`));
  const homes = await temporary();
  expect(await stageOf(place, { path: file, form: 'database', reading: {} })).toEqual(expected);
  expect([await readFile(file), (await stat(file)).mtimeMs, (await readdir(dirname(file))).sort()]).toEqual(
    before,
  );
  expect(await temporary()).toEqual(homes);
});

/** The journal of a transaction under way, which is then rolled back. */
async function hotJournal(db: Database.Database, file: string): Promise<Buffer> {
  db.pragma('cache_size = 1');
  db.exec(
    "PRAGMA cache_spill = 1; BEGIN; UPDATE event_log SET kind = 'other'; UPDATE t SET v = hex(zeroblob(90000))",
  );
  const journal = await readFile(`${file}-journal`);
  db.exec('ROLLBACK');
  return journal;
}

test('nothing of the file runs while its rows are taken: no trigger, check, expression index or generated column', async () => {
  const bad = 'abs(-9223372036854775808)';
  const place = await makePlace(root(), `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); ${addEvents(5)}`, {
    tables: ['t'],
  });
  run(place, "INSERT INTO t (v) VALUES ('a'), ('b');");
  run(place, `ALTER TABLE t ADD COLUMN odd AS (${bad}) VIRTUAL`);
  const file = await putCopy(place, ID, null);
  run(
    { databaseFile: file, dir: '' },
    `CREATE TRIGGER at_t AFTER INSERT ON t BEGIN SELECT ${bad}; END;
     CREATE TRIGGER at_log BEFORE DELETE ON event_log BEGIN SELECT ${bad}; END;
     CREATE INDEX by_other ON event_log (length(kind)) WHERE id > 3; CREATE VIEW t0 AS SELECT ${bad};`,
  );
  const staging = { path: file, form: 'database', rowids: true } as const;
  const staged = await stageOf(place, { ...staging, reading: {} });
  expect(staged).toMatchObject({ hasLog: true });
  expect(staged).toEqual(await stageOf(place, { ...staging, reading: { copier: null } }));
  expect(await copy(place, file)).toEqual([true, 2]);
});

test('a database that is about to be published keeps its journal in memory and syncs nothing', async () => {
  const place = await makePlace(root(), '');
  const file = await putCopy(place, ID, null);
  const handle = await openFile(file, 'r+');
  try {
    const settings = await withUnpublishedDatabase({ handle, path: file }, (db) =>
      ['journal_mode', 'synchronous', 'foreign_keys'].map((name) => db.pragma(name, { simple: true })),
    );
    expect(settings).toEqual(['memory', 0, 0]);
  } finally {
    await handle.close();
  }
});
