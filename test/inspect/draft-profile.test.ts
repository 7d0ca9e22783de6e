import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkProfile, draftProfile, openDataFolder, saveDraft } from '../../src/index.ts';
import { hosts } from '../interop/hosts.ts';
import { asHost, codeOf, makeDir, makeRoot } from '../support/place.ts';

const root = makeRoot();

async function makeFolder(schema: string) {
  const dir = await makeDir(root());
  asHost({ databaseFile: join(dir, 'app.db') }, (db) => db.exec(schema));
  return openDataFolder(dir, { anyDatabase: true });
}

/** So many messages of two rooms. */
function fill(count: number, insert: string): string {
  return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) ${insert} FROM n;`;
}

test.each(hosts)('of the schema “$name”, the log is drafted as the default profile has it', async (host) => {
  const folder = await makeFolder(`${host.schema} ${host.before}`);
  const { profile, check } = await draftProfile(folder);
  expect(profile).toMatchObject({ log: { table: 'event_log', replays: true } });
  const { columns } = check.log;
  expect(columns).toEqual({
    id: 'id',
    branch: 'branch_id',
    ts: 'ts',
    kind: 'kind',
    payload: 'payload_json',
    supersededBy: 'superseded_by',
    hidden: 'hidden',
  });
  expect(check.obstacles).toEqual({ take: null, restore: null, 'keep-newer': null });
});

const ROOMS = `CREATE TABLE rooms (room TEXT PRIMARY KEY, subject TEXT, opened INTEGER);
  INSERT INTO rooms VALUES ('r0', 'Harbour', 1), ('r1', 'Orchard', 2);
  CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY); CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);`;

describe('log, chats and texts are found by their shape', () => {
  test('in columns', async () => {
    const schema = `${ROOMS} CREATE TABLE messages (seq INTEGER PRIMARY KEY, room_id TEXT, sender TEXT, body TEXT, sent_at TEXT);
      ${fill(30, `INSERT INTO messages SELECT i, 'r' || (i % 2), 'p' || (i % 3), 'Some words, number ' || i, '2026-01-02T10:' || printf('%02d', i) || ':00Z'`)}`;
    expect((await draftProfile(await makeFolder(schema))).profile).toEqual({
      log: { table: 'messages', columns: { id: 'seq', ts: 'sent_at' }, replays: false },
      tables: ['rooms', 'users'],
      chat: {
        payloadText: ['body'],
        payloadChat: ['room_id'],
        payloadSpeaker: ['sender'],
        names: { table: 'rooms', id: 'room', name: ['subject'] },
        person: null,
      },
    });
  });

  test('in a payload, with the records of rewinds', async () => {
    const schema = `${ROOMS} CREATE TABLE journal (position INTEGER PRIMARY KEY, event_type TEXT, data TEXT, metadata TEXT, created INTEGER);
      ${fill(30, `INSERT INTO journal SELECT i, iif(i = 9, 'ChatReverted', 'Said'), json_object('thread', 'r' || (i % 2), 'author', json_object('name', 'p' || (i % 3)), 'said', json_array(json_object('words', 'Some words, number ' || i))), '{"trace": 1}', 1795000000 + i`)}`;
    expect((await draftProfile(await makeFolder(schema))).profile).toEqual({
      log: {
        table: 'journal',
        columns: { id: 'position', ts: 'created', kind: 'event_type', payload: 'data' },
        replays: false,
      },
      tables: ['rooms', 'users'],
      chat: {
        payloadText: ['said[].words'],
        payloadChat: ['thread'],
        payloadSpeaker: ['author.name'],
        rewindKinds: ['ChatReverted'],
        names: { table: 'rooms', id: 'room', name: ['subject'] },
        person: null,
      },
    });
  });

  test('in keys that begin with the chat', async () => {
    const schema = `${ROOMS} CREATE TABLE events (seq INTEGER PRIMARY KEY, ref TEXT, author TEXT, body TEXT, sent_at TEXT);
      ${fill(30, `INSERT INTO events SELECT i, 'room:r' || (i % 2) || ':' || i, 'p' || (i % 3), 'Some words, number ' || i, '2026-01-02T10:' || printf('%02d', i) || ':00Z'`)}`;
    expect((await draftProfile(await makeFolder(schema))).profile).toMatchObject({
      log: { table: 'events' },
      chat: {
        payloadChat: ['ref'],
        chatKey: { prefix: 'room:', separator: ':' },
        names: { table: 'rooms', id: 'room', name: ['subject'] },
      },
    });
  });

  test.each([
    ['deleted_at', 'iif(i > 20, 1795000000 + i, NULL)', { takenBack: null }],
    ['is_active', 'i <= 20', { takenBack: [0] }],
    ['status', "iif(i > 20, 'reverted', 'sent')", { takenBack: ['reverted'] }],
  ])('with “%s” as the mark of what is taken back', async (column, value, takenBack) => {
    const schema = `${ROOMS} CREATE TABLE messages (seq INTEGER PRIMARY KEY, room_id TEXT, body TEXT, ${column});
      ${fill(30, `INSERT INTO messages SELECT i, 'r' || (i % 2), 'Some words, number ' || i, ${value}`)}`;
    const { profile, check } = await draftProfile(await makeFolder(schema));
    expect(profile).toMatchObject({ log: { table: 'messages', marker: { column, ...takenBack } } });
    expect(check.rewind.marker).toEqual({ column, ...takenBack, missing: false });
  });

  test('in columns, beside a payload of bytes', async () => {
    const schema = `${ROOMS} CREATE TABLE events (seq INTEGER PRIMARY KEY, room_id TEXT, body TEXT, payload BLOB);
      ${fill(30, `INSERT INTO events SELECT i, 'r' || (i % 2), 'Some words, number ' || i, x'93a1'`)}`;
    expect((await draftProfile(await makeFolder(schema))).profile).toMatchObject({
      log: { columns: { id: 'seq', payload: 'payload' }, payloadForm: 'opaque' },
      chat: { payloadText: ['body'], payloadChat: ['room_id'] },
    });
  });

  test('before there is any event, by names alone', async () => {
    const schema = 'CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, payload TEXT, created_at TEXT);';
    expect((await draftProfile(await makeFolder(schema))).profile).toMatchObject({
      log: { table: 'events', columns: { id: 'id', ts: 'created_at', payload: 'payload' } },
    });
  });
});

test('a number that begins anew in each chat is not taken for the id of an event', async () => {
  const schema = `CREATE TABLE messages (room TEXT, seq INTEGER, text TEXT, PRIMARY KEY (room, seq));
    ${fill(10, `INSERT INTO messages SELECT 'r' || (i % 2), i / 2, 'Some words, number ' || i`)}`;
  expect(await codeOf(draftProfile(await makeFolder(schema)))).toBe('database-missing');
});

test.each([
  ['nothing but settings', 'CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);'],
  ['tables without keys', 'CREATE TABLE messages (text); INSERT INTO messages VALUES (1);'],
])('of a database with %s, no profile is drafted, and the error says so', async (_, schema) => {
  await expect(draftProfile(await makeFolder(schema))).rejects.toMatchObject({
    code: 'database-missing',
    message: expect.stringContaining('no profile can be drafted'),
  });
});

test('a folder is drafted for whatever its own profile says, even if that is not valid', async () => {
  const { dir } = await makeFolder(`${hosts[0]?.schema}`);
  await writeFile(join(dir, 'snapback-profile.json'), 'not JSON');
  const draft = await draftProfile(await openDataFolder(dir, { anyDatabase: true }));
  expect(draft.check.log.table).toBe('event_log');
});

test('a draft is written into a new file only, for its owner alone, and passes the check', async () => {
  const folder = await makeFolder(`${hosts[0]?.schema} ${hosts[0]?.before}`);
  const draft = await draftProfile(folder);
  const to = join(folder.dir, 'snapback-profile.json');
  expect(await saveDraft(folder, draft, to)).toBe(to);
  expect((await stat(to)).mode & 0o777).toBe(0o600);
  expect(await checkProfile(await openDataFolder(folder.dir))).toEqual(draft.check);
  const written = await readFile(to);
  expect(await codeOf(saveDraft(folder, draft, to))).toBe('target-exists');
  expect(await readFile(to)).toEqual(written);
});

test('a table that only the application can search names no chats, and the others are drafted', async () => {
  const folder = await makeFolder(`${ROOMS}
    CREATE TABLE messages (seq INTEGER PRIMARY KEY, room_id TEXT, sender TEXT, body TEXT, sent_at TEXT);
    INSERT INTO messages VALUES (1, 'r0', 'p1', 'Some words', '2026-01-02T10:00:00Z');
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, 'room TEXT', 'room TEXT COLLATE of_the_host') WHERE name = 'rooms';`);
  const { profile, check } = await draftProfile(folder);
  expect(profile).toMatchObject({ log: { table: 'messages' }, chat: { names: null } });
  expect(check.log.looked).toBe(1);
});
