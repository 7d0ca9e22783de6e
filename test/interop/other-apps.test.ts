import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  checkProfile,
  type DataFolder,
  defaultRestoreOptions,
  diffSnapshot,
  draftProfile,
  exportSnapshot,
  listSnapshots,
  openConversation,
  openDataFolder,
  planCopy,
  planRestore,
  planUndo,
  readTimeline,
  restoreToCopy,
  saveDraft,
  takeSnapshot,
  verifySnapshots,
} from '../../src/index.ts';
import { profileLine } from '../../words/profile.ts';
import { asHost, codeOf, makeDir, makeRoot } from '../support/place.ts';
import { restoring } from '../support/requests.ts';
import { crush, emmett, langGraph, type OtherApp, openWebUi, otherApps } from './other-apps.ts';

/* What Snapback honestly offers to four other applications: what it can do is done here, what it cannot is refused. */

const root = makeRoot();
const ID = 'backup/20261120T100000Z';
const REQUEST = restoring(ID);

const ONLY_INTO_A_FILE = (log: string) =>
  `Snapshots can be compared and exported here, and restored into a new file, but not taken or restored in place: the ids in “${log}” are not whole numbers.`;

type Offer = {
  readonly app: OtherApp;
  readonly drafted: object;
  readonly line: string;
  /** The tables that differ: rows that would come back, and rows that changed. */
  readonly differs: Readonly<Record<string, readonly [added: number, changed: number]>>;
  /** The chat that lost its end, and how many of its messages can be read as lost. */
  readonly chat: string;
  readonly name: string | null;
  readonly lost: number;
};

const OFFERS: readonly Offer[] = [
  {
    app: emmett,
    drafted: {
      log: {
        table: 'emt_messages',
        columns: { id: 'global_position', ts: 'created', kind: 'message_type', payload: 'message_data' },
        replays: false,
      },
      tables: ['conversations', 'emt_processors', 'emt_projections', 'emt_streams'],
      chat: {
        payloadText: ['text', 'content', 'message'],
        payloadChat: ['stream_id'],
        payloadSpeaker: ['speaker', 'author', 'speaker_id'],
        names: null,
        person: null,
      },
    },
    line: 'Messages with chat, speaker and time are found in “emt_messages”, beside 4 more tables. Snapshots can be compared, taken and restored here, but what was written since can’t be kept: the profile says that the chat app does not apply its events when it starts.',
    differs: { emt_messages: [3, 0], conversations: [0, 1], emt_processors: [0, 1], emt_streams: [0, 1] },
    chat: 'chat-2',
    name: null,
    lost: 3,
  },
  {
    app: langGraph,
    drafted: {
      log: {
        table: 'checkpoints',
        columns: { id: 'checkpoint_id', kind: 'type' },
        order: 'checkpoint_id',
        timeInId: { form: 'uuid' },
        replays: false,
      },
      tables: ['writes'],
      chat: { payloadChat: ['thread_id'], names: null, person: null },
    },
    line: `No messages are found in “checkpoints”, only events as they are stored, beside 1 more table. ${ONLY_INTO_A_FILE('checkpoints')}`,
    differs: { checkpoints: [3, 0], writes: [3, 0] },
    chat: 'thread-2',
    name: null,
    // What was said is in bytes that only LangGraph can read.
    lost: 0,
  },
  {
    app: crush,
    drafted: {
      log: {
        table: 'messages',
        columns: { id: 'id', ts: 'created_at' },
        order: 'created_at',
        replays: false,
      },
      tables: ['files', 'sessions'],
      chat: {
        payloadText: ['parts[].data.text'],
        payloadChat: ['session_id'],
        payloadSpeaker: ['role'],
        names: { table: 'sessions', id: 'id', name: ['title'] },
        person: null,
      },
    },
    line: `Messages with chat, speaker and time are found in “messages”, in the order of “created_at”, beside 2 more tables. ${ONLY_INTO_A_FILE('messages')}`,
    differs: { messages: [3, 0], sessions: [0, 1] },
    chat: 's-2',
    name: 'Paint the door',
    lost: 3,
  },
  {
    app: openWebUi,
    drafted: {
      log: {
        table: 'chat_message',
        columns: { id: 'id', ts: 'created_at' },
        order: 'created_at',
        replays: false,
      },
      tables: ['chat', 'chat_file', 'user'],
      references: [{ from: 'chat.user_id', to: 'user.id' }],
      chat: {
        payloadText: ['text', 'content', 'message'],
        payloadChat: ['chat_id'],
        payloadSpeaker: ['role'],
        names: { table: 'chat', id: 'id', name: ['title'] },
        person: null,
      },
    },
    line: `Messages with chat, speaker and time are found in “chat_message”, in the order of “created_at”, beside 3 more tables. ${ONLY_INTO_A_FILE('chat_message')}`,
    differs: { chat_message: [3, 0], chat: [0, 1] },
    chat: 'c-2',
    name: 'Soup',
    lost: 3,
  },
];

