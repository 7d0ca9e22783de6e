import { chmod, copyFile, link, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { findOpeners } from '../../src/host/in-use.ts';
import { makeDataFolder, startChild } from '../support/data-folder.ts';
import { ownMounts } from '../support/mounts.ts';
import { start } from '../support/process.ts';

const linux = process.platform === 'linux';

test.runIf(linux)('nobody but this process has it open: not in use', async () => {
  const folder = await makeDataFolder();
  expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
  const own = new Database(folder.databaseFile);
  own.exec('BEGIN IMMEDIATE');
  expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
  own.close();
});

describe.runIf(linux)('a second process is found that', () => {
  test.each([
    ['wal', 'idle'],
    ['wal', 'read'],
    ['delete', 'idle'],
    ['delete', 'read'],
    ['delete', 'exclusive'],
  ] as const)('has it open in %s mode: %s', async (journalMode, how) => {
    const folder = await makeDataFolder({ journalMode });
    const child = startChild('hold-database.ts', folder.databaseFile, how);
    expect(await child.line()).toBe('held');
    const pid = child.process.pid ?? 0;
    expect(await findOpeners(folder.databaseFile)).toEqual({
      state: 'yes',
      by: [{ pid, name: basename(process.execPath) }],
    });
    child.process.kill('SIGKILL');
    await child.ended;
    expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
  });

  test.each([
    ['idle', 'kept'],
    ['idle', 'gone'],
    ['read', 'kept'],
  ] as const)('opened it under another name of the same file: %s, that name %s since', async (how, name) => {
    const folder = await makeDataFolder({ journalMode: 'delete' });
    const alias = join(folder.dir, 'alias.sqlite');
    await link(folder.databaseFile, alias);
    const child = startChild('hold-database.ts', alias, how);
    expect(await child.line()).toBe('held');
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
      const folder = await makeDataFolder({ journalMode: 'delete' });
      const elsewhere = join(folder.dir, 'elsewhere.sqlite');
      await writeFile(elsewhere, '');
      const mount = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
      const through = [...(ownMounts ?? []), 'sh', '-c', mount, 'sh', folder.databaseFile, elsewhere];
      const child = start('hold.ts', { through, args: [elsewhere, 'SELECT count(*) FROM event_log'] });
      expect(await child.said('held')).toBe(true);
      expect(await findOpeners(folder.databaseFile)).toMatchObject({
        state: 'yes',
        by: [{ pid: child.process.pid }],
      });
      expect(await findOpeners(elsewhere)).toEqual({ state: 'no' });
    },
  );
});

describe.runIf(linux)('no user is a process that holds', () => {
  test('a database of the same name in another folder', async () => {
    const folder = await makeDataFolder();
    const other = await makeDataFolder();
    const child = startChild('hold-database.ts', other.databaseFile, 'read');
    expect(await child.line()).toBe('held');
    expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
  });

  test('the file that was under this path before it was replaced', async () => {
    const folder = await makeDataFolder({ journalMode: 'delete' });
    const child = startChild('hold-database.ts', folder.databaseFile, 'idle');
    expect(await child.line()).toBe('held');
    await copyFile(folder.databaseFile, `${folder.databaseFile}.new`);
    await rename(`${folder.databaseFile}.new`, folder.databaseFile);
    expect(await findOpeners(folder.databaseFile)).toEqual({ state: 'no' });
  });
});

test.runIf(linux && process.getuid?.() === 0)(
  'unknown for a user who may not look into the processes of the database’s owner',
  async () => {
    const folder = await makeDataFolder();
    await chmod(folder.dir, 0o755);
    const child = startChild('find-openers-unprivileged.ts', folder.databaseFile);
    expect(JSON.parse(await child.line())).toEqual({ state: 'unknown' });
  },
);

test.skipIf(linux)('unknown where the system does not tell', async () => {
  expect(await findOpeners('/nowhere')).toEqual({ state: 'unknown' });
});
