import { describe, expect, test, vi } from 'vitest';
import type { Retention } from '../../src/model/snapshots.ts';
import { retentionWords, shortRetention } from '../../words/retention.ts';
import { lineageWords, tagOf } from '../../words/snapshots.ts';
import { kept, listedSnapshot } from '../support/listed-snapshot.ts';
import { defaultRules } from '../support/rules.ts';

// Before the formatters are made.
vi.hoisted(() => {
  process.env.TZ = 'Europe/Vienna';
});
const now = new Date('2026-11-23T14:00:00Z');

describe('the list', () => {
  test('only the most serious mark is shown: damage, another history, a near end', () => {
    const soon: Retention = { ...kept, goesAt: '2026-11-25T13:30:00.000Z' };
    expect(tagOf(listedSnapshot('a/b', { retention: soon }), now)).toMatchObject({
      text: 'removed in 2 days',
      tone: 'soon',
    });
    expect(tagOf(listedSnapshot('a/b', { retention: soon, lineage: 'other' }), now)).toMatchObject({
      text: 'went a separate way',
      means: expect.stringContaining('your database lacks'),
    });
    expect(tagOf(listedSnapshot('a/b', { lineage: 'other', health: 'damaged' }), now)?.tone).toBe('bad');
    expect(tagOf(listedSnapshot('a/b'), now)).toBeNull();
    // A safety copy does not go by itself.
    expect(tagOf(listedSnapshot('a/b', { retention: { ...soon, reason: 'safety-copy' } }), now)).toBeNull();
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
      'Oldest of the 5 kept; removed at the next checkpoint (within 100 events or 30 minutes).',
    ],
    [
      { reason: 'beyond-newest', status: 'due', keep: 7 },
      'Not one of the newest 7; removed at the next checkpoint (within 100 events or 30 minutes).',
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
