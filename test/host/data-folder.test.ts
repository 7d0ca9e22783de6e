import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openDataFolder } from '../../src/host/data-folder.ts';
import { PROFILE_FILE } from '../../src/host/profile-file.ts';
import { addEvents, CHATS, codeOf, makeDatabase, makeDir, makeRoot } from '../support/place.ts';
import { hold, runAsNobody, runToEnd } from '../support/process.ts';

const root = makeRoot();

test('the only database with a log table is found, whatever its name', async () => {
  const dir = await makeDir(root());
  makeDatabase(join(dir, 'anything'), `${CHATS} ${addEvents(3)}`);
  new Database(join(dir, 'settings.db')).exec('CREATE TABLE settings (a)').close();
  await writeFile(join(dir, 'notes.txt'), 'nothing');
  const folder = await openDataFolder(dir, { cacheDir: '/somewhere' });
  expect(folder).toMatchObject({ dir, databaseFile: join(dir, 'anything'), cacheDir: '/somewhere' });
});

test('opening a data folder changes no byte of the database and its write-ahead log', async () => {
  const dir = await makeDir(root());
  const file = join(dir, 'chat.db');
  makeDatabase(file, `${CHATS} ${addEvents(3)}`);
  const host = new Database(file);
  host.exec("INSERT INTO chats VALUES ('quay', 'Quay')");
  const digest = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  const before = await Promise.all([digest(file), digest(`${file}-wal`)]);
  await openDataFolder(dir);
  expect(await Promise.all([digest(file), digest(`${file}-wal`)])).toEqual(before);
  host.close();
});

test('the log table is the one that the profile names', async () => {
  const dir = await makeDir(root());
  new Database(join(dir, 'rooms.db')).exec('CREATE TABLE journal (id INTEGER PRIMARY KEY)').close();
  expect(await codeOf(openDataFolder(dir))).toBe('database-missing');
  await writeFile(join(dir, PROFILE_FILE), '{"log": {"table": "Journal"}}');
  expect((await openDataFolder(dir)).databaseFile).toBe(join(dir, 'rooms.db'));
});

describe('what is not a data folder is refused with a code of its own', () => {
  test('a missing path, a path that is not a folder, or no path', async () => {
    const dir = await makeDir(root());
    await writeFile(join(dir, 'file'), '');
    expect(await codeOf(openDataFolder(join(dir, 'gone')))).toBe('data-folder-missing');
    expect(await codeOf(openDataFolder(join(dir, 'file')))).toBe('data-folder-missing');
    expect(await codeOf(openDataFolder(join(dir, 'file', 'below')))).toBe('data-folder-missing');
    expect(await codeOf(openDataFolder(`${dir}\0`))).toBe('data-folder-missing');
  });

  test('no database, an empty file, a database without the log', async () => {
    const dir = await makeDir(root());
    expect(await codeOf(openDataFolder(dir))).toBe('database-missing');
    await writeFile(join(dir, 'empty.db'), '');
    new Database(join(dir, 'other.db')).exec('CREATE TABLE other (a)').close();
    expect(await codeOf(openDataFolder(dir))).toBe('database-missing');
  });

  test('an encrypted or foreign file with the name of a database', async () => {
    const dir = await makeDir(root());
    await writeFile(join(dir, 'chat.sqlite3'), Buffer.alloc(8192, 0xa7));
    expect(await codeOf(openDataFolder(dir))).toBe('not-a-database');
    expect(await codeOf(openDataFolder(dir, { database: 'chat.sqlite3' }))).toBe('not-a-database');
  });

  test('several candidates, unless one is named', async () => {
    const dir = await makeDir(root());
    makeDatabase(join(dir, 'a.db'), `${CHATS} ${addEvents(3)}`);
    makeDatabase(join(dir, 'b.db'), `${CHATS} ${addEvents(3)}`);
    await expect(openDataFolder(dir)).rejects.toMatchObject({
      code: 'database-ambiguous',
      detail: { found: 'a.db, b.db' },
    });
    expect((await openDataFolder(dir, { database: 'b.db' })).databaseFile).toBe(join(dir, 'b.db'));
    expect((await openDataFolder(dir, { database: join(dir, 'a.db') })).databaseFile).toBe(join(dir, 'a.db'));
  });

  test('a named database that is missing, a folder, or has no log', async () => {
    const dir = await makeDir(root());
    await mkdir(join(dir, 'folder.db'));
    new Database(join(dir, 'other.db')).exec('CREATE TABLE other (a)').close();
    for (const database of ['gone.db', 'folder.db', 'other.db', 'a\0b'])
      expect(await codeOf(openDataFolder(dir, { database }))).toBe('database-missing');
  });
});

test('links and folders are no candidates', async () => {
  const dir = await makeDir(root());
  const elsewhere = await makeDir(root());
  makeDatabase(join(elsewhere, 'chat.db'), `${CHATS} ${addEvents(3)}`);
  await symlink(join(elsewhere, 'chat.db'), join(dir, 'chat.db'));
  await expect(openDataFolder(dir)).rejects.toMatchObject({
    code: 'database-missing',
    message: expect.stringContaining('“chat.db” in this folder is a link'),
    detail: { links: 'chat.db' },
  });
  expect((await openDataFolder(dir, { database: 'chat.db' })).databaseFile).toBe(join(elsewhere, 'chat.db'));
});

