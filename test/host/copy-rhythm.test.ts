import { describe, expect, test } from 'vitest';
import { createCopyRhythm } from '../../src/host/copy-rhythm.ts';
import { SnapbackError } from '../../src/model/errors.ts';

const TOTAL = 1_000_000;

/** How long each step of a copy takes, from a source of which a page takes so long; from `slowerFrom` on ten times. */
function stepsOf(
  msPerPage: number,
  { restartAfter = 0, slowerFrom = Number.POSITIVE_INFINITY } = {},
): number[] {
  const rhythm = createCopyRhythm(0);
  const steps: number[] = [];
  let remaining = TOTAL;
  for (let now = 0; remaining > 0 && steps.length < 150; ) {
    const { pages } = rhythm.next(remaining, now);
    const took = pages * msPerPage * (steps.length >= slowerFrom ? 10 : 1);
    steps.push(took);
    now += took;
    remaining =
      restartAfter > 0 && steps.length % restartAfter === 0 ? TOTAL : Math.max(0, remaining - pages);
  }
  return steps;
}

describe('a step of a copy delays a host’s commit by at most 200 ms', () => {
  test.each([0.01, 0.39, 1, 7, 150])(
    'if a page takes %f ms, once the first step has measured it',
    (msPerPage) => {
      const [, ...steps] = stepsOf(msPerPage);
      expect(Math.max(...steps)).toBeLessThanOrEqual(200);
    },
  );

  test.each([0.01, 1])('even if the copy keeps starting over, and a page takes %f ms', (msPerPage) => {
    const [, ...steps] = stepsOf(msPerPage, { restartAfter: 3 });
    expect(Math.max(...steps)).toBeLessThanOrEqual(200);
  });

  test('and gets longer if the copy starts over, to win against a host that keeps committing', () => {
    const [first = 0, ...steps] = stepsOf(0.01, { restartAfter: 3 });
    expect(Math.max(...steps)).toBeGreaterThan(first * 4);
  });

  test('and gets shorter again after a step that was slower than those before', () => {
    const steps = stepsOf(0.3, { slowerFrom: 10 });
    expect(steps[10]).toBeGreaterThan(200);
    expect(Math.max(...steps.slice(11))).toBeLessThanOrEqual(200);
  });
});

test('only a read that lasts longer than 10 s is reported', () => {
  const rhythm = createCopyRhythm(1000);
  const told = [1000, 5000, 9000, 11_000, 11_001, 15_000].map(
    (now, index) => rhythm.next(TOTAL - index, now).readTooLong,
  );
  expect(told).toEqual([false, false, false, false, true, true]);
});

describe('a copy is given up', () => {
  function endOf(step: (index: number) => readonly [remaining: number, now: number]): unknown {
    const rhythm = createCopyRhythm(0);
    for (let index = 0; index < 1000; index += 1)
      try {
        rhythm.next(...step(index));
      } catch (error) {
        if (error instanceof SnapbackError) return { code: error.code, ...error.detail };
        throw error;
      }
    return null;
  }

  test('if nothing progresses for more than 5 s', () => {
    expect(endOf((index) => [TOTAL, index * 100])).toEqual({
      code: 'database-busy',
      waitedMs: 5100,
      restarts: 0,
    });
    expect(endOf((index) => [TOTAL - index, index * 4999])).toBe(null);
  });

  test('if it starts over more than 200 times', () => {
    expect(endOf((index) => [TOTAL - (index % 2), index])).toMatchObject({
      code: 'database-busy',
      restarts: 201,
    });
  });
});
