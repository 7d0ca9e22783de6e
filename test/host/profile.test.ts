import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultProfile } from '../../src/host/profile.ts';
import { PROFILE_FILE, readProfile, saveFields } from '../../src/host/profile-file.ts';
import { codeOf, makeDir, makeRoot } from '../support/place.ts';
import { profileKeys } from '../support/profile-keys.ts';

const root = makeRoot();

async function readWritten(contents: string | Buffer) {
  const dir = await makeDir(root());
  await writeFile(join(dir, PROFILE_FILE), contents);
  return readProfile(dir);
}

test('without a file the default profile is used', async () => {
  expect(await readProfile(await makeDir(root()))).toEqual(defaultProfile);
});

test('a part that the file names replaces the default, and every other part stays', async () => {
  const profile = await readWritten(
    JSON.stringify({
      log: { table: 'journal', columns: { payload: 'body' } },
      tables: ['rooms'],
      nouns: [{ table: 'rooms', one: 'room', many: 'rooms' }],
      periodic: { keep: 2 },
      chat: { names: null },
    }),
  );
  expect(profile).toEqual({
    ...defaultProfile,
    log: {
      ...defaultProfile.log,
      table: 'journal',
      columns: { ...defaultProfile.log.columns, payload: 'body' },
    },
    tables: ['rooms'],
    nouns: [{ table: 'rooms', one: 'room', many: 'rooms' }],
    periodic: { ...defaultProfile.periodic, keep: 2 },
    chat: { ...defaultProfile.chat, names: null },
  });
});

test.each([
  ['key', { prefix: 'chat:', separator: ':' }],
  ['room', null],
])('a person who says that “%s” names the chat does not say that it is a key', async (field, chatKey) => {
  const dir = await makeDir(root());
  const chat = { payloadChat: ['key'], chatKey: { prefix: 'chat:' } };
  await writeFile(join(dir, PROFILE_FILE), JSON.stringify({ chat }));
  await saveFields(dir, { chat: field, speaker: null, text: null, time: null });
  expect((await readProfile(dir)).chat).toMatchObject({ payloadChat: [field], chatKey });
});

/** A profile in which these say where the kind of an event is, beside what is valid. */
function joined(...all: readonly object[]): string {
  const valid = { meaning: 'kind', table: 'bots', column: 'name' };
  return JSON.stringify({ log: { joined: all.map((one) => ({ ...valid, ...one })) } });
}

