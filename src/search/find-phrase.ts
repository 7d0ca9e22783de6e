import { SnapbackError } from '../model/errors.ts';
import type { SearchRequest } from '../model/search.ts';
import { foldText, foldWithPlaces } from './fold.ts';

/** Long enough for a paragraph that somebody pastes. */
const LONGEST_PHRASE = 1000;
const MOST_MARKS = 20;

export type Phrase = {
  /** The folded phrase as UTF-8, to be looked for in folded texts. */
  readonly bytes: Buffer;
  /** Where it is in a text: the first few places. Empty: nowhere. */
  readonly find: (text: string) => readonly (readonly [from: number, to: number])[];
};

/** Prepares for looking for a phrase. @throws `usage` where nothing of it can be looked for, or it is too long */
export function preparePhrase({ phrase, words }: Pick<SearchRequest, 'phrase' | 'words'>): Phrase {
  if (phrase.length > LONGEST_PHRASE)
    throw new SnapbackError('usage', `A phrase can have at most ${LONGEST_PHRASE} characters.`);
  const folded = foldText(phrase.toWellFormed());
  if (folded.trim() === '')
    throw new SnapbackError('usage', 'There is nothing to search for: type a word or a phrase.');
  const segmenter = words ? new Intl.Segmenter(undefined, { granularity: 'word' }) : null;
  return {
    bytes: Buffer.from(folded),
    find(text) {
      const places = foldWithPlaces(text);
      const found: (readonly [from: number, to: number])[] = [];
      const segments = segmenter?.segment(text) ?? null;
      const isBetweenWords = (at: number) =>
        segments === null || at >= text.length || segments.containing(at)?.index === at;
      for (let at = places.text.indexOf(folded); at !== -1 && found.length < MOST_MARKS; ) {
        const [from, to] = places.original(at, at + folded.length);
        const isWhole = isBetweenWords(from) && isBetweenWords(to);
        if (isWhole) found.push([from, to]);
        at = places.text.indexOf(folded, at + (isWhole ? folded.length : 1));
      }
      return found;
    },
  };
}
