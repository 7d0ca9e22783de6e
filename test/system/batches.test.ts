import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapInBatches } from '../../src/system/batches.ts';

test('results keep the order of the items, whichever was ready first, and only a few run at once', async () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  let running = 0;
  let most = 0;
  const results = await mapInBatches(items, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await sleep(item % 3);
    running -= 1;
    return item * 2;
  });
  expect(results).toEqual(items.map((item) => item * 2));
  expect(most).toBeLessThanOrEqual(16);
  expect(await mapInBatches([], sleep)).toEqual([]);
});

test('the first error is passed on', async () => {
  const work = async (item: number) => {
    if (item === 20) throw new RangeError('twenty');
    return item;
  };
  await expect(
    mapInBatches(
      Array.from({ length: 50 }, (_, index) => index),
      work,
    ),
  ).rejects.toThrow('twenty');
});