/** The application's folder with a copy of its database from before a conversation was cut short; it has no profile. */
async function makeFolder({ databaseName, schema, before, since }: OtherApp): Promise<string> {
  const dir = await makeDir(root());
  await mkdir(join(dir, 'snapshots', 'backup'), { recursive: true });
  asHost({ databaseFile: join(dir, databaseName) }, (db) => {
    db.pragma('journal_mode = wal');
    db.exec(`${schema} ${before}`);
    db.prepare('VACUUM INTO ?').run(join(dir, 'snapshots', `${ID}.db`));
    db.exec(since);
  });
  return dir;
}

/** The same, with the profile that was drafted. */
async function makeDrafted(app: OtherApp): Promise<DataFolder> {
  const dir = await makeFolder(app);
  const folder = await openDataFolder(dir, { anyDatabase: true });
  await saveDraft(folder, await draftProfile(folder), join(dir, 'snapback-profile.json'));
  return openDataFolder(dir);
}

function readAll({ databaseFile, profile }: DataFolder): readonly unknown[] {
  return asHost({ databaseFile }, (db) =>
    [profile.log.table, ...profile.tables].map((table) => db.prepare(`SELECT * FROM "${table}"`).all()),
  );
}

test('each of the applications has its offer', () => {
  expect(OFFERS.map(({ app }) => app)).toEqual(otherApps);
});

describe.each(OFFERS)('for $app.name', ({ app, drafted, line, differs, chat, name, lost }) => {
  test('without a profile the folder is refused, and its database is named', async () => {
    await expect(openDataFolder(await makeFolder(app))).rejects.toMatchObject({
      code: 'database-missing',
      detail: { databasesWithoutIt: app.databaseName },
    });
  });

  test('a profile is drafted, and the check says what can and cannot be done', async () => {
    const dir = await makeFolder(app);
    expect((await draftProfile(await openDataFolder(dir, { anyDatabase: true }))).profile).toEqual(drafted);
    expect(profileLine(await checkProfile(await makeDrafted(app)), { writable: true })).toBe(line);
  });

  test('a copy of the database is listed, checked, compared, read and exported', async () => {
    const folder = await makeDrafted(app);
    expect(await listSnapshots(folder)).toMatchObject([{ id: ID, form: 'database' }]);
    expect(await verifySnapshots(folder, [ID])).toMatchObject([{ health: 'good' }]);
    const diff = await diffSnapshot(folder, ID);
    const changed = diff.tables.filter(({ added, removed, changed: rows }) => added + removed + rows > 0);
    expect(Object.fromEntries(changed.map((one) => [one.name, [one.added, one.changed]]))).toEqual(differs);
    expect(changed.map(({ removed }) => removed)).toEqual(changed.map(() => 0));
    const conversation = await openConversation(folder, ID, null);
    const found = conversation.overview.chats.find((one) => one.chat === chat);
    await conversation.close();
    expect(found).toMatchObject({ name, lost });
    const to = join(await makeDir(root()), 'out.json');
    await exportSnapshot(folder, ID, { format: 'json', table: null, to });
    expect((await stat(to)).size).toBeGreaterThan(500);
  });
});

