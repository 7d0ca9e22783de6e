import { statfs, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freeSpace } from '../../src/system/free-space.ts';
import { makeDir, makeRoot } from '../support/place.ts';

const root = makeRoot();

test('the space of a path that does not exist yet is that of the folder that would hold it', async () => {
  const dir = await makeDir(root());
  const here = await freeSpace(dir);
  const later = await freeSpace(join(dir, 'not', 'there', 'yet.json'));
  expect(later.volume).toBe(here.volume);
  expect(dir.startsWith(here.volume)).toBe(true);
  const { blocks, bsize } = await statfs(dir);
  expect(later.freeBytes).toBeGreaterThan(0);
  expect(later.freeBytes).toBeLessThanOrEqual(blocks * bsize);
});

test('a link that leads to itself has the space of its folder', async () => {
  const dir = await makeDir(root());
  const link = join(dir, 'loop');
  await symlink('loop', link);
  expect((await freeSpace(join(link, 'not-there'))).volume).toBe((await freeSpace(dir)).volume);
});

test.runIf(process.platform === 'linux')(
  'a path through a symbolic link is on the volume that the link leads to',
  async () => {
    const link = join(await makeDir(root()), 'link');
    await symlink('/proc/self', link);
    expect((await freeSpace(join(link, 'not-there-yet'))).volume).toBe(
      (await freeSpace('/proc/self')).volume,
    );
  },
);

test.runIf(process.platform === 'linux')('different volumes have different names', async () => {
  const [temporary, processes] = await Promise.all([
    freeSpace(await makeDir(root())),
    freeSpace('/proc/self'),
  ]);
  expect(processes.volume).not.toBe(temporary.volume);
});
