/*
 * What a search takes for the same: compatible forms (NFKC), upper and lower case, letters with and without marks. Every
 * text is folded piece by piece, so that a place in the folded text leads back to the original.
 */

const ASCII = /^[\0-\x7f]*$/;
const JAMO = '\\u1100-\\u11ff\\u3131-\\u318e\\ua960-\\ua97f\\ud7b0-\\ud7ff\\uffa0-\\uffdc';
/** What folds on its own: a character with its marks. The parts of a Hangul syllable fold together, even with marks between them. */
const PIECE = new RegExp(`[\\uac00-\\ud7a3]?\\p{M}*(?:[${JAMO}]\\p{M}*)+|\\P{M}\\p{M}*|\\p{M}+`, 'gu');

/** The text without what a search ignores. */
export function foldText(text: string): string {
  const folded = ASCII.test(text) ? text : text.normalize('NFKD').replace(/\p{M}+/gu, '');
  const lower = folded.toLowerCase();
  // Lower case may bring marks, and has two forms of sigma.
  return ASCII.test(lower)
    ? lower
    : lower
        .replace(/\p{M}+/gu, '')
        .replaceAll('ς', 'σ')
        .normalize('NFC');
}

export type Folded = {
  readonly text: string;
  /** The range of the original from which a range of the folded text was made. */
  readonly original: (from: number, to: number) => readonly [from: number, to: number];
};

/** As `foldText`, with the way back to the original. */
export function foldWithPlaces(text: string): Folded {
  if (ASCII.test(text)) return { text: text.toLowerCase(), original: (from, to) => [from, to] };
  const starts: number[] = [];
  const ends: number[] = [];
  let folded = '';
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    const one = foldText(piece);
    folded += one;
    for (let unit = 0; unit < one.length; unit += 1) {
      starts.push(index);
      ends.push(index + piece.length);
    }
  }
  return {
    text: folded,
    original: (from, to) => [starts[from] ?? text.length, to > from ? (ends[to - 1] ?? text.length) : 0],
  };
}