test('emmett’s events are taken, restored and undone, and newer ones are not kept', async () => {
  const folder = await makeDrafted(emmett);
  const cut = readAll(folder);
  expect(await takeSnapshot(folder, 'rewind')).toMatchObject({ taken: true, lastEventId: 9n });
  const { planId, refusals } = await planRestore(folder, REQUEST);
  expect(refusals).toEqual([]);
  await applyRestore(folder, REQUEST, { planId, whileOpen: false });
  const [messages, ...others] = readAll(folder);
  expect(messages).toHaveLength(12);
  expect(others).toContainEqual([
    { _id: 'chat-1', data: '{"messages": 8}' },
    { _id: 'chat-2', data: '{"messages": 4}' },
  ]);
  const undo = await planUndo(folder, { acceptDrift: false, acceptOtherTimeline: false });
  await applyUndo(
    folder,
    { acceptDrift: false, acceptOtherTimeline: false },
    { planId: undo.planId, whileOpen: false },
  );
  expect(readAll(folder)).toEqual(cut);
  asHost(folder, (db) =>
    db.exec(`INSERT INTO emt_messages (stream_id, stream_position, message_data, message_metadata, message_schema_version, message_type, message_id, global_position)
      VALUES ('chat-2', 2, '{"text": "Later."}', '{}', '1', 'MessageSent', 'm-13', 13)`),
  );
  const { refusals: keeping } = await planRestore(folder, { ...REQUEST, keepNewer: true });
  expect(keeping.map(({ code }) => code)).toContain('newer-not-kept');
});

test('emmett’s newer events are kept where its streams allow it, once a person says that it replays', async () => {
  const profileFile = 'snapback-profile.json';
  const folder = await makeDrafted(emmett);
  const drafted = JSON.parse(await readFile(join(folder.dir, profileFile), 'utf8'));
  const sequence = { stream: 'stream_id', place: 'stream_position', gapless: true };
  const log = { ...drafted.log, replays: true, sequence };
  await writeFile(join(folder.dir, profileFile), JSON.stringify({ ...drafted, log }));
  const said = await openDataFolder(folder.dir);
  const say = (stream: string, place: number, id: number) =>
    asHost(folder, (db) =>
      db.exec(`INSERT INTO emt_messages (stream_id, stream_position, message_data, message_metadata, message_schema_version, message_type, message_id, global_position)
        VALUES ('${stream}', ${place}, '{"text": "Later."}', '{}', '1', 'MessageSent', 'm-${id}', ${id})`),
    );
  const { id } = await takeSnapshot(said, 'rewind');
  asHost(folder, (db) =>
    db.exec("DELETE FROM emt_messages WHERE stream_id = 'chat-1' AND stream_position > 6"),
  );
  const plan = () => planRestore(said, { ...REQUEST, snapshotId: id, keepNewer: true });
  say('chat-2', 2, 13);
  expect(await plan()).toMatchObject({ refusals: [], replay: { fromEvent: 13n, toEvent: 13n } });
  say('chat-1', 7, 14);
  expect((await plan()).refusals.at(0)).toMatchObject({
    code: 'newer-not-kept',
    detail: { why: 'place-taken' },
  });
});

