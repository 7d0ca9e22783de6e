import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, makeDemo, newest, pristine, readDump, readTables, root, run } from '../support/cli.ts';
import { ownMounts } from '../support/mounts.ts';

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

test.skipIf(ownMounts === undefined).each(['4k', '200k'])(
  'where the disk of the cache has only %s, a restore and its undo are done all the same, and nothing is left of them',
  async (size) => {
    const dir = await makeDemo();
    const [id, mistaken] = [await newest(dir, 'rewind'), readTables(dir)];
    const [home, temporary] = [`${dir}-cache`, `${dir}-temporary`];
    const stages = join(home, 'snapback', 'stages');
    for (const folder of [stages, temporary]) await mkdir(folder, { recursive: true, mode: 0o700 });
    const command = (...args: readonly string[]) => {
      const script = `mount -t tmpfs -o mode=700,size=${size} tmpfs "$1" && at="$1" && shift && "$@" >&2 && ls -A "$at"`;
      const [program = '', ...rest] = [...(ownMounts ?? []), 'sh', '-c', script, 'sh', stages];
      const env = { ...process.env, XDG_CACHE_HOME: home, TMPDIR: temporary };
      const line = [...rest, process.execPath, cli, ...args, '--yes', '--data', dir];
      return execFileSync(program, line, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    };
    const left = [command('restore', id)];
    expect(readTables(dir)).toEqual(await readDump(dir, id));
    left.push(command('undo'));
    expect(readTables(dir)).toEqual(mistaken);
    for (const names of left) expect(names).not.toMatch(/^\./m);
    expect(await readdir(temporary)).toEqual([]);
  },
);
