import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkProfile, openDataFolder } from '../../src/index.ts';
import { profileLine } from '../../words/profile.ts';
import { hosts } from '../interop/hosts.ts';
import { addEvents, asHost, CHATS, makeDatabase, makeDir, makeRoot } from '../support/place.ts';

const root = makeRoot();

/** A folder with a database of this schema, and with a profile where one is given. */
async function makeFolder(schema: string, profile: object | null) {
  const dir = await makeDir(root());
  makeDatabase(join(dir, 'app.db'), schema, { journalMode: 'delete' });
  if (profile !== null) await writeFile(join(dir, 'snapback-profile.json'), JSON.stringify(profile));
  return openDataFolder(dir);
}

async function lineOf(schema: string, profile: object | null = null): Promise<string> {
  return profileLine(await checkProfile(await makeFolder(schema, profile)), { writable: true });
}

const ALL = 'Snapshots can be compared, taken and restored here, and what was written since can be kept.';
const MESSAGES = 'Messages with chat and time are found in “event_log”, but no speaker, beside 1 more table.';

describe('one line says what is understood, and what can and cannot be done', () => {
  test('of the default layout', async () => {
    expect(await lineOf(`${CHATS} ${addEvents(40)}`)).toBe(`${MESSAGES} ${ALL}`);
  });

  test.each([
    ['without events', CHATS, null, `“event_log” holds no events yet, beside 1 more table. ${ALL}`],
    [
      'with events that say nothing',
      `INSERT INTO event_log (kind) VALUES ('a'), ('b');`,
      null,
      `No messages are found in “event_log”, only events as they are stored. ${ALL}`,
    ],
    [
      'of an application that does not replay',
      `${CHATS} ${addEvents(3)}`,
      { log: { replays: false } },
      `${MESSAGES} Snapshots can be compared, taken and restored here, but what was written since can’t be kept: the profile says that the chat app does not apply its events when it starts.`,
    ],
    [
      'of an application that wants ids without gaps',
      `${CHATS} ${addEvents(3)}`,
      { log: { gapless: true } },
      `${MESSAGES} Snapshots can be compared, taken and restored here, but what was written after a recorded rewind can’t be kept: the profile says that the ids of events must have no gaps.`,
    ],
    [
      'with ids that are texts',
      `CREATE TABLE said (id TEXT PRIMARY KEY, room TEXT, text TEXT); INSERT INTO said VALUES ('u-1', 'r', 'Hello there.');`,
      { log: { table: 'said' }, tables: [], chat: { payloadChat: ['room'] } },
      'Messages with chat are found in “said”, but no speaker and no time. Snapshots can be compared and exported here, and restored into a new file, but not taken or restored in place: the ids in “said” are not whole numbers.',
    ],
    [
      'with ids that are the places of events in their streams',
      `CREATE TABLE said (stream TEXT, version INTEGER, text TEXT, at TEXT, PRIMARY KEY (stream, version)); INSERT INTO said VALUES ('r', 1, 'Hello there.', '2026-01-01T00:00:00Z'), ('s', 1, 'Hello.', '2026-01-01T00:00:01Z');`,
      {
        log: { table: 'said', columns: { id: 'version', ts: 'at' }, order: 'at' },
        tables: [],
        chat: { payloadChat: ['stream'] },
      },
      'Messages with chat and time are found in “said”, but no speaker, in the order of “at”. Snapshots can be compared and exported here, and restored into a new file, but not taken or restored in place: the ids in “said” are only a part of its key (stream and version).',
    ],
    [
      'with ids that are texts, in the order of another column',
      `CREATE TABLE said (id TEXT PRIMARY KEY, room TEXT, text TEXT, N INTEGER); INSERT INTO said VALUES ('u-1', 'r', 'Hello there.', 1);`,
      { log: { table: 'said', order: 'n' }, tables: [], chat: { payloadChat: ['room'] } },
      'Messages with chat are found in “said”, but no speaker and no time, in the order of “N”. Snapshots can be compared and exported here, and restored into a new file, but not taken or restored in place: the ids in “said” are not whole numbers.',
    ],
    [
      'with ids that are texts and a table that cannot be read here',
      `CREATE TABLE said (id TEXT PRIMARY KEY); CREATE VIRTUAL TABLE bare USING fts4(content='', text);`,
      { log: { table: 'said' }, tables: ['bare'] },
      '“said” holds no events yet. Snapshots can be looked at, compared and exported here, but not taken or restored: “bare” can’t be read here.',
    ],
    [
      'with a table that cannot be read here',
      `${CHATS} ${addEvents(3)} CREATE VIRTUAL TABLE bare USING fts4(content='', text);`,
      { tables: ['chats', 'bare'] },
      `${MESSAGES} Snapshots can be looked at, compared and exported here, but not taken or restored: “bare” can’t be read here.`,
    ],
  ])('of a folder %s', async (_, schema, profile, line) => {
    expect(await lineOf(schema, profile)).toBe(line);
  });

  test.each(hosts)('of the schema “$name”', async ({ schema, before }) => {
    const dir = await makeDir(root());
    asHost({ databaseFile: join(dir, 'app.db') }, (db) => db.exec(`${schema} ${before}`));
    const check = await checkProfile(await openDataFolder(dir));
    expect(check.obstacles).toEqual({ take: null, restore: null, 'keep-newer': null });
    expect(profileLine(check, { writable: true })).toContain(ALL);
  });
});

