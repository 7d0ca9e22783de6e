import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldOver, layOut } from '../../../renderer/conversation/blocks.ts';
import type { ConversationLayout, ConversationRun } from '../../../src/model/conversation.ts';

const STATES = ['kept', 'lost', 'newer'] as const;

/** Layouts as the core makes them: runs one after the other, folds inside of kept ones. */
const layouts: fc.Arbitrary<ConversationLayout> = fc
  .array(
    fc.record({
      length: fc.integer({ min: 1, max: 30 }),
      state: fc.constantFrom(...STATES),
      fold: fc.option(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 20 }))),
    }),
    { maxLength: 8 },
  )
  .map((parts) => {
    let from = 0;
    const runs = parts.map(({ length, state, fold }): ConversationRun => {
      const first = from + Math.min(fold?.[0] ?? 0, length - 1);
      const folded = Math.min(fold?.[1] ?? 0, from + length - first);
      const run = {
        ...{ from, length, state, messages: length, rewind: null },
        fold: fold === null || state !== 'kept' ? null : { from: first, length: folded, messages: folded },
      };
      from += length;
      return run;
    });
    return { places: from, runs };
  });

test('each place is shown once, as a message or in one fold, in order, and is found again', () => {
  fc.assert(
    fc.property(layouts, fc.array(fc.nat(200)), (layout, opened) => {
      const items = layOut(layout, new Set(opened));
      const places: number[] = [];
      let boundaries = 0;
      for (let index = 0; index < items.count; index += 1) {
        const { kind, place, run } = items.at(index);
        if (kind === 'message') places.push(place);
        else if (kind === 'boundary') boundaries += 1;
        else for (let at = 0; at < (run?.fold?.length ?? 0); at += 1) places.push(place + at);
        if (kind !== 'boundary') expect(items.indexOf(place)).toBe(index);
      }
      expect(places).toEqual(Array.from({ length: layout.places }, (_, place) => place));
      expect(boundaries).toBe(layout.runs?.filter(({ state }) => state !== 'kept').length);
      for (const place of places) {
        const item = items.at(items.indexOf(place));
        const fold = item.run?.fold;
        const over = foldOver(layout, place);
        expect(item.kind === 'fold').toBe(over !== null && !opened.includes(over));
        if (item.kind === 'message') expect(item.place).toBe(place);
        else if (fold != null) expect(place >= fold.from && place < fold.from + fold.length).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('a chat with too many runs is shown whole', () => {
  const items = layOut({ places: 5, runs: null }, new Set());
  expect(items.count).toBe(5);
  expect(items.at(4)).toMatchObject({ kind: 'message', place: 4 });
});
