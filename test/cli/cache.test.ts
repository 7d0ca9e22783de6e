import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pristine, root, run } from '../support/cli.ts';

test('“cache” shows what is kept of snapshots that were read, and “cache clear” removes it', async () => {
  const [dir, home] = [join(root, 'cached'), join(root, 'cache-of-its-own')];
  await cp(pristine, dir, { recursive: true });
  const env = { XDG_CACHE_HOME: home };
  const cache = async (...args: readonly string[]) => (await run(['cache', ...args], { env })).stdout;
  const folder = join(home, 'snapback', 'stages');
  expect(JSON.parse(await cache('--json'))).toMatchObject({ folder, stages: 0, bytes: 0 });
  expect(await cache()).toMatch(/^Nothing is kept/);
  const [first, second] = [
    await run(['diff', 'latest-rewind', '--data', dir], { env }),
    await run(['diff', 'latest-rewind', '--data', dir], { env }),
  ];
  expect(second).toEqual(first);
  const { stages, bytes, mostBytes } = JSON.parse(await cache('--json'));
  expect(stages).toBe(1);
  expect(bytes).toBeLessThan(mostBytes);
  expect(await cache()).toMatch(
    /^1 snapshot kept as read, .+ of at most .+\nIt is in .+\n“snapback cache clear” deletes it/,
  );
  expect(await cache('clear')).toMatch(/freed\. Nothing of yours is lost/);
  expect(await readdir(folder)).toEqual([]);
  expect(JSON.parse(await cache('clear', '--json'))).toEqual({ freedBytes: 0 });
});

test('“cache” takes nothing but “clear”, and no data folder', async () => {
  for (const args of [['what'], ['clear', 'all'], ['--data', '.']])
    expect((await run(['cache', ...args])).status).toBe(2);
});
