import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHATS, makePlace, makeRoot } from '../support/place.ts';
import { runToEnd, start } from '../support/process.ts';

/** No step holds a whole snapshot in memory. */
const root = makeRoot();

test.each([
  ['larger than the longest string that V8 has', 540, 900],
  ['with rows of 8 MB', 100, 8 << 20],
] as const)('to read a snapshot %s takes flat memory', async (_, megabytes, rowBytes) => {
  const { dir } = await makePlace(root(), '');
  await mkdir(join(dir, 'snapshots/rewind'), { recursive: true });
  const args = [dir, String(megabytes), String(rowBytes)];
  const line = await runToEnd('read-large.ts', { args, node: ['--max-old-space-size=100'] });
  const told: { complete: boolean; size: number; memoryMegabytes: number } = JSON.parse(line);
  expect(told.complete).toBe(true);
  expect(told.size).toBeGreaterThan(megabytes * 2 ** 20);
  expect(told.memoryMegabytes).toBeLessThan(400);
});

test('every step gets along with less memory than the snapshot has bytes', async () => {
  const { dir } = await makePlace(root(), CHATS);
  const done = await start('hold-little.ts', { args: [dir, '64'], node: ['--max-old-space-size=48'] }).ended;
  expect(done).toEqual([
    ...['take', 'diff', 'rows', 'conversation', 'search', 'export json', 'export sqlite', 'export csv'],
    ...['to a copy', 'plan', 'restore', 'undo', 'salvage'],
  ]);
});
