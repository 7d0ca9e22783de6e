import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultProfile, PROFILE_FILE, readProfile } from '../../src/host/profile.ts';
import { codeOf, makeTempFolder } from '../support/data-folder.ts';

async function readWritten(contents: string | Buffer) {
  const dir = await makeTempFolder();
  await writeFile(join(dir, PROFILE_FILE), contents);
  return readProfile(dir);
}

test('without a file the profile is the default', async () => {
  expect(await readProfile(await makeTempFolder())).toEqual(defaultProfile);
});

test('a part that the file names replaces the default, every other part stays', async () => {
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
    log: { table: 'journal', columns: { ...defaultProfile.log.columns, payload: 'body' } },
    tables: ['rooms'],
    nouns: [{ table: 'rooms', one: 'room', many: 'rooms' }],
    periodic: { ...defaultProfile.periodic, keep: 2 },
    chat: { ...defaultProfile.chat, names: null },
  });
});

describe('a profile is refused as invalid that', () => {
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
    const dir = await makeTempFolder();
    await writeFile(join(dir, 'elsewhere.json'), '{}');
    await symlink(join(dir, 'elsewhere.json'), join(dir, PROFILE_FILE));
    expect(await codeOf(readProfile(dir))).toBe('profile-invalid');
    const second = await makeTempFolder();
    await mkdir(join(second, PROFILE_FILE));
    expect(await codeOf(readProfile(second))).toBe('profile-invalid');
    const third = await makeTempFolder();
    execFileSync('mkfifo', [join(third, PROFILE_FILE)]);
    expect(await codeOf(readProfile(third))).toBe('profile-invalid');
  });
});
