import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  checkProfile,
  defaultRestoreOptions,
  planRestore,
  readHappened,
  rehearseRestore,
  restoreToCopy,
  takeSnapshot,
} from '../../src/index.ts';
import { profileLine } from '../../words/profile.ts';
import { addEvents, CHATS, codeOf, makePlace, makeRoot, open, type Place, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { keeping } from '../support/rewound.ts';
import { readState } from '../support/state.ts';

/** What a profile says of its application is kept to, and not only read. */
const root = makeRoot();

const STREAMS =
  'ALTER TABLE event_log ADD COLUMN stream TEXT; ALTER TABLE event_log ADD COLUMN place INTEGER;';
/** An event in a stream. */
const say = (stream: string, place: number) =>
  `INSERT INTO event_log (ts, kind, payload_json, stream, place)
     VALUES ('2026-01-01T00:00:00Z', 'message', '{"chat_id": "c1", "text": "Hello."}', '${stream}', ${place});`;

const profileOf = (profile: object) => JSON.stringify({ tables: ['chats'], ...profile });

async function makeFolder(profile: object, sql: string): Promise<Place> {
  const place = await makePlace(root(), `${CHATS} ${sql}`, { tables: ['chats'] });
  await writeFile(join(place.dir, 'snapback-profile.json'), profileOf(profile));
  return place;
}

test('a synced database is never restored in place: not by a restore nor in a rehearsal, but into a new file', async () => {
  const place = await makeFolder({ synced: true }, addEvents(5));
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, 'DELETE FROM event_log WHERE id > 2');
  const before = readState(place.databaseFile);
  const request = restoring(id);
  const { refusals } = await planRestore(folder, request);
  expect(refusals.map(({ code }) => code)).toEqual(['database-synced']);
  expect(await codeOf(applyRestore(folder, request, { ...NOW, whileOpen: true }))).toBe('database-synced');
  expect(await rehearseRestore(folder, request, { planId: null })).toMatchObject({
    refusal: { code: 'database-synced' },
  });
  expect(readState(place.databaseFile)).toEqual(before);
  const to = join(root(), 'restored.db');
  await restoreToCopy(folder, { ...defaultRestoreOptions, snapshotId: id, to }, { planId: null });
  expect(readState(to).tables.event_log).toHaveLength(5);
  expect(profileLine(await checkProfile(folder), { writable: true })).toContain(
    'Snapshots can be compared, exported and taken here, and restored into a new file, but not in place: the profile says that other devices write to the database, too.',
  );
});

test('a table whose row numbers the application refers to is never changed, and all else is restored', async () => {
  const tables = ['chats', 'pages'];
  const place = await makePlace(
    root(),
    `${CHATS} CREATE TABLE pages (name TEXT PRIMARY KEY, text TEXT); ${addEvents(5)}`,
    {
      tables,
      profile: { rowids: ['Pages', 'chats'] },
    },
  );
  run(place, "INSERT INTO pages (rowid, name, text) VALUES (7, 'a', 'one'), (9, 'b', 'two')");
  const folder = await open(place);
  expect(profileLine(await checkProfile(folder), { writable: true })).toMatch(
    /can be kept\. No restore changes .*“pages”.*: the chat app refers to row numbers that no snapshot holds\.$/,
  );
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, 'DELETE FROM event_log WHERE id > 2');
  await applyRestore(folder, restoring(id), NOW);
  run(place, "DELETE FROM event_log WHERE id > 2; DELETE FROM pages WHERE name = 'b'");
  const before = readState(place.databaseFile);
  const to = join(root(), 'rowids.db');
  expect((await planRestore(folder, restoring(id))).refusals).toMatchObject([
    { code: 'rowids-unknown', detail: { table: 'pages' } },
  ]);
  expect(await codeOf(applyRestore(folder, restoring(id), NOW))).toBe('rowids-unknown');
  const copy = { ...defaultRestoreOptions, snapshotId: id, to };
  expect(await codeOf(restoreToCopy(folder, copy, { planId: null }))).toBe('rowids-unknown');
  expect(readState(place.databaseFile)).toEqual(before);
  const events = restoring(id, { selection: { by: 'tables', tables: ['event_log'] } });
  await applyRestore(folder, events, NOW);
  expect(readState(place.databaseFile).tables.event_log).toHaveLength(5);
});

describe('newer events with places in streams are kept', () => {
  const sequence = { stream: 'stream', place: 'place', gapless: false };
  const cut = `${say('a', 1)} ${say('a', 2)} ${say('b', 1)} ${say('b', 2)}`;
  test.each([
    ['where they go on in another stream', sequence, say('a', 3), null],
    ['not where they stand in the place of lost ones', sequence, say('b', 2), 'place-taken'],
    ['where they leave a gap that may be', sequence, say('a', 5), null],
    ['not where they leave a gap that may not be', { ...sequence, gapless: true }, say('a', 5), 'no-gaps'],
    ['where there is no gap', { ...sequence, gapless: true }, say('a', 3), null],
    ['not where the log lacks the columns', { ...sequence, place: 'nowhere' }, say('a', 3), 'no-places'],
  ])('%s', async (_, wanted, newer, why) => {
    const place = await makeFolder({ log: { sequence: wanted } }, `${STREAMS} ${cut}`);
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, `DELETE FROM event_log WHERE stream = 'b' AND place > 1; ${newer}`);
    const [refusal] = (await planRestore(folder, keeping(id))).refusals;
    expect(refusal?.detail.why ?? null).toBe(why);
  });
});

test.each([
  ['seconds', 's', 1_795_000_000],
  ['milliseconds', 'ms', 1_795_000_000_000],
  ['milliseconds of the first years', 'ms', 90_000_000_000],
  ['microseconds', 'us', 1_795_000_000_000_000],
  ['text', 'iso', "'2026-11-18T12:26:40Z'"],
  ['no time', 'none', 1_795_000_000],
] as const)('the unit of the times is kept to: %s', async (_, timeUnit, ts) => {
  const place = await makeFolder({ log: { timeUnit } }, `${addEvents(4)} UPDATE event_log SET ts = ${ts};`);
  const folder = await open(place);
  await takeSnapshot(folder, 'rewind');
  run(place, 'DELETE FROM event_log WHERE id > 2');
  const happened = await readHappened(folder);
  const at = happened.state === 'rewound' ? happened.loss.lastMessages.map((one) => one.at) : happened;
  const ms = { s: 1000, ms: 1, us: 0.001, iso: 0, none: 0 }[timeUnit];
  const expected =
    timeUnit === 'iso'
      ? '2026-11-18T12:26:40.000Z'
      : timeUnit === 'none'
        ? null
        : new Date(Number(ts) * ms).toISOString();
  expect(at).toEqual([expected, expected]);
});
