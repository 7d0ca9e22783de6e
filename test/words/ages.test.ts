import { describe, expect, test } from 'vitest';
import { formatAge, formatRest } from '../../words/ages.ts';

const now = new Date('2026-11-23T14:31:00Z');

describe('ages', () => {
  test.each([
    [20_000, 'just now'],
    [28 * 60_000, '28 min ago'],
    [60 * 60_000, '1 hr ago'],
    [25 * 60 * 60_000, '1 day ago'],
    [15 * 24 * 60 * 60_000, '15 days ago'],
    [60 * 24 * 60 * 60_000, '8 wk ago'],
    [-90 * 60_000, 'in 1 hr'],
  ])('%d ms is “%s”', (ms, words) => {
    expect(formatAge(new Date(now.getTime() - ms).toISOString(), now)).toBe(words);
  });

  test('the remaining time is rounded, so that two days stay two days for a while', () => {
    expect(formatRest(2 * 24 * 60 * 60_000 - 60_000)).toBe('in 2 days');
  });
});
