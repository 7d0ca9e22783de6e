import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  checkProfile,
  diffSnapshot,
  openConversation,
  openDataFolder,
  planCopy,
  planRestore,
  readHappened,
  restoreToCopy,
  type Selection,
  searchSnapshots,
  takeSnapshot,
  verifySnapshots,
} from '../../src/index.ts';
import { asHost, errorOf, makeDir, makeRoot } from '../support/place.ts';
import { restoring } from '../support/requests.ts';

/* A log whose key is the stream and the place in it: the id of an event is only a part of what tells it apart. */

const root = makeRoot();
const ID = 'backup/20260101T000000Z';
const SCHEMA = `CREATE TABLE events (stream TEXT, version INTEGER, text TEXT, at TEXT, PRIMARY KEY (stream, version));
  CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);`;
const PROFILE = {
  log: { table: 'events', columns: { id: 'version', ts: 'at' }, order: 'at' },
  tables: ['notes'],
  chat: { payloadChat: ['stream'], payloadText: ['text'], names: null, person: null },
};

const LATE = "INSERT INTO events VALUES ('b', 5, 'b says 5', '2026-01-01T00:06:00Z')";

/** Two streams that take turns. The last two events of the first one are gone, and one of the second was written since. */
async function makeFolder() {
  const dir = await makeDir(root());
  const database = { databaseFile: join(dir, 'app.db') };
  await mkdir(join(dir, 'snapshots/backup'), { recursive: true });
  await writeFile(join(dir, 'snapback-profile.json'), JSON.stringify(PROFILE));
  const events = [1, 2, 3, 4].flatMap((at) => [
    `('a', ${at}, 'a says ${at}', '2026-01-01T00:0${at}:00Z')`,
    `('b', ${at}, 'b says ${at}', '2026-01-01T00:0${at}:30Z')`,
  ]);
  asHost(database, (db) => {
    db.exec(
      `${SCHEMA} INSERT INTO events VALUES ${events.join(', ')}; INSERT INTO notes VALUES (1, 'then');`,
    );
    db.prepare('VACUUM INTO ?').run(join(dir, 'snapshots', `${ID}.db`));
    db.exec(`DELETE FROM events WHERE stream = 'a' AND version > 2; UPDATE notes SET text = 'now';
      ${LATE}`);
  });
  return { database, folder: await openDataFolder(dir) };
}

test('it is read and compared by its rows, and its conversation stands in the order of the profile', async () => {
  const { database, folder } = await makeFolder();
  const { tables } = await diffSnapshot(folder, ID);
  expect(tables).toMatchObject([{ name: 'events', added: 2, removed: 1, changed: 0 }, { changed: 1 }]);
  expect(await readHappened(folder)).toMatchObject({ state: 'unplaced', way: { snapshotId: ID } });
  asHost(database, (db) => db.exec('DELETE FROM events WHERE version = 5'));
  expect(await diffSnapshot(folder, ID)).toMatchObject({ lineage: 'same' });
  asHost(database, (db) => db.exec(LATE));
  expect(await verifySnapshots(folder, [ID])).toMatchObject([{ health: 'good', lineage: 'unknown' }]);
  const conversation = await openConversation(folder, ID, null);
  const told = conversation.overview.chats.map(({ chat, no }) => [
    chat,
    conversation.page(no, { from: 0, limit: 20, longest: 100 }).map(({ text, state }) => [text, state]),
  ]);
  await conversation.close();
  const said = (chat: string, kept: number, rest: readonly (readonly [number, string])[]) => [
    ...Array.from({ length: kept }, (_, at) => [`${chat} says ${at + 1}`, 'kept']),
    ...rest.map(([at, state]) => [`${chat} says ${at}`, state]),
  ];
  expect(Object.fromEntries(told)).toEqual({
    a: said('a', 2, [
      [3, 'lost'],
      [4, 'lost'],
    ]),
    b: said('b', 4, [[5, 'newer']]),
  });
  const { hits } = await searchSnapshots(folder, { phrase: 'a says 4', kind: null, words: false });
  expect(hits).toHaveLength(1);
});