test.each([
  {
    app: crush,
    chat: 's-2',
    add: (id: string, at: number) =>
      `INSERT INTO messages (id, session_id, role, parts, created_at, updated_at) VALUES ('${id}', 's-2', 'user',
         json_array(json_object('type', 'text', 'data', json_object('text', 'Said ${id}.'))), ${at}, ${at});`,
  },
  {
    app: openWebUi,
    chat: 'c-2',
    add: (id: string, at: number) =>
      `INSERT INTO chat_message (id, chat_id, user_id, role, content, done, created_at, updated_at)
         VALUES ('${id}', 'c-2', 'p-1', 'user', json_quote('Said ${id}.'), 1, ${at}, ${at});`,
  },
])(
  'the messages of $app.name are shown, grouped and timed in the order of their times, whatever their ids and places',
  async ({ app, chat, add }) => {
    const folder = await makeDrafted({
      ...app,
      before: `${app.before} ${add('zz-first', 1795000000)}`,
      since: `${app.since} ${add('mm-later', 1795000030)} ${add('aa-latest', 1795000040)}`,
    });
    const conversation = await openConversation(folder, ID, null);
    const found = conversation.overview.chats.find((one) => one.chat === chat);
    const page = conversation.page(found?.no ?? -1, { from: 0, limit: 100, longest: 100 });
    await conversation.close();
    const asSaid = page.map(({ state, text }) => [state, /\w+-\w+|\d+/.exec(text ?? '')?.[0]]);
    expect(asSaid).toEqual([
      ...[
        ['kept', 'zz-first'],
        ['kept', '9'],
        ['lost', '10'],
        ['lost', '11'],
        ['lost', '12'],
      ],
      ...[
        ['newer', 'mm-later'],
        ['newer', 'aa-latest'],
      ],
    ]);
    const { returningEvents, newerEvents } = await diffSnapshot(folder, ID);
    expect(returningEvents).toMatchObject([{ chat, events: 3 }]);
    expect(returningEvents.map(({ first, last }) => [first.ts, last.ts])).toEqual([
      ['1795000010', '1795000012'],
    ]);
    expect(newerEvents.map(({ first, last }) => [first.ts, last.ts])).toEqual([['1795000030', '1795000040']]);
    const { density } = await readTimeline(folder);
    const times = [0, ...Array.from({ length: 9 }, (_, index) => index + 1), 30, 40];
    expect(density.map(({ to }) => to / 1000 - 1795000000)).toEqual(times);
  },
);

/** The rows of a table of a database file, in the order of their values. */
function rowsOf(databaseFile: string, table: string): readonly unknown[] {
  return asHost({ databaseFile }, (db) =>
    db
      .prepare<[], unknown>(`SELECT * FROM "${table}"`)
      .all()
      .map((row) => JSON.stringify(row))
      .toSorted(),
  );
}

test.each([
  { app: langGraph, chat: 'thread-2' },
  { app: crush, chat: 's-2' },
  { app: openWebUi, chat: 'c-2' },
])(
  'what $app.name wrote is restored into a new file, all of it or one chat, row by row',
  async ({ app, chat }) => {
    const folder = await makeDrafted(app);
    const then = join(folder.dir, 'snapshots', `${ID}.db`);
    const { table } = folder.profile.log;
    const now = readAll(folder);
    const whole = join(await makeDir(root()), 'whole.db');
    const request = { ...defaultRestoreOptions, snapshotId: ID };
    expect((await planCopy(folder, { ...request, to: whole })).refusals).toEqual([]);
    await restoreToCopy(folder, { ...request, to: whole }, { planId: null });
    for (const one of [table, ...folder.profile.tables])
      expect(rowsOf(whole, one)).toEqual(rowsOf(then, one));

    const part = join(await makeDir(root()), 'part.db');
    const selection = { by: 'chat', chat, withGuessed: true } as const;
    await restoreToCopy(folder, { ...request, selection, to: part }, { planId: null });
    // Only that chat had lost something.
    expect(rowsOf(part, table)).toEqual(rowsOf(then, table));
    expect(readAll(folder)).toEqual(now);
  },
);

test.each([langGraph, crush, openWebUi])(
  'what $name wrote is neither taken nor restored in place, and stays as it is',
  async (app) => {
    const folder = await makeDrafted(app);
    const before = readAll(folder);
    expect(await codeOf(takeSnapshot(folder, 'rewind'))).toBe('event-ids-unsupported');
    const { planId, refusals } = await planRestore(folder, REQUEST);
    expect(refusals.map(({ code }) => code)).toEqual(['event-ids-unsupported']);
    expect(await codeOf(applyRestore(folder, REQUEST, { planId, whileOpen: false }))).toBe(
      'event-ids-unsupported',
    );
    expect(readAll(folder)).toEqual(before);
  },
);
