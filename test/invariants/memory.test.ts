import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePlace, makeRoot } from '../support/place.ts';
import { runToEnd } from '../support/process.ts';

/** No step holds a whole snapshot. */
const root = makeRoot();

test.each([
  ['with small rows, larger than the longest string that V8 has', 540, 900],
  ['with rows of 8 MB', 200, 8 << 20],
])('a snapshot %s is read in flat memory', async (_, megabytes, rowBytes) => {
  const { dir } = await makePlace(root(), '');
  await mkdir(join(dir, 'snapshots/rewind'), { recursive: true });
  const args = [dir, String(megabytes), String(rowBytes)];
  const line = await runToEnd('read-large.ts', { args, node: ['--max-old-space-size=100'] });
  const told: { complete: boolean; size: number; memoryMegabytes: number } = JSON.parse(line);
  expect(told.complete).toBe(true);
  expect(told.size).toBeGreaterThan(megabytes * 2 ** 20);
  expect(told.memoryMegabytes).toBeLessThan(400);
});
