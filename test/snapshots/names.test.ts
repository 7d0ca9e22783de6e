import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareNames, isName, nameAfter, nextName } from '../../src/snapshots/names.ts';

const NOW = '20260102T030405Z';

/** As the seed's language orders texts, the ending of the file included. */
function compareByCodePoint(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => [...`${name}.json`].map((letter) => letter.codePointAt(0) ?? 0));
  const at = (left ?? []).findIndex((code, index) => code !== right?.[index]);
  return at === -1 ? a.length - b.length : (left?.[at] ?? 0) - (right?.[at] ?? -1);
}

describe('a name after all others', () => {
  test.each([
    [null, NOW],
    ['20200101T000000Z', NOW],
    [NOW, `${NOW}_001`],
    ['20990101T000000Z', '20990101T000000Z_001'],
    ['20990101T000000Z_041', '20990101T000000Z_042'],
    ['20990101T235959Z_999', '20990102T000000Z'],
    ['20991399T000000Z_999', '20991399T000000Z_999_001'],
    ['zzz', 'zzz_001'],
    ['\u{1f600}', '\u{1f600}_001'],
  ])('after %j is %j', (newest, expected) => {
    expect(nameAfter(newest, NOW)).toBe(expected);
  });

  test.each([
    ['z'.repeat(250), 'longer than a file name may become'],
    ['99991231T235959Z_999', 'at the end of what the calendar can name'],
    ['z\u0001', 'with a letter that no snapshot may have'],
    ['~\u007f', 'with one after the last plain letter'],
    ['a\\b', 'with a backslash'],
    ['20991231T235959Z\n', 'that is nearly a time'],
    ['~'.repeat(250), 'of the last plain letter alone'],
    ['~', 'that is the last plain letter'],
    ['\u{10ffff}', 'that is the last letter'],
    ['\u{10ffff}'.repeat(62), 'of the last letter, as long as may be'],
    ['\u{10ffff}\u0001', 'of the last letter and one that no snapshot may have'],
    ['\ud7ff'.repeat(83), 'before the letters that come in pairs'],
    ['\u{1f600}'.repeat(62), 'of letters beyond sixteen bits'],
    ['\uffff'.repeat(83), 'of the last letter within them'],
    ['.\u{10ffff}', 'that is hidden'],
    ['', 'that is nothing but its ending'],
  ])('is found after %j, %s, and leaves room for the next one', (newest) => {
    expectRoomAfter(newest);
  });

  test('is found after any other possible file name', () => {
    const letters = fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
      fc.string({ unit: fc.constantFrom('~', '\u{10ffff}', '\uffff', 'Z', '_', '9', '0'), maxLength: 8 }),
    );
    fc.assert(
      fc.property(letters, (text) => {
        fc.pre(!/[/\0]/.test(text));
        expectRoomAfter(text);
      }),
      { numRuns: 1000 },
    );
  });
});

function expectRoomAfter(newest: string): void {
  const name = nameAfter(newest, NOW);
  const next = nextName(name);
  expect([name, next].every(isName)).toBe(true);
  expect(compareByCodePoint(name, newest)).toBeGreaterThan(0);
  expect(compareByCodePoint(next, name)).toBeGreaterThan(0);
}

test('names are ordered as the seed orders them', () => {
  const names = fc.string({ unit: 'binary', maxLength: 5 });
  fc.assert(
    fc.property(names, names, (a, b) => {
      expect(Math.sign(compareNames(a, b))).toBe(Math.sign(compareByCodePoint(a, b)));
    }),
    { numRuns: 2000 },
  );
});
