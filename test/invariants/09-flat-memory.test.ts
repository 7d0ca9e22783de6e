import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePlace, makeRoot } from '../support/place.ts';
import { runToEnd } from '../support/process.ts';

/** No step holds a whole snapshot in memory. */
const root = makeRoot();

test.each([
  ['larger than the longest string that V8 has', 'read', 540, 900],
  ['with rows of 8 MB', 'read', 200, 8 << 20],
  ['larger than all the memory it may take', 'compare', 420, 3000],
] as const)('a snapshot %s: to %s takes flat memory', async (_, how, megabytes, rowBytes) => {
  const { dir } = await makePlace(root(), '');
  await mkdir(join(dir, 'snapshots/rewind'), { recursive: true });
  const args = [dir, how, String(megabytes), String(rowBytes)];
  const line = await runToEnd('read-large.ts', { args, node: ['--max-old-space-size=100'] });
  const told: { complete: boolean; size: number; memoryMegabytes: number } = JSON.parse(line);
  expect(told.complete).toBe(true);
  expect(told.size).toBeGreaterThan(megabytes * 2 ** 20);
  expect(told.memoryMegabytes).toBeLessThan(400);
});
