import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TrashedPrune } from '../../src/index.ts';
import { ask, type Listed, makeDemo, newest, refusal, run } from '../support/cli.ts';

test('if the database is gone, snapshots can still be listed, shown, verified and compared with each other, and everything else is refused', async () => {
  const dir = await makeDemo();
  const id = await newest(dir, 'rewind');
  for (const end of ['', '-wal', '-shm']) await rm(join(dir, `chat.db${end}`), { force: true });
  for (const args of [['list'], ['show', id], ['verify', id]]) {
    const { status, stdout, stderr } = await run([...args, '--data', dir]);
    expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: '' });
    expect(stdout).toContain(id);
    expect(stdout).toContain('restoring needs the database');
    expect(stdout).not.toContain('internal');
  }
  const chats = await run(['show', id, '--data', dir]);
  expect(chats.stdout).toMatch(/Chat +Name +Messages\n/);
  expect(chats.stdout).not.toContain('Lost');
  const lines = await run(['show', id, '--chat', 'lighthouse', '--data', dir]);
  expect(lines).toMatchObject({ status: 0, stderr: '' });
  expect(lines.stdout).toMatch(
    /^lighthouse \(Lighthouse\): 5\d\d messages in the snapshot; there is no database/,
  );
  expect(lines.stdout).toContain('I put the sealed letter on the table between us.');
  expect(lines.stdout).not.toMatch(/^(?:kept|lost)/m);
  const other = await newest(dir, 'periodic');
  expect(await run(['diff', id, other, '--data', dir])).toMatchObject({ status: 0, stderr: '' });
  for (const args of [['diff', id], ['restore', id, '--yes'], ['undo'], ['take']])
    expect({ args, ...(await run([...args, '--data', dir])) }).toEqual({
      args,
      ...refusal(1, 'database-missing'),
    });
});

const fates = [
  ['gone', async (file: string) => rm(file)],
  ['empty', async (file: string) => writeFile(file, '')],
  ['damaged', async (file: string) => writeFile(file, 'not a database '.repeat(1000))],
] as const;

test.each(fates)(
  'with the database %s, whatever needs it says that the snapshots are there and how to make a new database',
  async (_, spoil) => {
    const dir = await makeDemo();
    for (const end of ['-wal', '-shm']) await rm(join(dir, `chat.db${end}`), { force: true });
    await spoil(join(dir, 'chat.db'));
    for (const args of [['status'], ['restore', 'latest-rewind'], ['take']]) {
      const { status, stderr } = await run([...args, '--data', dir]);
      expect(status).toBe(1);
      expect(stderr).toContain('Its snapshots are still there: “snapback list” shows them');
      expect(stderr).toContain('“snapback restore ID --to FILE --start-from FILE” makes a new database');
    }
    expect((await run(['list', '--data', dir])).stdout).toContain('--start-from FILE');
  },
);

test('an empty database is called empty, and no other chat app’s', async () => {
  const dir = await makeDemo();
  for (const end of ['-wal', '-shm']) await rm(join(dir, `chat.db${end}`), { force: true });
  await writeFile(join(dir, 'chat.db'), '');
  for (const named of [[], ['--db', join(dir, 'chat.db')]]) {
    const { stderr } = await run(['status', '--data', dir, ...named]);
    expect(stderr).toContain('There is nothing in chat.db.');
    expect(stderr).not.toContain('profile draft');
  }
});

test.each(fates)('with the database %s, nothing is said of what it holds', async (_, spoil) => {
  const dir = await makeDemo();
  for (const end of ['-wal', '-shm']) await rm(join(dir, `chat.db${end}`), { force: true });
  await spoil(join(dir, 'chat.db'));
  const said = async (...args: readonly string[]) => {
    const { status, stdout } = await run([...args, '--data', dir]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\nNot searched:\n(?:.+\n)*? {2}The database: /);
    return stdout;
  };
  const found = await said('search', 'sealed letter');
  expect(found).toMatch(/; in \d snapshots, the newest /);
  const row = await said('history', 'memories', '3433');
  expect(row).toMatch(/^in \d snapshots, the newest /);
  const none = await said('search', 'no such words');
  const noRow = await said('history', 'memories', '999999');
  for (const text of [found, row, none, noRow])
    expect(text).not.toMatch(/gone now|only in|database now|the database has/);
});

test.each(fates)(
  'with the database %s, what needs only files works: pruning, the trash, putting back and emptying it',
  async (_, spoil) => {
    const dir = await makeDemo();
    for (const end of ['-wal', '-shm']) await rm(join(dir, `chat.db${end}`), { force: true });
    await spoil(join(dir, 'chat.db'));
    const periodic = () => ask<readonly Listed[]>(dir, 'list', '--kind', 'periodic');
    const before = await periodic();
    const [oldest = ''] = before.map(({ id }) => id).slice(-1);
    expect(await run(['prune', oldest, '--yes', '--data', dir])).toEqual(refusal(1, 'only-copy'));
    expect(await ask(dir, 'prune', oldest, '--yes', '--only-copies')).toMatchObject({ moved: [oldest] });
    const [prune] = await ask<readonly TrashedPrune[]>(dir, 'trash');
    expect(prune?.snapshots).toMatchObject([{ id: oldest }]);
    expect(await ask(dir, 'trash', 'put-back', prune?.trashName ?? '')).toMatchObject({ putBack: [oldest] });
    expect(await periodic()).toEqual(before);
    await ask(dir, 'prune', '--kind', 'periodic', '--keep', '1', '--yes', '--only-copies');
    expect(await ask(dir, 'trash', 'empty')).toMatchObject({ onlyCopies: null });
    const refused = await run(['trash', 'empty', '--yes', '--data', dir]);
    expect(refused).toEqual(refusal(1, 'only-copy'));
    expect(refused.stderr).toContain('could not check');
    expect(await ask(dir, 'trash', 'empty', '--yes', '--only-copies')).toMatchObject({
      files: before.length - 1,
    });
    expect(await ask(dir, 'trash')).toEqual([]);
  },
);

test('with the database gone, the last snapshots can be put back from the trash, also where nothing but the trash holds one', async () => {
  const dir = await makeDemo();
  await rm(join(dir, 'snapshots', 'restore'), { recursive: true, force: true });
  const ids = (await ask<readonly Listed[]>(dir, 'list')).map(({ id }) => id);
  await ask(dir, 'prune', ...ids, '--yes', '--only-copies');
  for (const end of ['', '-wal', '-shm']) await rm(join(dir, `chat.db${end}`), { force: true });
  await rm(join(dir, 'snapshots'), { recursive: true });
  const [prune] = await ask<readonly TrashedPrune[]>(dir, 'trash');
  await ask(dir, 'trash', 'put-back', prune?.trashName ?? '');
  expect((await ask<readonly Listed[]>(dir, 'list')).map(({ id }) => id)).toEqual(ids);
});