test('a database that another process has locked is still a candidate', async () => {
  const dir = await makeDir(root());
  const file = join(dir, 'chat.db');
  makeDatabase(file, `${CHATS} ${addEvents(3)}`, { journalMode: 'delete' });
  await hold(file, 'BEGIN EXCLUSIVE');
  expect((await openDataFolder(dir)).databaseFile).toBe(file);
});

test.skipIf(process.platform === 'win32')(
  'a WAL database in a read-only folder is a candidate, though SQLite cannot open it',
  async () => {
    const dir = await makeDir(root());
    makeDatabase(join(dir, 'chat.db'), `${CHATS} ${addEvents(3)}`);
    await chmod(join(dir, 'chat.db'), 0o444);
    await chmod(dir, 0o555);
    expect(await runAsNobody('open', dir)).toBe(join(dir, 'chat.db'));
    await chmod(dir, 0o755);
  },
);

test.skipIf(process.platform === 'win32')(
  'a folder without read permission is reported as such',
  async () => {
    const dir = await makeDir(root());
    makeDatabase(join(dir, 'chat.db'), `${CHATS} ${addEvents(3)}`);
    for (const mode of [0o101, 0o404, 0o606]) {
      await chmod(dir, mode);
      expect(await runAsNobody('open', dir)).toBe('data-folder-unreadable');
    }
    await chmod(dir, 0o755);
  },
);

test('a damaged database is still a candidate, and is not touched', async () => {
  const dir = await makeDir(root());
  const file = join(dir, 'chat.db');
  makeDatabase(file, `${CHATS} ${addEvents(3)}`);
  const bytes = await readFile(file);
  bytes.fill(0xee, 100, 4000);
  await writeFile(file, bytes);
  expect((await openDataFolder(dir)).databaseFile).toBe(file);
  expect(await readFile(file)).toEqual(bytes);
  expect(await readdir(dir)).toContain('chat.db');
});

test('locks of this process on the database survive opening its folder', async () => {
  const dir = await makeDir(root());
  const file = join(dir, 'chat.db');
  makeDatabase(file, `${CHATS} ${addEvents(3)}`, { journalMode: 'delete' });
  const writer = new Database(file);
  writer.exec('BEGIN IMMEDIATE');
  await openDataFolder(dir);
  const sql = 'PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE';
  expect(await runToEnd('hold.ts', { args: [file, sql] })).toBe('SQLITE_BUSY');
  writer.exec('COMMIT');
  writer.close();
});

test.each([
  ['an id that the log lacks', { log: { columns: { id: 'nope' } } }, 'log.columns.id'],
  ['an order that the log lacks', { log: { order: 'nope' } }, 'log.order'],
  ['a kind that the log lacks', { log: { columns: { kind: 'sort' } } }, 'log.columns.kind'],
  [
    'an id that the table of chats lacks',
    { chat: { names: { table: 'chats', id: 'nope' } } },
    'chat.names.id',
  ],
])('a profile with %s is refused, and the error lists the existing columns', async (_, profile, where) => {
  const dir = await makeDir(root());
  makeDatabase(join(dir, 'chat.db'), `${CHATS} ${addEvents(3)}`);
  await writeFile(join(dir, 'snapback-profile.json'), JSON.stringify(profile));
  for (const options of [{}, { database: 'chat.db' }, { withoutDatabase: true }]) {
    const error = await openDataFolder(dir, options).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'profile-invalid', detail: { where } });
    expect(String(error)).toMatch(/a column of “\w+”, which has id, /);
  }
});

test.each([
  ['is not there', { table: 'bodies' }, 'log.joined[0].table', 'a table of the database'],
  ['has another key', { key: 'event' }, 'log.joined[0].key', 'the primary key of “parts”, by which'],
  ['has no such column', { column: 'nope' }, 'log.joined[0].column', 'a column of “parts”, which has n, '],
  ['is named by no column of the log', { by: 'nope' }, 'log.joined[0].by', 'a column of “events”, which has'],
  ['is beside a log without a time', {}, 'log.columns.ts', 'a column of “events”, which has id, kind'],
])(
  'a second table for the payload that %s is refused with the key and the reason',
  async (_, part, where, why) => {
    const dir = await makeDir(root());
    const time = where === 'log.columns.ts' ? '' : ', ts TEXT';
    makeDatabase(
      join(dir, 'chat.db'),
      `CREATE TABLE events (id INTEGER PRIMARY KEY, kind TEXT${time}); CREATE TABLE parts (n INTEGER PRIMARY KEY, event INTEGER, body TEXT);`,
    );
    const joined = [{ meaning: 'payload', table: 'parts', key: 'n', column: 'body', ...part }];
    const profile = { log: { table: 'events', joined }, tables: ['parts', 'bodies'] };
    await writeFile(join(dir, 'snapback-profile.json'), JSON.stringify(profile));
    await expect(openDataFolder(dir)).rejects.toMatchObject({ code: 'profile-invalid', detail: { where } });
    await expect(openDataFolder(dir)).rejects.toThrow(why);
  },
);

test('a log may lack columns that only the default profile names', async () => {
  const dir = await makeDir(root());
  new Database(join(dir, 'chat.db')).exec('CREATE TABLE event_log (id INTEGER PRIMARY KEY, body)').close();
  await writeFile(join(dir, 'snapback-profile.json'), '{"log": {"columns": {"payload": "body"}}}');
  expect((await openDataFolder(dir)).databaseFile).toBe(join(dir, 'chat.db'));
});
