import { describe, expect, it } from 'vitest';
import type { Hit, RowVersion } from '../../src/model/search.ts';
import {
  type Extent,
  excerptOf,
  hitsWords,
  mayBeGone,
  notSearchedWords,
  rowWords,
  saidWords,
  snapshotOf,
  stripWords,
  valueWords,
} from '../../words/search.ts';
import { defaultRules as rules } from '../support/rules.ts';

const hit: Hit = {
  ...{ table: 'event_log', key: [1n], column: 'payload_json', text: 'abc', marks: [[1, 2]] },
  ...{ in: [], hiddenIn: [], live: true, hiddenNow: false, event: null },
};
const moments = {
  name: (id: string) => (id.endsWith('gone') ? null : id.slice(-5)),
  when: (id: string) => `at ${id.slice(-5)}`,
};
const ids = ['rewind/14:03', 'periodic/13:45', 'rewind/13:00', 'rewind/12:00'];

describe('the strip of a hit', () => {
  it.each([
    [{}, 'In no snapshot yet'],
    [{ in: ids.slice(1, 2) }, 'Snapshot: 13:45; still there'],
    [{ in: ids, live: false }, 'Snapshots: 14:03, 13:45, 13:00 and 1 older; gone since the rewind at 14:03'],
    [{ in: ids.slice(1), live: false }, 'Snapshots: 13:45, 13:00 and 12:00; gone now'],
    [{ in: ids.slice(0, 2), hiddenIn: ids.slice(0, 1), hiddenNow: true }, 'Snapshot: 13:45; hidden now'],
    [{ in: ['x/gone'], live: false }, 'Snapshot: x/gone; gone now'],
    [{ in: ids.slice(0, 2), live: null }, 'Snapshots: 14:03 and 13:45'],
  ])('%j', (more, words) => {
    expect(stripWords({ ...hit, ...more }, moments)).toBe(words);
  });

  it.each(['running', 'stopped'] as const)(
    'claims nothing of snapshots that were not searched: %s',
    (extent) => {
      expect(stripWords(hit, moments, extent)).toBe('In no snapshot that was searched so far');
    },
  );
});

it('an excerpt holds the first place of the phrase, marked, and never half a character', () => {
  const text = `${'😀'.repeat(300)}word${'😀'.repeat(300)}`;
  const parts = excerptOf({ text, marks: [[600, 604]] });
  expect(parts.filter(({ isMatch }) => isMatch).map((part) => part.text)).toEqual(['word']);
  const shown = parts.map((part) => part.text).join('');
  expect(shown.isWellFormed()).toBe(true);
  expect(shown.length).toBeLessThan(300);
  expect(excerptOf(hit).map((part) => part.text)).toEqual(['a', 'b', 'c']);
});

function saying(text: string, isHidden: boolean): RowVersion {
  const said = { speaker: 'Mara', text, ts: null, kind: 'message', isHidden };
  return { row: [], in: [], live: true, said };
}

it.each<readonly [before: RowVersion | undefined, version: RowVersion, words: string | null]>([
  [undefined, saying('a', false), null],
  [undefined, saying('a', true), 'Hidden from the chat'],
  [saying('a', false), saying('a', true), 'The same words, hidden from the chat'],
  [saying('a', true), saying('a', false), 'The same words, in the chat again'],
  [saying('a', false), saying('a', false), 'The same words'],
  [saying('a', true), saying('b', false), 'In the chat again'],
  [saying('a', false), saying('b', false), null],
])('a version of a message says what is not seen from its words (%#)', (before, version, words) => {
  expect(saidWords(version, before)).toBe(words);
});

it.each([
  [{ live: true, hiddenNow: false }, false],
  [{ live: true, hiddenNow: true }, true],
  [{ live: false, hiddenNow: false }, true],
  [{ live: null, hiddenNow: false }, true],
])(
  'only what is known to be seen now is left out where somebody looks for what is gone: %j',
  (now, isShown) => {
    expect(mayBeGone(now)).toBe(isShown);
  },
);

const gone: Hit = { ...hit, live: false };

it.each<readonly [hits: readonly Hit[], extent: Extent, words: string]>([
  [[], 'all', 'Nothing was found'],
  [[], 'running', 'Nothing was found so far'],
  [[], 'stopped', 'Nothing was found; then the search was stopped'],
  [[hit], 'all', '1 hit, still there'],
  [[gone], 'running', '1 hit, gone now so far'],
  [[{ ...hit, live: null }], 'all', '1 hit'],
  [[hit, hit], 'all', '2 hits, all still there'],
  [[gone, gone], 'stopped', '2 hits, all gone now; then the search was stopped'],
  [[hit, hit, gone], 'first', 'The first 3 hits, 1 of them gone now'],
])('what was found is claimed only as far as the search has come (%#)', (hits, extent, words) => {
  expect(hitsWords(hits, extent)).toBe(words);
});

it('what was not searched is counted once each', () => {
  const notSearched = [
    { id: null, reason: '' },
    { id: 'a', reason: '1' },
    { id: 'a', reason: '2' },
  ];
  expect(notSearchedWords({ notSearched })).toBe('The database and 1 snapshot could not be searched in full');
});

it('a row is named in people’s words, and JSON is shown without escapes', () => {
  expect(rowWords({ ...hit, table: 'memories', column: 'text' }, rules)).toBe('Memory, text');
  expect(rowWords({ ...hit, table: 'other', column: 'text' }, rules)).toBe('Other, text');
  expect(valueWords('{"a":"caf\\u00e9 \\ud83d\\ude00 \\\\u0041"}')).toBe('{"a":"café 😀 \\\\u0041"}');
  expect(valueWords(null)).toBe('nothing');
});

it.each([
  ['of one, the newest that shows it', [{}], ids[0]],
  ['not one in which it is hidden', [{ hiddenIn: ids.slice(0, 1) }, {}], ids[1]],
  ['one that shows all', [{ in: ids.slice(1) }, { in: ids.slice(2) }, {}], ids[2]],
  ['none where no single one shows all', [{ in: ids.slice(0, 1) }, { in: ids.slice(1) }], null],
  ['none of nothing', [], null],
])('several hits come back from the newest snapshot that shows all: %s', (_, hits, id) => {
  expect(snapshotOf(hits.map((one) => ({ ...hit, in: ids, ...one })))).toBe(id);
});
