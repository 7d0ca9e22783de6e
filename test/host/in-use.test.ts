import { chmod, copyFile, link, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { findOpeners } from '../../src/host/in-use.ts';
import { ownMounts } from '../support/mounts.ts';
import { makeChat, makeRoot } from '../support/place.ts';
import { hold, runAsNobody, start } from '../support/process.ts';

const root = makeRoot();

const linux = process.platform === 'linux';

/** How another process has it open. */
const HOLDS = {
  idle: 'SELECT count(*) FROM event_log',
  read: 'BEGIN; SELECT count(*) FROM event_log',
  exclusive: 'BEGIN EXCLUSIVE',
} as const;

test.runIf(linux)('if only this process has it open, it is not in use', async () => {
  const folder = await makeChat(root());
  expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
  const own = new Database(folder.databaseFile);
  own.exec('BEGIN IMMEDIATE');
  expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
  own.close();
});

test.runIf(linux)(
  'another Snapback is never taken for the host, not even in the moment in which it has finished',
  async () => {
    const folder = await makeChat(root());
    const children = [0, 1, 2].map(() => start('come-and-go.ts', { args: [folder.databaseFile] }));
    for (const child of children) expect(await child.said('began')).toBe(true);
    for (let times = 0; times < 100; times += 1)
      expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
    await Promise.all(children.map((child) => child.kill()));
  },
);

describe.runIf(linux)('a second process is found if it', () => {
  test.each([
    ['wal', 'idle'],
    ['wal', 'read'],
    ['delete', 'idle'],
    ['delete', 'read'],
    ['delete', 'exclusive'],
  ] as const)('has it open in %s mode: %s', async (journalMode, how) => {
    const folder = await makeChat(root(), { journalMode });
    const child = await hold(folder.databaseFile, HOLDS[how]);
    const pid = child.process.pid ?? 0;
    expect(await findOpeners(folder.databaseFile)).toEqual({
      state: 'yes',
      by: [{ pid, name: basename(process.execPath) }],
    });
    await child.kill();
    expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
  });

  test.each([
    ['idle', 'kept'],
    ['idle', 'gone'],
    ['read', 'kept'],
  ] as const)('opened it under another name of the same file: %s, that name %s since', async (how, name) => {
    const folder = await makeChat(root(), { journalMode: 'delete' });
    const alias = join(folder.dir, 'alias.sqlite');
    await link(folder.databaseFile, alias);
    const child = await hold(alias, HOLDS[how]);
    if (name === 'gone') await unlink(alias);
    expect(await findOpeners(folder.databaseFile)).toMatchObject({
      state: 'yes',
      by: [{ pid: child.process.pid }],
    });
  });

  test.skipIf(ownMounts === undefined)(
    ownMounts !== undefined
      ? 'sees it elsewhere, in a view of the file system of its own'
      : 'sees it elsewhere (not here: may not mount)',
    async () => {
      const folder = await makeChat(root(), { journalMode: 'delete' });
      const elsewhere = join(folder.dir, 'elsewhere.sqlite');
      await writeFile(elsewhere, '');
      const mount = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
      const through = [...(ownMounts ?? []), 'sh', '-c', mount, 'sh', folder.databaseFile, elsewhere];
      const child = await hold(elsewhere, HOLDS.idle, { through });
      expect(await findOpeners(folder.databaseFile)).toMatchObject({
        state: 'yes',
        by: [{ pid: child.process.pid }],
      });
      expect(await findOpeners(elsewhere)).toEqual({ state: 'no' });
    },
  );
});

describe.runIf(linux)('a process does not count as a user if it holds', () => {
  test('a file of its own that has got the number of a WAL which was deleted meanwhile', async () => {
    const folder = await makeChat(root());
    const strangers = start('reuse-numbers.ts', { args: [join(folder.dir, 'own-')] });
    const snapback = start('come-and-go.ts', { args: [folder.databaseFile] });
    for (const child of [strangers, snapback]) expect(await child.said('began')).toBe(true);
    for (let times = 0; times < 40; times += 1)
      expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
    await Promise.all([strangers.kill(), snapback.kill()]);
  });

  test('a database of the same name in another folder', async () => {
    const folder = await makeChat(root());
    const other = await makeChat(root());
    await hold(other.databaseFile, HOLDS.read);
    expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
  });

  test('the file that was under this path before it was replaced', async () => {
    const folder = await makeChat(root(), { journalMode: 'delete' });
    await hold(folder.databaseFile, HOLDS.idle);
    await copyFile(folder.databaseFile, `${folder.databaseFile}.new`);
    await rename(`${folder.databaseFile}.new`, folder.databaseFile);
    expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
  });
});

test.runIf(linux && process.getuid?.() === 0)(
  'whether it is in use is unknown to a user who may not inspect the processes of the database’s owner',
  async () => {
    const folder = await makeChat(root());
    await chmod(folder.dir, 0o755);
    const openers = await runAsNobody('find-openers', folder.databaseFile);
    expect(JSON.parse(openers)).toEqual({ state: 'unknown' });
  },
);

test.skipIf(linux)('whether it is in use is unknown if the system does not tell', async () => {
  expect(await findOpeners('/nowhere')).toEqual({ state: 'unknown' });
});