describe('a profile is refused as invalid if it', () => {
  test.each([
    ['is no JSON', '{'],
    ['is a list', '[]'],
    ['is nothing at all', ''],
    ['is null', 'null'],
    ['has a key that nobody reads', '{"tabels": []}'],
    ['names __proto__', '{"__proto__": {"tables": []}}'],
    ['has a number where a name belongs', '{"log": {"table": 7}}'],
    ['has an empty name', '{"tables": [""]}'],
    ['has a name with NUL', '{"tables": ["a\\u0000b"]}'],
    ['has a very long name', JSON.stringify({ tables: ['x'.repeat(129)] })],
    ["names one of SQLite's own tables", '{"tables": ["SQLite_master"]}'],
    ['names a table like another key of a snapshot', '{"tables": ["Last_Event_Id"]}'],
    ['names a table twice, in other letters', '{"tables": ["bots", "BOTS"]}'],
    ['names a table with its schema', '{"tables": ["main.bots"]}'],
    ['names a temporary table', '{"tables": ["TEMP.bots"]}'],
    ['names the log with its schema', '{"log": {"table": "main.event_log"}}'],
    ['names the table of chats with its schema', '{"chat": {"names": {"table": "main.chats"}}}'],
    ['lists the log as a projected table', '{"tables": ["event_log"]}'],
    ['uses one column for two things', '{"log": {"columns": {"ts": "id"}}}'],
    ['has a list of columns as the order of events', '{"log": {"order": ["ts", "id"]}}'],
    ['has an unknown unit of time', '{"log": {"timeUnit": "hours"}}'],
    ['has an unknown form of payloads', '{"log": {"payloadForm": "msgpack"}}'],
    ['has snowflakes that count from nowhere', '{"log": {"timeInId": {"form": "snowflake"}}}'],
    ['has a unit of the time in ids', '{"log": {"timeUnit": "ms", "timeInId": {}}}'],
    ['has a fraction as a mark', '{"log": {"marker": {"takenBack": [0.5]}}}'],
    ['has a mark with NUL', '{"log": {"marker": {"takenBack": ["a\\u0000b"]}}}'],
    ['has half a character as a mark', '{"log": {"marker": {"takenBack": ["\\ud800"]}}}'],
    ['finds the kind in a table that no snapshot holds', joined({ table: 'kinds' })],
    ['finds the kind in the log itself', joined({ table: 'event_log' })],
    ['finds the kind nowhere', joined({ column: undefined })],
    ['finds the kind twice', joined({}, {})],
    ['finds the time in a second table', joined({ meaning: 'ts' })],
    ['marks events by their ids', '{"log": {"marker": {"column": "ID"}}}'],
    ['has a key of chats without a separator', '{"chat": {"chatKey": {"separator": ""}}}'],
    ['has a reference as one text', '{"references": ["bots.id -> chats.id"]}'],
    ['has a reference without a column', '{"references": [{"from": "bots", "to": "chats.id"}]}'],
    ['has a reference to nowhere', '{"references": [{"from": "bots.chat"}]}'],
    ['has a word for whether it is synced', '{"synced": "yes"}'],
    ['has a fraction as a threshold', '{"periodic": {"keep": 1.5}}'],
    ['keeps nothing', '{"periodic": {"keep": 0}}'],
    ['has a threshold as text', '{"rewind": {"keepDays": "14"}}'],
    ['has a list of chat fields that is none', '{"chat": {"payloadChat": "chat_id"}}'],
    ['has nouns that are no list', '{"nouns": {"bots": "bot"}}'],
    ['has a noun without its plural', '{"nouns": [{"table": "bots", "one": "bot"}]}'],
    ['has a noun with a line break', JSON.stringify({ nouns: [{ table: 'b', one: 'b\n', many: 'b' }] })],
    ['nests deeply', '['.repeat(30_000)],
    ['is larger than 64 KB', JSON.stringify({ tables: [] }) + ' '.repeat(65_536)],
  ])('%s', async (_, contents) => {
    expect(await codeOf(readWritten(contents))).toBe('profile-invalid');
  });

  test('is not UTF-8', async () => {
    expect(await codeOf(readWritten(Buffer.from([0x22, 0xff, 0x22])))).toBe('profile-invalid');
  });

  test('is a symbolic link, a folder or a FIFO, without waiting for it', async () => {
    const dir = await makeDir(root());
    await writeFile(join(dir, 'elsewhere.json'), '{}');
    await symlink(join(dir, 'elsewhere.json'), join(dir, PROFILE_FILE));
    expect(await codeOf(readProfile(dir))).toBe('profile-invalid');
    const second = await makeDir(root());
    await mkdir(join(second, PROFILE_FILE));
    expect(await codeOf(readProfile(second))).toBe('profile-invalid');
    const third = await makeDir(root());
    execFileSync('mkfifo', [join(third, PROFILE_FILE)]);
    expect(await codeOf(readProfile(third))).toBe('profile-invalid');
  });
});

test.each([
  ['profile', { tabels: [] }, /^only log, tables/, 'tabels'],
  ['log.columns', { log: { columns: { Id: 'a' } } }, /^only id, branch/, 'Id'],
  ['log', { log: 7 }, /^an object$/, 7],
  ['profile', [], /^an object$/, 'a list'],
  ['log.table', { log: { table: null } }, /^a name$/, 'null'],
  ['tables[1]', { tables: ['a', ''] }, /^a name of 1 to 128 printable characters$/, '0 characters'],
  ['tables', { tables: 'a' }, /^a list of at most 512 names$/, 'a text'],
  [
    'tables',
    { tables: Array.from({ length: 513 }, (_, at) => `t${at}`) },
    /^a list of at most 512/,
    'a list',
  ],
  ['nouns', { nouns: {} }, /^a list of at most 512 nouns$/, 'an object'],
  ['nouns[0].many', { nouns: [{ table: 'a', one: 'b' }] }, /^a name$/, 'nothing'],
  ['chat.names.name[0]', { chat: { names: { name: [1] } } }, /^a name$/, 1],
  ['rewind.keepDays', { rewind: { keepDays: 0 } }, /^a whole number from 1 to 1000000000$/, 0],
  ['restore.keep', { restore: { keep: '9' } }, /^a whole number from 1 to 1000000000$/, 'a text'],
])(
  'the error about “%s” says what is expected and what was found',
  async (where, contents, expected, got) => {
    await expect(readWritten(JSON.stringify(contents))).rejects.toMatchObject({
      code: 'profile-invalid',
      message: expect.stringContaining(`: ${where} must be `),
      detail: { where, expected: expect.stringMatching(expected), got },
    });
  },
);

