import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  listSnapshots,
  planRestore,
  takeSnapshot,
  verifySnapshots,
} from '../../src/index.ts';
import { openWriteDatabase } from '../../src/sqlite/database.ts';
import { beginReading, rollBack } from '../../src/sqlite/transaction.ts';
import { putCopy, readWhole } from '../support/copies.ts';
import { addEvents, asHost, makePlace, makeRoot, open, type PlaceOptions, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';
import { live } from '../support/story.ts';

/** The safety copy as a database file: it holds exactly what is replaced, opens anywhere, and is as good as a dump. */
const root = makeRoot();
const UNDO = { acceptDrift: false, acceptOtherTimeline: false };

async function restored(schema: string, since: string, options: PlaceOptions = {}) {
  const place = await makePlace(root(), `${schema} ${addEvents(5)}`, options);
  const { id } = await takeSnapshot(await open(place), 'rewind');
  run(place, since);
  const before = readState(place.databaseFile).tables;
  const request = restoring(id);
  const { safetyCopyId } = await applyRestore(await open(place), request, NOW);
  const folder = join(place.dir, 'snapshots/restore');
  const [name = '', ...others] = await readdir(folder);
  expect(others).toEqual([]);
  return { place, before, safetyCopyId, file: join(folder, name) };
}

const BOTS = "CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO bots VALUES (1, 'ada');";

describe.concurrent('a safety copy', () => {
  test.each<[string, PlaceOptions]>([
    ['with a WAL', { journalMode: 'wal' }],
    ['with a rollback journal', { journalMode: 'delete' }],
    ['in UTF-16', { first: "PRAGMA encoding = 'UTF-16be'" }],
    ['with small pages', { first: 'PRAGMA page_size = 512' }],
    ['with large pages', { first: 'PRAGMA page_size = 65536' }],
    ['with free pages', { first: 'CREATE TABLE x AS SELECT randomblob(3000000) AS y; DROP TABLE x' }],
    ['that moves its pages', { first: 'PRAGMA auto_vacuum = FULL' }],
  ])('of a database %s opens by itself, and undo brings back what it holds', async (_, options) => {
    const { place, before, safetyCopyId, file } = await restored(
      `${BOTS} CREATE TABLE rest AS SELECT hex(randomblob(3000)) AS text;`,
      `${addEvents(3)} UPDATE bots SET name = 'é\u{1f30a}'; INSERT INTO bots VALUES (9, x'00ff'), (10, -0.0);`,
      options,
    );
    expect(file).toMatch(/\.db$/);
    expect(Object.keys(readWhole(file))).toContain('bots');
    const copy = new Database(file, { readonly: true });
    expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
    expect(copy.prepare('SELECT count(*) FROM rest').pluck().get()).toBe(1);
    copy.close();
    expect(await readdir(dirname(file))).toHaveLength(1);
    expect(await verifySnapshots(await open(place), [safetyCopyId])).toMatchObject([
      { form: 'database', health: 'good', lineage: 'same', undoes: { action: 'restore' } },
    ]);
    await applyUndo(await open(place), UNDO, NOW);
    expect(readState(place.databaseFile).tables).toEqual(before);
  });

  test('is listed with its counts, and with the mode of the database', async () => {
    const place = await makePlace(root(), `${BOTS} ${addEvents(2)}`);
    await chmod(place.databaseFile, 0o640);
    const { id } = await takeSnapshot(await open(place), 'rewind');
    run(place, 'DELETE FROM bots');
    const request = restoring(id);
    const { safetyCopyId } = await applyRestore(await open(place), request, NOW);
    const listed = (await listSnapshots(await open(place))).find((one) => one.id === safetyCopyId);
    expect(listed).toMatchObject({ lastEventId: 2n, undoes: { snapshotId: id } });
    expect(listed?.tables).toEqual([
      { name: 'event_log', rows: 2 },
      { name: 'bots', rows: 0 },
    ]);
    expect((await stat(listed?.file ?? '')).mode & 0o777).toBe(0o640);
  });

  test('of a database that was itself such a copy has notes of its own', async () => {
    const { place, before, file } = await restored(
      `${BOTS} CREATE TABLE snapback_about (part INTEGER PRIMARY KEY, value); INSERT INTO snapback_about VALUES (1, 'old');`,
      "UPDATE bots SET name = 'since'",
    );
    expect(readWhole(file)).toMatchObject({ _snapback: { about: { kind: 'restore' } } });
    await applyUndo(await open(place), UNDO, NOW);
    expect(readState(place.databaseFile).tables).toEqual(before);
  });

  test.each([
    [
      'the rest of the database is much larger',
      `${BOTS} CREATE TABLE attachments (id INTEGER PRIMARY KEY, bytes);
      INSERT INTO attachments SELECT value, randomblob(2500000) FROM json_each('[1,2,3,4]');`,
    ],
    [
      'a table of the profile is a view',
      `CREATE TABLE real (id INTEGER PRIMARY KEY, name TEXT); ${BOTS} CREATE VIEW scenes AS SELECT * FROM real;`,
    ],
    ['a table has the name of ours', `${BOTS} CREATE TABLE snapback_about (mine);`],
    [
      'no name reaches the rowid',
      `CREATE TABLE bots (rowid, oid, _rowid_, name TEXT); INSERT INTO bots (name) VALUES ('ada');`,
    ],
  ])('is JSON with the tables of a snapshot alone where %s, and can be undone as well', async (_, schema) => {
    const { place, before, file } = await restored(schema, "UPDATE bots SET name = 'since'");
    expect(file).toMatch(/\.json$/);
    expect(JSON.parse(await readFile(file, 'utf8'))).not.toHaveProperty('attachments');
    await applyUndo(await open(place), UNDO, NOW);
    expect(readState(place.databaseFile).tables).toEqual(before);
  });

  test('is made by a backup that copies what its transaction sees, even if somebody commits meanwhile', async () => {
    const { place } = await live(root(), {
      schema: 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);',
      before: `${addEvents(300)} INSERT INTO memories SELECT id, hex(randomblob(2000)) FROM event_log;`,
      since: 'SELECT 1',
    });
    const folder = await open(place);
    const db = openWriteDatabase(place.databaseFile, folder);
    const file = join(place.dir, 'copy.db');
    let commits = 0;
    try {
      await beginReading(db, {});
      const seen = db.prepare('SELECT id, text FROM memories').all();
      await db.backup(file, {
        progress() {
          commits += 1;
          run(place, "UPDATE memories SET text = 'other'; INSERT INTO memories (text) VALUES ('more');");
          return 20;
        },
      });
      const copied = asHost({ databaseFile: file }, (copy) =>
        copy.prepare('SELECT id, text FROM memories').all(),
      );
      expect(commits).toBeGreaterThan(3);
      expect(copied).toEqual(seen);
    } finally {
      rollBack(db);
      db.close();
    }
  });
});

test('a copy of the database that somebody made themselves is restored exactly, texts that look like bytes and an empty table included', async () => {
  const place = await makePlace(
    root(),
    `${BOTS} CREATE TABLE scenes (id INTEGER PRIMARY KEY, face BLOB); ${addEvents(3)}
     INSERT INTO bots VALUES (2, x'00ff'), (3, 'b''a''');`,
  );
  const before = readState(place.databaseFile).tables;
  await putCopy(place, 'backup/mine', null);
  run(place, `${addEvents(2)} DELETE FROM bots; INSERT INTO scenes VALUES (1, x'01');`);
  const request = restoring('backup/mine');
  const plan = await planRestore(await open(place), request);
  expect(plan).toMatchObject({ guessedBlobs: [], refusals: [], notRestored: [] });
  await applyRestore(await open(place), request, { ...NOW, planId: plan.planId });
  expect(readState(place.databaseFile).tables).toEqual(before);
});
