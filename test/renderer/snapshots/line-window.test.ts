import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Block,
  LEAST_LINE,
  layOut,
  pageFrom,
  rangeAround,
  rangeFor,
  within,
} from '../../../renderer/snapshots/line-window.ts';

/** Days with lines, the height that each line really has, and which of them were drawn before. */
const lists = fc
  .array(
    fc.array(fc.tuple(fc.integer({ min: LEAST_LINE, max: 150 }), fc.boolean()), {
      minLength: 1,
      maxLength: 40,
    }),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((days) => {
    const lines = days.flatMap((day, at) =>
      day.map(([height, isKnown], no) => ({ id: `${at} ${no}`, height, isKnown })),
    );
    return {
      groups: days.map((day, at) => ({ ids: day.map((_, no) => `${at} ${no}`) })),
      heights: new Map(lines.filter(({ isKnown }) => isKnown).map(({ id, height }) => [id, height])),
      real: new Map(lines.map(({ id, height }) => [id, height])),
      ids: lines.map(({ id }) => id),
    };
  });

function heightOf(blocks: readonly Block[], lineHeight: (place: number) => number, heading: number): number {
  const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);
  return sum(
    blocks.map((block) =>
      block.is === 'gap'
        ? block.height
        : heading +
          sum(block.parts.map((part) => (part.is === 'gap' ? part.height : lineHeight(part.place)))),
    ),
  );
}

function linesOf(blocks: readonly Block[]): readonly number[] {
  return blocks.flatMap((block) =>
    block.is === 'gap' ? [] : block.parts.flatMap((part) => (part.is === 'line' ? [part.place] : [])),
  );
}

describe('the lines that are drawn', () => {
  test('are in the order of the list, and the gaps are as high as what they stand for', () => {
    fc.assert(
      fc.property(lists, fc.func(fc.boolean()), ({ groups, heights, ids }, isDrawn) => {
        const known = (place: number) => heights.get(ids[place] ?? '') ?? 51;
        const whole = layOut(groups, heights, () => true);
        const blocks = layOut(groups, heights, isDrawn);
        expect(linesOf(whole)).toEqual(ids.map((_, place) => place));
        expect(linesOf(blocks)).toEqual(linesOf(whole).filter((place) => isDrawn(place)));
        expect(heightOf(blocks, known, 34)).toBe(heightOf(whole, known, 34));
      }),
    );
  });

  test('join all between them in one gap, so that a long list is few elements', () => {
    const groups = Array.from({ length: 1_000 }, (_, day) => ({ ids: [`${day} a`, `${day} b`, `${day} c`] }));
    const blocks = layOut(groups, new Map(), (place) => place >= 1_500 && place < 1_520);
    expect(blocks.length).toBeLessThan(12);
    expect(blocks[0]).toEqual({ is: 'gap', from: 0, height: 500 * (34 + 3 * 51) });
  });

  test('fill the screen wherever it is, even where lines are lower than was guessed, and are kept while they do', () => {
    fc.assert(
      fc.property(
        lists,
        fc.record({ from: fc.nat(60), size: fc.integer({ min: 1, max: 30 }) }),
        fc.record({
          // Beyond the end, where lines are higher than was guessed.
          part: fc.double({ min: 0, max: 1.5, noNaN: true }),
          view: fc.integer({ min: 50, max: 1_500 }),
        }),
        ({ groups, heights, real, ids }, { from, size }, { part, view }) => {
          const total = heightOf(
            layOut(groups, heights, () => false),
            () => 0,
            34,
          );
          const top = part * Math.max(0, total - view);
          const before = within({ from, to: from + size }, ids.length);
          const range = rangeFor(before, groups, heights, { top, view });
          expect(rangeFor(range, groups, heights, { top, view })).toBe(range);
          const blocks = layOut(groups, heights, (place) => place >= range.from && place < range.to);
          // Where the lines begin in the list, and where they end as high as they really are.
          const above = ids.slice(0, range.from);
          const days = (count: number) => new Set(ids.slice(0, count).map((id) => id.split(' ')[0])).size;
          const begin =
            above.reduce((sum, id) => sum + (heights.get(id) ?? 51), 0) + 34 * days(range.from + 1) - 34;
          const end =
            begin + ids.slice(range.from, range.to).reduce((sum, id) => sum + (real.get(id) ?? 0), 0);
          expect(linesOf(blocks)[0]).toBe(range.from);
          if (range !== before) expect(range.to - range.from).toBeLessThan(view / LEAST_LINE + 20);
          if (range.from > 0) expect(begin).toBeLessThanOrEqual(top);
          if (range.to < ids.length) expect(end).toBeGreaterThanOrEqual(top + view - 34);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('are some of the list also after it has become shorter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 500 }),
        fc.integer({ min: 100, max: 2_000 }),
        fc.nat(300),
        (place, screen, count) => {
          const wanted = rangeAround(place, screen);
          const { from, to } = within(wanted, count);
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to - from).toBe(Math.min(count, wanted.to - wanted.from));
          if (place >= 0 && place < count) expect(place >= from && place < to).toBe(true);
        },
      ),
    );
  });
});

describe('a page', () => {
  test('leads to another line, past none that was not in sight', () => {
    fc.assert(
      fc.property(
        lists,
        fc.nat(400),
        fc.integer({ min: 100, max: 1_500 }),
        ({ groups, heights, ids }, line, view) => {
          const at = line % ids.length;
          const down = pageFrom(groups, heights, { at, view, direction: 1 });
          const up = pageFrom(groups, heights, { at, view, direction: -1 });
          expect(down > at || at === ids.length - 1).toBe(true);
          expect(up < at || at === 0).toBe(true);
          const between = (a: number, b: number) =>
            ids.slice(a, b).reduce((sum, id) => sum + (heights.get(id) ?? 51), 0);
          if (down > at + 1) expect(between(at, down)).toBeLessThanOrEqual(view);
          if (up < at - 1) expect(between(up, at)).toBeLessThanOrEqual(view);
        },
      ),
    );
  });
});
