import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Chosen, chooseLine, lineAfterLoss } from '../../../renderer/snapshots/choosing.ts';

const LINES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/** Chosen are the capitals; the range goes from the first letter after the space to the second one. */
function read(text: string): Chosen {
  const [lines = '', range = ''] = text.split(' ');
  const ids = new Set([...lines].filter((one) => one !== one.toLowerCase()).map((one) => one.toLowerCase()));
  return { ids, anchor: range.at(0) ?? null, end: range.at(1) ?? null };
}

function write({ ids, anchor, end }: Chosen): string {
  const lines = LINES.map((id) => (ids.has(id) ? id.toUpperCase() : id)).join('');
  return anchor === null ? lines : `${lines} ${anchor}${end}`;
}

describe('what is chosen', () => {
  test.each([
    ['aBcdefg bb', 'only', 'd', 'abcDefg dd'],
    ['aBCDefg bd', 'only', 'c', 'abCdefg cc'],
    ['aBcdefg bb', 'toggle', 'e', 'aBcdEfg ee'],
    ['aBcdEfg ee', 'toggle', 'e', 'aBcdefg ee'],
    ['aBcdefg bb', 'toggle', 'b', 'aBcdefg bb'],
    ['aBcdefg bb', 'range', 'd', 'aBCDefg bd'],
    ['aBCDefg bd', 'range', 'c', 'aBCdefg bc'],
    ['aBCDefg bd', 'range', 'a', 'ABcdefg ba'],
    ['aBcdEFg ef', 'range', 'g', 'aBcdEFG eg'],
    ['aBcdEFg ef', 'range', 'c', 'aBCDEfg ec'],
    // Chosen by something else than the list: the range begins at the first of them.
    ['abCdefg', 'range', 'e', 'abCDEfg ce'],
    ['abcdefg', 'range', 'e', 'abcdEfg ee'],
    // Where it began is no longer in the list.
    ['abCdefg xx', 'range', 'e', 'abCDEfg ce'],
    ['abCDefg cx', 'range', 'a', 'ABCDefg ca'],
  ] as const)('%s, %s %s: %s', (before, how, to, after) => {
    expect(write(chooseLine(read(before), LINES, to, how))).toBe(after);
  });

  test('keeps the same set if nothing changes, because the set says where a range began', () => {
    const before = read('aBcdefg bb');
    expect(chooseLine(before, LINES, 'b', 'toggle').ids).toBe(before.ids);
  });

  test('is never nothing, and a range is all between its ends, whatever came before', () => {
    const step = fc.tuple(fc.constantFrom(...LINES), fc.constantFrom('only', 'toggle', 'range'));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        let chosen: Chosen = { ids: new Set(['d']), anchor: null, end: null };
        for (const [to, how] of steps) {
          chosen = chooseLine(chosen, LINES, to, how);
          expect(chosen.ids.size).toBeGreaterThan(0);
          if (how !== 'toggle') expect(chosen.ids).toContain(to);
          if (how === 'only') expect([...chosen.ids]).toEqual([to]);
          if (how !== 'range') continue;
          const ends = [chosen.anchor, chosen.end].map((id) => LINES.indexOf(String(id))).toSorted();
          const between = LINES.slice(ends[0], (ends[1] ?? 0) + 1);
          expect([...chosen.ids]).toEqual(expect.arrayContaining(between));
        }
      }),
    );
  });

  test('a range that is extended and taken back leaves what was chosen before', () => {
    fc.assert(
      fc.property(
        fc.subarray(LINES, { minLength: 1 }),
        fc.constantFrom(...LINES),
        fc.array(fc.constantFrom(...LINES)),
        (ids, from, way) => {
          const begun = chooseLine({ ids: new Set(ids), anchor: from, end: from }, LINES, from, 'range');
          const ended = [...way, from].reduce((chosen, to) => chooseLine(chosen, LINES, to, 'range'), begun);
          const met = new Set(
            way.flatMap((to) => {
              const [a, b] = [LINES.indexOf(from), LINES.indexOf(to)].toSorted();
              return LINES.slice(a, (b ?? 0) + 1);
            }),
          );
          const expected = [...ids.filter((id) => !met.has(id)), from];
          expect([...ended.ids].toSorted()).toEqual([...new Set(expected)].toSorted());
        },
      ),
    );
  });
});

describe('the line with the focus', () => {
  test.each([
    ['c', 'abcde', 'abcde', 'c'],
    ['c', 'abcde', 'abde', 'd'],
    ['c', 'abcde', 'abe', 'e'],
    ['c', 'abcde', 'ab', 'b'],
    ['a', 'abcde', 'xy', null],
    ['c', 'abcde', 'xedcba', 'c'],
    ['c', 'abcde', 'xedba', 'd'],
    [null, 'abcde', 'ab', null],
  ])('on %s of %s is, in %s, on %s', (line, before, now, after) => {
    expect(lineAfterLoss(line, [...before], [...now])).toBe(after);
  });
});
