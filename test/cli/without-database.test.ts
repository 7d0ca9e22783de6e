import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDemo, newest, refusal, run } from '../support/cli.ts';

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
  for (const args of [['diff', id], ['restore', id, '--yes'], ['undo'], ['take'], ['prune', '--yes', id]])
    expect({ args, ...(await run([...args, '--data', dir])) }).toEqual({
      args,
      ...refusal(1, 'database-missing'),
    });
});
