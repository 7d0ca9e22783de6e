import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldText, foldWithPlaces } from '../../src/search/fold.ts';

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      ...'aAßẞİıſςσΣéÉ',
      'e\u0301',
      '\u0301',
      '\u0327',
      'ﬁ',
      '½',
      'Ａ',
      '한',
      '하',
      'ㅎ',
      'ㅏ',
      'ㄴ',
      '\u1112',
      '\u1161',
      '\u11ab',
      '\uffbe',
      '\uffc2',
      'が',
      'か',
      '\u3099',
      'ｶﾞ',
      'ก',
      'ำ',
      'क',
      'ि',
      '😀',
      '\ud83d',
      '\u0345',
      'ͅ',
      '①',
      '㍿',
      ' ',
      '\n',
    ),
    maxLength: 12,
  }),
);

describe('What a search takes for the same', () => {
  it.each([
    ['Café', 'CAFE\u0301'],
    ['Ｌｉｇｈｔ', 'light'],
    ['ΟΔΟΣ', 'οδός'],
    ['Istanbul', 'İSTANBUL'],
    ['ﬁnal', 'FINAL'],
    ['한글', '\u1112\u1161\u11ab\u1100\u1173\u11af'],
    ['z̸̡̛a͎̓l̶͔g̷̈́o̴', 'Zalgo'],
  ])('“%s” is “%s”', (a, b) => {
    expect(foldText(a)).toBe(foldText(b));
  });

  it('tells a Hangul syllable from its beginning', () => {
    expect(foldText('한')).not.toContain(foldText('하'));
  });

  it('folding piece by piece gives the same as folding the whole, for any text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(foldWithPlaces(text.toWellFormed()).text).toBe(foldText(text.toWellFormed()));
      }),
      { numRuns: 2000 },
    );
  });

  it('leads every place back to a part of the original that folds to what stands there', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (raw, a, b) => {
        const text = raw.toWellFormed();
        const folded = foldWithPlaces(text);
        if (folded.text === '') return;
        const from = a % folded.text.length;
        const to = from + 1 + (b % (folded.text.length - from));
        const [first, last] = folded.original(from, to);
        expect(foldText(text.slice(first, last))).toContain(folded.text.slice(from, to));
      }),
      { numRuns: 2000 },
    );
  });
});