const A: Selection = { by: 'chat', chat: 'a', withGuessed: false };
const LAST: Selection = { by: 'rows', rows: [{ table: 'events', key: ['a', 4n] }], related: 'none' };

test.each([
  ['all', null, 8, 'then'],
  ['a chat', A, 9, 'now'],
  ['an event', LAST, 8, 'now'],
] as const)(
  '%s is restored into a new file, and in place it is refused in words',
  async (_, selection, events, note) => {
    const { database, folder } = await makeFolder();
    expect(await errorOf(takeSnapshot(folder, 'rewind'))).toMatchObject({ code: 'event-ids-unsupported' });
    const request = restoring(ID, selection === null ? { acceptOtherTimeline: true } : { selection });
    const inPlace = await planRestore(folder, request);
    expect(inPlace.refusals).toContainEqual(
      expect.objectContaining({
        code: 'event-ids-unsupported',
        message: expect.stringContaining('only a part of their key'),
      }),
    );
    const to = join(await makeDir(root()), 'new.db');
    const { planId, refusals } = await planCopy(folder, { ...request, to });
    expect(refusals).toEqual([]);
    await restoreToCopy(folder, { ...request, to }, { planId });
    const read = (file: string) =>
      asHost({ databaseFile: file }, (db) => [
        db.prepare('SELECT count(*) FROM events').pluck().get(),
        db.prepare('SELECT text FROM notes').pluck().get(),
      ]);
    expect(read(to)).toEqual([events, note]);
    expect(read(database.databaseFile)).toEqual([7, 'now']);
  },
);

test.each([
  [
    'beside another key',
    'CREATE TABLE events (n INTEGER PRIMARY KEY, stream, version INTEGER, text, at, UNIQUE (stream, version))',
  ],
  [
    'with an index that begins with it',
    'CREATE TABLE events (stream, version INTEGER, text, at, PRIMARY KEY (stream, version)); CREATE UNIQUE INDEX by_version ON events (version, lower(stream))',
  ],
  [
    'under a collation that only the application has',
    'CREATE TABLE events (stream TEXT COLLATE ITS_OWN, version INTEGER, text, at, PRIMARY KEY (stream, version))',
  ],
])('the id is a part of the key %s, too: no snapshot is taken, and the check says so', async (_, schema) => {
  const dir = await makeDir(root());
  await writeFile(join(dir, 'snapback-profile.json'), JSON.stringify({ ...PROFILE, tables: [] }));
  asHost({ databaseFile: join(dir, 'app.db') }, (db) => {
    // As the application does, whose collation is not known here.
    db.unsafeMode(true);
    const known = schema.replace('ITS_OWN', 'NOCASE');
    db.exec(`${known}; INSERT INTO events (stream, version) VALUES ('a', 1), ('b', 1)`);
    db.pragma('writable_schema = ON');
    db.prepare("UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'ITS_OWN')").run();
  });
  const folder = await openDataFolder(dir);
  expect(await errorOf(takeSnapshot(folder, 'rewind'))).toMatchObject({
    code: 'event-ids-unsupported',
    message: expect.stringContaining('only a part of their key'),
  });
  expect(await checkProfile(folder)).toMatchObject({
    log: { key: expect.arrayContaining(['stream', 'version']) },
    obstacles: { take: 'part-of-key' },
  });
});

test.each([
  ['by an index', 'version INTEGER UNIQUE'],
  ['as it is', 'version INTEGER'],
])('an id that is unique by itself, %s, is an id like any other, whatever else is a key', async (_, id) => {
  const dir = await makeDir(root());
  await writeFile(join(dir, 'snapback-profile.json'), JSON.stringify({ ...PROFILE, tables: [] }));
  asHost({ databaseFile: join(dir, 'app.db') }, (db) =>
    db.exec(`CREATE TABLE events (stream, ${id}, text, at, PRIMARY KEY (stream, version));
      INSERT INTO events (stream, version) VALUES ('a', 1), ('b', 2)`),
  );
  const folder = await openDataFolder(dir);
  expect(await takeSnapshot(folder, 'rewind')).toMatchObject({ taken: true, lastEventId: 2n });
});
