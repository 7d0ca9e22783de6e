import { describe, expect, test, vi } from 'vitest';
import type { Retention } from '../../src/model/snapshots.ts';
import { retentionWords, shortRetention } from '../../words/retention.ts';
import { detailWords, lineageWords, tagOf } from '../../words/snapshots.ts';
import { kept, listedSnapshot } from '../support/listed-snapshot.ts';
import { defaultRules } from '../support/rules.ts';

// Before the formatters are made.
vi.hoisted(() => {
  process.env.TZ = 'Europe/Vienna';
});
const now = new Date('2026-11-23T14:00:00Z');
const against = { lastEventId: 100n, databaseProblem: null, rules: defaultRules };

describe('the list', () => {
  test('only the most serious mark is shown: damage, another history, a near end', () => {
    const soon: Retention = { ...kept, goesAt: '2026-11-25T13:30:00.000Z' };
    expect(tagOf(listedSnapshot('a/b', { retention: soon }), now)).toEqual({
      text: 'removed in 2 days',
      tone: 'soon',
    });
    expect(tagOf(listedSnapshot('a/b', { retention: soon, lineage: 'other' }), now)?.text).toBe(
      'separate history',
    );
    expect(tagOf(listedSnapshot('a/b', { lineage: 'other', health: 'damaged' }), now)?.tone).toBe('bad');
    expect(tagOf(listedSnapshot('a/b'), now)).toBeNull();
    // A safety copy does not go by itself.
    expect(tagOf(listedSnapshot('a/b', { retention: { ...soon, reason: 'safety-copy' } }), now)).toBeNull();
  });

  test.each([
    [{}, '10 events since · 1 MB'],
    [{ lastEventId: 100n }, 'nothing newer since · 1 MB'],
    [{ lastEventId: 101n }, 'holds 1 event you no longer have · 1 MB'],
    [{ lineage: 'other' as const }, '1 MB'],
    [
      { retention: { ...kept, goesAt: '2026-12-07T13:00:00.000Z' } },
      '10 events since · 1 MB · kept until 7 Dec',
    ],
    [
      { retention: { ...kept, reason: 'needed-at-next-start' as const } },
      '10 events since · 1 MB · used at the chat app’s next start',
    ],
    [
      { retention: { ...kept, reason: 'safety-copy' as const, goesAt: '2026-11-24T13:00:00.000Z' } },
      '10 events since · 1 MB · kept until 24 Nov at least',
    ],
    [
      {
        retention: {
          ...kept,
          status: 'offered' as const,
          reason: 'safety-copy-passed' as const,
          goesAt: '2026-11-22T13:00:00.000Z',
        },
      },
      '10 events since · 1 MB · can be pruned',
    ],
    [
      { health: 'damaged' as const, healthDetail: 'Incomplete: the end of the file is missing.' },
      'Incomplete: the end of the file is missing.',
    ],
    [
      { undoes: { snapshotId: 'rewind/20261122T120000Z', action: 'restore' as const } },
      /^the state before the 14:00 restore · 1 MB$/,
    ],
  ])('%o is described as %s', (change, words) => {
    expect(detailWords(listedSnapshot('rewind/a', change), against, now)).toMatch(words);
  });
});

describe('how long a snapshot is kept', () => {
  const strict = { ...defaultRules, rewind: { keepDays: 3 }, restore: { keep: 2, keepDays: 6 } };

  test('is explained with the numbers of the profile', () => {
    const passed: Retention = { ...kept, status: 'due', reason: 'age-passed' };
    expect(shortRetention(passed, strict, now)).toBe('older than 3 days');
    expect(retentionWords(passed, strict, now)).toBe('Due for removal: older than 3 days.');
    const copy: Retention = { ...kept, status: 'offered', reason: 'safety-copy-passed', keep: 2 };
    expect(retentionWords(copy, strict, now)).toMatch(/2 newer safety copies.*older than 6 days/);
  });

  test.each([
    [{ reason: 'within-age', goesAt: '2026-12-09T10:00:00Z' }, 'Kept until 9 Dec.'],
    [
      { reason: 'among-newest', status: 'goes-next', rank: 5, keep: 5 },
      'Oldest of the 5 kept; removed when the next one is made.',
    ],
    [
      { reason: 'beyond-newest', status: 'due', keep: 7 },
      'Not one of the newest 7; removed when the next one is made.',
    ],
  ] as const)('%o is described as “%s”', (change, words) => {
    expect(retentionWords({ ...kept, ...change }, defaultRules, now)).toBe(words);
  });
});

test('a snapshot of another history says what restoring it would replace', () => {
  expect(lineageWords({ lineage: 'same', newerEvents: [] })).toBeNull();
  expect(lineageWords({ lineage: 'other', newerEvents: [] })).toBe(
    'This snapshot and your database went separate ways.',
  );
});
