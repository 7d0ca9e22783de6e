import { describe, expect, test } from 'vitest';
import { formatAge, formatMoment, formatRest, formatUtc } from '../../../renderer/words/time.ts';

const now = new Date(2026, 10, 23, 14, 31);
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

describe('moments in local time', () => {
  test.each([
    [at(2026, 10, 23, 14, 3), 'today 14:03'],
    [at(2026, 10, 22, 23, 59), 'yesterday 23:59'],
    [at(2026, 10, 24, 0, 0), 'tomorrow 00:00'],
    [at(2026, 10, 21, 22, 47), 'Sat 21 Nov, 22:47'],
    [at(2025, 0, 3, 8, 0), '3 Jan 2025, 08:00'],
  ])('%s is “%s”', (iso, words) => {
    expect(formatMoment(iso, now)).toBe(words);
  });

  test('two of one minute can be told apart by their seconds', () => {
    expect(formatMoment(at(2026, 10, 21, 22, 47), now, 'seconds')).toBe('Sat 21 Nov, 22:47:00');
  });
});

describe('ages', () => {
  test.each([
    [20_000, 'just now'],
    [28 * 60_000, '28 min ago'],
    [60 * 60_000, '1 h ago'],
    [25 * 60 * 60_000, '1 day ago'],
    [15 * 24 * 60 * 60_000, '15 days ago'],
    [60 * 24 * 60 * 60_000, '8 weeks ago'],
    [-90 * 60_000, 'in 1 h'],
  ])('%d ms is “%s”', (ms, words) => {
    expect(formatAge(new Date(now.getTime() - ms).toISOString(), now)).toBe(words);
  });

  test('what is left is rounded, so that two days stay two days for a while', () => {
    expect(formatRest(2 * 24 * 60 * 60_000 - 60_000)).toBe('2 days');
  });
});

test('UTC is written so that it can be compared with a file name', () => {
  expect(formatUtc('2026-11-23T13:03:01.000Z')).toBe('2026-11-23 13:03:01 UTC');
});
