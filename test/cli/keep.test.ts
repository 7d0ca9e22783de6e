import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, type Listed, makeDemo, newest, refusal, run } from '../support/cli.ts';

test('“keep” keeps a snapshot under a name with a note; it is listed, shown and restored after the original is gone', async () => {
  const dir = await makeDemo();
  const id = await newest(dir, 'rewind');
  const kept = await ask<{ readonly id: string }>(dir, 'keep', id, '--name', 'Mine', '--note', 'The lamp');
  expect(kept).toMatchObject({ id: id.replace('rewind', '@kept'), from: id, name: 'Mine', already: false });
  await rm(join(dir, 'snapshots', `${id}.json`));
  const listed = await ask<readonly Listed[]>(dir, 'list', '--kind', '@kept');
  expect(listed).toMatchObject([{ id: kept.id, kept: { name: 'Mine', note: 'The lamp' } }]);
  const { stdout } = await run(['show', kept.id, '--data', dir]);
  expect(stdout).toMatch(/Kept from +rewind\/.*\nName +Mine\nNote +The lamp/);
  expect(await ask(dir, 'restore', kept.id, '--yes')).toMatchObject({ checkpointId: expect.any(String) });
});

test('“keep” says what to name, and refuses what is not there', async () => {
  const dir = await makeDemo();
  expect(await run(['keep', '--data', dir])).toEqual(refusal(2, 'usage'));
  expect(await run(['keep', 'rewind/19990101T000000Z', '--data', dir])).toEqual(
    refusal(1, 'snapshot-missing'),
  );
});