test('where nothing can be written, the line says so, unless there is a graver reason', async () => {
  const refused = async (schema: string, profile: object | null) =>
    profileLine(await checkProfile(await makeFolder(schema, profile)), { writable: false });
  const place = 'not taken or restored: the database or its folder can’t be written.';
  expect(await refused(CHATS, null)).toContain(place);
  const ids = 'CREATE TABLE said (id TEXT PRIMARY KEY);';
  expect(await refused(ids, { log: { table: 'said' }, tables: [] })).toContain('are not whole numbers.');
});

test('log, fields, chats, tables and rewinds are told as they are found', async () => {
  const schema = `${CHATS} ${addEvents(40)} CREATE TABLE notes (id INTEGER PRIMARY KEY);
    INSERT INTO event_log (ts, kind, payload_json) VALUES ('2026-01-02', 'rewind', '{"chat_id": "c1", "to": 20}');`;
  const profile = { tables: ['chats', 'later'], chat: { payloadText: ['text'], payloadSpeaker: ['who'] } };
  expect(await checkProfile(await makeFolder(schema, profile))).toEqual({
    own: true,
    database: 'app.db',
    log: {
      table: 'event_log',
      columns: {
        id: 'id',
        branch: 'branch_id',
        ts: 'ts',
        kind: 'kind',
        payload: 'payload_json',
        supersededBy: 'superseded_by',
        hidden: 'hidden',
      },
      order: null,
      wholeNumberIds: true,
      timeInId: null,
      second: [],
      key: null,
      opaque: false,
      looked: 41,
    },
    fields: [
      { meaning: 'text', fields: ['text'], because: 'profile', found: 40 },
      { meaning: 'chat', fields: ['chat_id'], because: 'profile', found: 41 },
      { meaning: 'speaker', fields: ['who'], because: 'profile', found: 0 },
      { meaning: 'time', fields: [], because: 'profile', found: 41 },
    ],
    chatKey: null,
    names: { table: 'chats', column: 'title' },
    tables: { found: ['chats'], missing: ['later'], unreadable: [], needHost: [], left: ['notes'] },
    rowids: [],
    references: [],
    kept: [],
    rewind: { kinds: ['rewind'], records: 1, flags: ['superseded_by', 'hidden'], marker: null },
    obstacles: { take: null, restore: null, 'keep-newer': null },
  });
});

test('references that the profile declares, and columns that triggers keep up, are told', async () => {
  const schema = `${CHATS} CREATE TABLE notes (id INTEGER PRIMARY KEY, chat TEXT, text TEXT); ALTER TABLE chats ADD COLUMN notes INTEGER; ALTER TABLE chats ADD COLUMN last TEXT;
    CREATE TRIGGER counts AFTER INSERT ON notes BEGIN UPDATE chats SET notes = (SELECT count(*), max(id) FROM notes), (last) = (new.text) WHERE id = new.chat; END;
    CREATE TRIGGER own AFTER UPDATE ON chats BEGIN UPDATE chats SET title = trim(new.title) WHERE id = new.id; END;`;
  const references = [{ from: 'notes.chat', to: 'chats.id' }];
  expect(
    await checkProfile(await makeFolder(schema, { tables: ['chats', 'notes'], references })),
  ).toMatchObject({
    references,
    kept: [{ table: 'chats', columns: ['notes', 'last'], by: [{ trigger: 'counts', table: 'notes' }] }],
  });
  const wrong = makeFolder(schema, {
    tables: ['chats', 'notes'],
    references: [{ from: 'notes.room', to: 'chats.id' }],
  });
  await expect(wrong).rejects.toMatchObject({
    code: 'profile-invalid',
    detail: { where: 'references[0].from' },
  });
});

test('a log of any ids is looked at from end to end', async () => {
  const ids = ['-9223372036854775808', '-7', '0', '9223372036854775807'];
  const rows = ids.map((id) => `(${id}, '{"chat_id": "c1", "text": "One of few."}')`).join(', ');
  const schema = `${CHATS} INSERT INTO event_log (id, payload_json) VALUES ${rows};`;
  expect((await checkProfile(await makeFolder(schema, null))).log.looked).toBe(4);
});

test('ids that only happen to be whole numbers are told by their values', async () => {
  const schema = `CREATE TABLE said (id, text TEXT); INSERT INTO said VALUES (1, 'One.'), (2, 'Two.');`;
  const profile = { log: { table: 'said' }, tables: [] };
  expect((await checkProfile(await makeFolder(schema, profile))).log.wholeNumberIds).toBe(true);
  const mixed = `${schema} INSERT INTO said VALUES ('three', 'Three.');`;
  expect((await checkProfile(await makeFolder(mixed, profile))).log.wholeNumberIds).toBe(false);
});
