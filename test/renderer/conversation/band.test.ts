import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BAND,
  bandAround,
  ESTIMATE,
  heightOf,
  holds,
  lineOutside,
} from '../../../renderer/conversation/band.ts';

const SCREEN = 800;

const chats = fc.integer({ min: 1, max: 300_000 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    heights: fc
      .uniqueArray(fc.tuple(fc.nat(count - 1), fc.integer({ min: 1, max: 20_000 })), {
        selector: ([line]) => line,
        maxLength: 60,
      })
      .map((measured) => new Map(measured)),
    line: fc.nat(count - 1),
    start: fc.nat(count - 1),
  }),
);

describe('the band of lines around the reader', () => {
  test('never changes the height of the list, and holds the line for which it was made', () => {
    fc.assert(
      fc.property(chats, ({ count, heights, line }) => {
        const band = bandAround(line, count, heights);
        expect(band.to - band.from).toBe(Math.min(count, BAND));
        expect(band.above + heightOf(band.from, band.to, heights) + band.below).toBe(
          heightOf(0, count, heights),
        );
        expect(holds(band, line, count)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('follows a reader to any place, and then stays', () => {
    fc.assert(
      fc.property(chats, ({ count, heights, line, start }) => {
        const top = Math.max(0, Math.min(heightOf(0, line, heights), heightOf(0, count, heights) - SCREEN));
        let band = bandAround(start, count, heights);
        let moves = 0;
        for (; moves < 20; moves += 1) {
          const bandEnds = band.above + heightOf(band.from, band.to, heights);
          const next = lineOutside(band, count, { top, bottom: top + SCREEN, bandEnds });
          if (next === null) break;
          band = bandAround(next, count, heights);
        }
        expect(moves).toBeLessThan(20);
        expect(line).toBeGreaterThanOrEqual(band.from);
        expect(line).toBeLessThan(band.to);
      }),
      { numRuns: 300 },
    );
  });

  test('takes a line that was not measured for as high as most', () => {
    expect(
      heightOf(
        10,
        20,
        new Map([
          [9, 1],
          [10, ESTIMATE + 5],
          [20, 1],
        ]),
      ),
    ).toBe(10 * ESTIMATE + 5);
  });
});
