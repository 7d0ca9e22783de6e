import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GridPlace, moveInGrid } from '../../renderer/rows/grid-keys.ts';
import { lastOffset, reveal, scrollHeight, toOffset, toTop } from '../../renderer/rows/scroll-scale.ts';

const sizes = fc.record({
  content: fc.integer({ min: 0, max: 60_000_000 }),
  view: fc.integer({ min: 1, max: 3000 }),
});

test('every position in a list of any height has one of the scrollbar, from the very top to the very end', () => {
  fc.assert(
    fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (size, share) => {
      expect(scrollHeight(size)).toBeLessThanOrEqual(8_000_000);
      const offset = share * lastOffset(size);
      expect(toOffset(toTop(offset, size), size)).toBeCloseTo(offset, 3);
      expect(toOffset(scrollHeight(size), size)).toBe(lastOffset(size));
      expect(toOffset(0, size)).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('a part that is made visible is visible as a whole where it fits', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), fc.integer({ min: 100, max: 1000 }), (offset, start, view) => {
      const end = start + 30;
      const next = reveal(offset, { start, end }, view);
      expect(next).toBeLessThanOrEqual(start);
      expect(next + view).toBeGreaterThanOrEqual(end);
    }),
    { numRuns: 300 },
  );
});

test.each<[string, boolean, GridPlace]>([
  ['ArrowDown', false, { row: 6, column: 2 }],
  ['ArrowUp', false, { row: 4, column: 2 }],
  ['ArrowLeft', false, { row: 5, column: 1 }],
  ['ArrowRight', false, { row: 5, column: 3 }],
  ['ArrowDown', true, { row: 99, column: 2 }],
  ['ArrowUp', true, { row: 0, column: 2 }],
  ['Home', false, { row: 5, column: 0 }],
  ['End', false, { row: 5, column: 3 }],
  ['Home', true, { row: 0, column: 0 }],
  ['End', true, { row: 99, column: 3 }],
  ['PageDown', false, { row: 15, column: 2 }],
  ['PageUp', false, { row: 0, column: 2 }],
])('the key %s, with Ctrl: %s, leads to %j', (key, ctrlKey, to) => {
  const extent = { rows: 100, columns: 4, page: 10 };
  expect(moveInGrid({ row: 5, column: 2 }, { key, ctrlKey, metaKey: false, altKey: false }, extent)).toEqual(
    to,
  );
});
