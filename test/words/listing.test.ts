import { expect, test, vi } from 'vitest';
import { lineDetail, lineTitle, NOTHING_HELD } from '../../words/listing.ts';
import { kept, listedSnapshot } from '../support/listed-snapshot.ts';
import { defaultRules } from '../support/rules.ts';

/** The two lines of a snapshot in the list. */

// Before the formatters are made.
vi.hoisted(() => {
  process.env.TZ = 'Europe/Vienna';
});
const now = new Date('2026-11-23T14:00:00Z');
const against = { lastEventId: 100n, databaseProblem: null, rules: defaultRules, now };

test.each([
  ['rewind/a', null, 'Before a rewind'],
  ['rewind/a', 'Lighthouse', 'Before the rewind of Lighthouse'],
  ['periodic/a', 'Lighthouse', 'Checkpoint'],
  ['restore/a', null, 'Safety copy'],
  ['weekly/a', null, '“weekly” snapshot'],
])('the first line of %s says what it is (rewound: %s)', (id, rewoundChat, words) => {
  expect(lineTitle(listedSnapshot(id), { ...NOTHING_HELD, rewoundChat })).toBe(words);
});

test.each([
  ['unchanged', 'as of 14:00'],
  ['changed', 'changed since it was opened; as of 14:00'],
  ['gone', 'no longer there; as of 14:00'],
] as const)('an opened file has its own name, and says what became of it: %s', (state, words) => {
  const opened = { state, lacksWal: false };
  const file = listedSnapshot('@file/chat.db.bak', { lastEventId: null, opened });
  expect(lineTitle(file, NOTHING_HELD)).toBe('chat.db.bak');
  expect(lineDetail(file, NOTHING_HELD, against)).toBe(words);
});

test('a kept snapshot carries the name that a person gave it', () => {
  const given = {
    name: 'Before the storm',
    note: null,
    from: 'rewind/a',
    keptAt: '2026-11-23T13:00:00.000Z',
  };
  expect(lineTitle(listedSnapshot('@kept/a', { kept: given }), NOTHING_HELD)).toBe('Before the storm');
  expect(lineTitle(listedSnapshot('@kept/a', { kept: { ...given, name: null } }), NOTHING_HELD)).toBe('Kept');
});

test.each([
  [{}, null, '10 events since'],
  [{ lastEventId: 100n }, null, 'nothing newer since'],
  [{ lastEventId: 101n }, null, 'holds 1 event you no longer have'],
  [{ lastEventId: 101n }, 20, 'holds 20 messages you no longer have'],
  [{ sizeBytes: 12_000_000 }, null, '10 events since · 12 MB'],
  [{ lineage: 'other' as const }, null, ''],
  [{ retention: { ...kept, goesAt: '2026-12-07T13:00:00.000Z' } }, null, '10 events since'],
  [
    { retention: { ...kept, reason: 'needed-at-next-start' as const } },
    null,
    '10 events since · used at the chat app’s next start',
  ],
  [
    { retention: { ...kept, status: 'offered' as const, reason: 'safety-copy-passed' as const } },
    null,
    '10 events since · can be pruned',
  ],
  [
    { health: 'damaged' as const, healthDetail: 'Incomplete: the end of the file is missing.' },
    20,
    'Incomplete: the end of the file is missing.',
  ],
  [
    { undoes: { snapshotId: 'rewind/20261122T120000Z', action: 'restore' as const } },
    null,
    'the state before the 14:00 restore',
  ],
])('the second line of %o (holding %s lost messages) is “%s”', (change, messages, words) => {
  const held = { ...NOTHING_HELD, messages };
  expect(lineDetail(listedSnapshot('rewind/a', change), held, against)).toBe(words);
});

test('without a database nothing is compared with now', () => {
  const held = { ...NOTHING_HELD, messages: 3 };
  expect(lineDetail(listedSnapshot('rewind/a'), held, { ...against, databaseProblem: {} })).toBe('');
});
