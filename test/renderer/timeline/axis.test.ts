import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BAR_WIDTH, createAxis } from '../../../renderer/timeline/axis.ts';

/** Where each moment is on the timeline. */
const HOUR = 3_600_000;

const worlds = fc.record({
  steps: fc.array(
    fc.record({
      // From milliseconds to years.
      ms: fc.oneof(fc.nat(60_000), fc.nat(HOUR), fc.nat(400 * 24 * HOUR)),
      events: fc.nat(5_000),
    }),
    { maxLength: 60 },
  ),
  moments: fc.array(fc.integer({ min: -HOUR, max: 1_000 * 24 * HOUR }), { maxLength: 40 }),
  width: fc.integer({ min: 1, max: 4_000 }),
});

function densityOf(steps: readonly { readonly ms: number; readonly events: number }[]) {
  let from = 0;
  return steps.map(({ ms, events }) => {
    const span = { from, to: from + ms, events };
    from += ms;
    return span;
  });
}

describe('the axis of time', () => {
  test('places every moment within its width, and none before an earlier one', () => {
    fc.assert(
      fc.property(worlds, ({ steps, moments, width }) => {
        const axis = createAxis({ density: densityOf(steps), moments, width, opened: new Set() });
        const places = moments.toSorted((a, b) => a - b).map((time) => axis.xOf(time));
        for (const [at, x] of places.entries()) {
          expect(x).toBeGreaterThanOrEqual(-1e-6);
          expect(x).toBeLessThanOrEqual(width + 1e-6);
          expect(x).toBeGreaterThanOrEqual((places[at - 1] ?? 0) - 1e-6);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('tells the time of each place', () => {
    fc.assert(
      fc.property(worlds, fc.double({ min: 0, max: 1, noNaN: true }), ({ steps, moments, width }, share) => {
        const axis = createAxis({ density: densityOf(steps), moments, width, opened: new Set() });
        const end = axis.xOf(Number.MAX_SAFE_INTEGER);
        expect(axis.xOf(axis.timeOf(share * end))).toBeCloseTo(share * end, 3);
        expect(axis.timeOf(end + 10)).toBe(axis.timeOf(end));
      }),
      { numRuns: 300 },
    );
  });

  test('draws at most one bar for each of its places, and at least one where anything was written', () => {
    fc.assert(
      fc.property(worlds, ({ steps, moments, width }) => {
        const density = densityOf(steps);
        const { bars, folds } = createAxis({ density, moments, width, opened: new Set() });
        expect(new Set(bars.map(({ x }) => x)).size).toBe(bars.length);
        for (const { x, height } of bars) {
          expect(x % BAR_WIDTH).toBe(0);
          expect(height).toBeGreaterThan(0);
          expect(height).toBeLessThanOrEqual(1);
        }
        const isFolded = (from: number) => folds.some((fold) => fold.from === from);
        const seen = density.some(({ from, events }) => events > 0 && !isFolded(from));
        expect(bars.length > 0).toBe(seen);
      }),
      { numRuns: 300 },
    );
  });

  test('folds a long silence, so that the hours around it keep their room, until a person opens it', () => {
    const busy = Array.from({ length: 20 }, () => ({ ms: HOUR / 20, events: 3 }));
    const density = densityOf([...busy, { ms: 11 * 24 * HOUR, events: 1 }, ...busy]);
    const given = { density, moments: [], width: 1_000 };
    const folded = createAxis({ ...given, opened: new Set() });
    expect(folded.folds).toHaveLength(1);
    expect(folded.xOf(HOUR)).toBeGreaterThan(400);
    const opened = createAxis({ ...given, opened: new Set(folded.folds.map(({ from }) => from)) });
    expect(opened.folds).toEqual([]);
    expect(opened.xOf(HOUR)).toBeLessThan(10);
  });

  test('leaves room for the words of each time', () => {
    const density = densityOf(Array.from({ length: 300 }, () => ({ ms: HOUR, events: 1 })));
    const { ticks } = createAxis({ density, moments: [], width: 1_200, opened: new Set() });
    expect(ticks.length).toBeGreaterThan(3);
    for (const [at, tick] of ticks.entries())
      if (at > 0) expect(tick.x - (ticks[at - 1]?.x ?? 0)).toBeGreaterThanOrEqual(72);
  });

  test.each([0, 1])('shows a folder with %i snapshots and no event', (snapshots) => {
    const axis = createAxis({
      density: [],
      moments: new Array(snapshots).fill(5),
      width: 500,
      opened: new Set(),
    });
    expect(axis).toMatchObject({ bars: [], folds: [] });
    expect(axis.xOf(5)).toBe(0);
  });
});
