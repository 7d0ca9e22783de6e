import { expect, test } from 'vitest';
import type { Hit } from '../../src/model/search.ts';
import { type Extent, hitsWords } from '../../words/search.ts';

const hit: Hit = {
  table: 'event_log',
  key: [1n],
  column: 'payload_json',
  text: 'light',
  marks: [[0, 5]],
  in: [],
  hiddenIn: [],
  live: true,
  hiddenNow: false,
  event: null,
};
const gone: Hit = { ...hit, live: false };

test.each<readonly [hits: readonly Hit[], extent: Extent, words: string]>([
  [[], 'all', 'Nothing was found'],
  [[], 'running', 'Nothing was found so far'],
  [[], 'stopped', 'Nothing was found; then the search was stopped'],
  [[hit], 'all', '1 hit, still there'],
  [[gone], 'running', '1 hit, gone now so far'],
  [[hit, hit], 'all', '2 hits, all still there'],
  [[gone, gone], 'stopped', '2 hits, all gone now; then the search was stopped'],
  [[hit, hit, gone], 'first', 'The first 3 hits, 1 of them gone now'],
])('what was found is claimed only as far as the search has come (%#)', (hits, extent, words) => {
  expect(hitsWords(hits, extent)).toBe(words);
});
