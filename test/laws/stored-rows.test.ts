import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SnapshotAbout } from '../../src/snapshot-file/notes.ts';
import { closeSeal, findSeal } from '../../src/snapshot-file/seal.ts';
import { sqlValues } from '../support/arbitraries.ts';
import { ABOUT, putCopy } from '../support/copies.ts';
import { addEvents, asHost, makePlace, makeRoot, type Place } from '../support/place.ts';
import { stageOf } from './stage-of.ts';

/*
 * The stage of a database into which SQL takes the rows is the one that is made of their values: the same rows at the same
 * places, the same drift and hashes, or the same error. The files are as we write them, rebuilt, forged, damaged and cut.
 */

const root = makeRoot();
const ID = 'restore/20260101T000000Z';

async function expectSame(place: Place, path: string): Promise<'staged' | 'refused'> {
  const staging = { path, form: 'database', rowids: true } as const;
  const careful = await stageOf(place, { ...staging, reading: { copier: null } });
  expect(await stageOf(place, { ...staging, reading: {} })).toEqual(careful);
  return typeof careful === 'object' && careful !== null && 'code' in careful ? 'refused' : 'staged';
}

/** Seals a file that somebody changed again, so that only what it holds can tell. */
async function sealAgain(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    const file = { handle, path, sizeBytes: (await handle.stat()).size };
    const prefix = /snapback-seal:[0-9a-f]{32}:/.exec((await readFile(path)).toString('latin1'))?.[0] ?? '';
    const at = await findSeal(file, { prefix, page: { from: 0, to: 0 } }, {});
    if (at !== null) await closeSeal(file, at, {});
  } finally {
    await handle.close();
  }
}

const keys = fc.constantFrom(
  'INTEGER PRIMARY KEY',
  'INTEGER PRIMARY KEY AUTOINCREMENT',
  'INTEGER PRIMARY KEY DESC',
  'INT PRIMARY KEY',
  'TEXT PRIMARY KEY',
  'TEXT COLLATE NOCASE PRIMARY KEY',
  'INTEGER',
);
const types = fc.constantFrom('', 'TEXT', 'INTEGER', 'REAL', 'NUMERIC', 'BLOB', 'TIMESTAMP', 'ANY');
const more = fc.constantFrom(
  ['', ''],
  ['', ' WITHOUT ROWID'],
  [', rowid TEXT', ''],
  [', twice AS (id || id) VIRTUAL', ''],
  [', twice AS (id || id) STORED, CHECK (id IS NOT 7)', ''],
);

const worlds = fc.record({
  key: keys,
  types: fc.tuple(types, types),
  more,
  rows: fc.array(fc.tuple(sqlValues, sqlValues, fc.integer({ min: -9, max: 30 })), { maxLength: 40 }),
  /** Whether the values get into the table without its affinities: only a forger can do that. */
  forged: fc.boolean(),
  /** How the live table differs from the one in the file. */
  since: fc.constantFrom(
    '',
    '',
    '',
    '',
    'ALTER TABLE t ADD COLUMN more',
    'ALTER TABLE t RENAME COLUMN a TO z',
    'DROP TABLE t',
  ),
  noted: fc.constantFrom('yes', 'yes', 'yes', 'no', 'wrong'),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

async function makeWorld({ key, types, more, rows, forged }: World): Promise<Place> {
  const schema = (a: string, b: string) =>
    `CREATE TABLE t (id ${key}, a ${a}, b ${b}${more[0]})${key.includes('PRIMARY') && !key.includes('AUTO') ? more[1] : ''}`;
  const real = schema(...types);
  const place = await makePlace(root(), `${forged ? schema('', '') : real}; ${addEvents(20)}`, {
    tables: ['t'],
  });
  asHost(place, (db) => {
    const insert = db.prepare('INSERT OR IGNORE INTO t (id, a, b) VALUES (?, ?, ?)');
    for (const [a, b, id] of rows)
      insert.run(
        id,
        ...[a, b].map((one) =>
          typeof one === 'object' && one !== null && 'rawText' in one ? one.rawText : one,
        ),
      );
    if (rows.length % 3 === 0)
      db.exec("UPDATE t SET a = CAST(x'31ff' AS TEXT), b = CAST(x'3100ff' AS TEXT) WHERE id > 20");
    if (!forged) return;
    db.pragma('writable_schema = ON');
    db.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 't'").run(real);
  });
  return place;
}

async function putNoted(place: Place, noted: World['noted']): Promise<string> {
  const count = (table: string) =>
    asHost(place, (db) => Number(db.prepare(`SELECT count(*) FROM ${table} NOT INDEXED`).pluck().get()));
  const log = ['id', 'branch_id', 'ts', 'kind', 'payload_json', 'superseded_by', 'hidden'];
  const about: SnapshotAbout = {
    ...ABOUT,
    tables: [
      { name: 'event_log', columns: log, rows: count('event_log'), hash: null, orderedBy: 'id' },
      {
        name: 't',
        columns: ['id', 'a', 'b'],
        rows: count('t') + (noted === 'wrong' ? 1 : 0),
        hash: null,
        orderedBy: null,
      },
    ],
  };
  return putCopy(place, ID, noted === 'no' ? null : about);
}

test('what SQL takes from file to file is what its values tell', async () => {
  const seen = { staged: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const place = await makeWorld(world);
      const path = await putNoted(place, world.noted);
      if (world.since !== '' && !(world.more[0] ?? '').includes('twice'))
        asHost(place, (db) => db.exec(world.since));
      seen[await expectSame(place, path)] += 1;
    }),
    { numRuns: 120 },
  );
  expect(seen.staged).toBeGreaterThan(60);
});

test('so it is with a damaged file, sealed by a forger', async () => {
  const place = await makePlace(
    root(),
    `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b NUMERIC); ${addEvents(400)}
     INSERT INTO t SELECT id * 2, printf('%.*c', id % 90 * 9, 'x'), id / 2.0 FROM event_log;`,
    { tables: ['t'], first: 'PRAGMA page_size = 512' },
  );
  const path = await putNoted(place, 'yes');
  const whole = await readFile(path);
  const seen = { staged: 0, refused: 0 };
  const change = fc.record({
    at: fc.nat(whole.length - 1),
    mask: fc.integer({ min: 1, max: 255 }),
    cut: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(40) }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const bytes = Buffer.from(whole);
      for (const { at, mask } of changes) bytes[at] = (bytes[at] ?? 0) ^ mask;
      await writeFile(path, bytes);
      for (const { cut } of changes) if (cut > 0) await truncate(path, whole.length - cut * 512);
      await sealAgain(path);
      seen[await expectSame(place, path)] += 1;
    }),
    { numRuns: 250 },
  );
  expect(seen.staged).toBeGreaterThan(30);
  expect(seen.refused).toBeGreaterThan(30);
});