/** What the members of lists need. */
const WHOLE: Readonly<Record<string, object>> = {
  'joined[]': { meaning: 'kind', table: 'bots', column: 'name' },
  'nouns[]': { table: 'a', one: 'b', many: 'c' },
  'references[]': { from: 'bots.a', to: 'chats.id' },
};

/** A profile that says this of a key such as `log.columns.id` or `nouns[].one`. */
function saying(key: string, value: unknown): object {
  const [step = '', ...rest] = key.split('.');
  const inner = rest.length === 0 ? value : saying(rest.join('.'), value);
  if (!step.endsWith('[]')) return { [step]: inner };
  const whole = WHOLE[step];
  return { [step.slice(0, -2)]: [typeof inner === 'object' ? { ...whole, ...inner } : inner] };
}

const placeOf = (key: string): string => key.replaceAll('[]', '[0]');
const sections = profileKeys().filter(({ isSection }) => isSection);

describe('a refusal names the key and the reason', () => {
  test('for the keys that there are', () => {
    expect(profileKeys().length).toBeGreaterThan(35);
  });

  test.each(profileKeys())('where “$key” has a value of no use', async ({ key, isNullable }) => {
    for (const value of isNullable ? [7.5] : [7.5, null]) {
      const refused = await readWritten(JSON.stringify(saying(key, value))).catch((error: unknown) => error);
      expect(refused).toMatchObject({
        code: 'profile-invalid',
        message: expect.stringMatching(
          /: \S+ must be an? .+\. Found: .+\.$|: \S+ must be true or false\. Found/,
        ),
        detail: { where: placeOf(key) },
      });
      expect(String(refused)).toContain(`: ${placeOf(key)} must be `);
    }
  });

  test.each([{ key: '' }, ...sections])('where “$key” has a key that nobody reads', async ({ key }) => {
    const inner = { ...WHOLE[key], nope: 1 };
    const profile = key === '' ? inner : saying(key, inner);
    const where = key === '' ? 'profile' : placeOf(key);
    await expect(readWritten(JSON.stringify(profile))).rejects.toMatchObject({
      code: 'profile-invalid',
      message: expect.stringMatching(/must be only .*\. Found: nope\.$/),
      detail: { where, got: 'nope' },
    });
  });

  test.each([
    ['tables[1]', { tables: ['a', 'A'] }, 'another name than tables[0]'],
    ['tables[0]', { log: { table: 'journal' }, tables: ['Journal'] }, 'another name than log.table'],
    ['log.columns.kind', { log: { columns: { kind: 'TS' } } }, 'another name than log.columns.ts'],
    ['log.marker.column', { log: { marker: { column: 'KIND' } } }, 'another name than log.columns.kind'],
    ['tables[1]', { tables: ['a', 'sqlite_sequence'] }, 'SQLite'],
    ['log.table', { log: { table: 'sqlite_schema' } }, 'SQLite'],
    ['tables[0]', { tables: ['_snapback'] }, 'something else'],
    ['rowids[0]', { rowids: ['other'] }, 'the log or one of “tables”'],
    ['references[0].from', { references: [{ from: 'event_log.id', to: 'bots.id' }] }, 'one of “tables”'],
    ['references[0].to', { references: [{ from: 'bots.id', to: 'other.id' }] }, 'the log or of one of'],
    [
      'references[1].from',
      { references: ['a', 'A'].map((column) => ({ from: `bots.${column}`, to: 'chats.id' })) },
      'another name than references[0].from',
    ],
    ['log.table', { log: { table: 'temp.events' } }, 'plain name'],
    ['chat.names.table', { chat: { names: { table: 'main.chats' } } }, 'plain name'],
    ['chat.person.table', { chat: { person: { table: 'main.you' } } }, 'plain name'],
  ])('where “%s” has a name that cannot be used', async (where, profile, reason) => {
    await expect(readWritten(JSON.stringify(profile))).rejects.toMatchObject({
      code: 'profile-invalid',
      message: expect.stringContaining(reason),
      detail: { where },
    });
  });
});
