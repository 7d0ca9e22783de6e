import { describe, expect, test, vi } from 'vitest';
import { exactnessAmong, formatDay, formatMoment, formatTimestamp, formatUtc } from '../../words/moments.ts';

// Before the formatters are made.
vi.hoisted(() => {
  process.env.TZ = 'Europe/Vienna';
});
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

  test('two times in the same minute are distinguished by their seconds', () => {
    expect(formatMoment(at(2026, 10, 21, 22, 47), now, 'seconds')).toBe('Sat 21 Nov, 22:47:00');
  });

  test('among many times only those in the same minute show seconds', () => {
    const [first, second, other] = ['2026-11-23T13:32:10Z', '2026-11-23T13:32:50Z', '2026-11-23T13:33:10Z'];
    const exactness = exactnessAmong([first, second, other, other]);
    expect([first, second, other].map(exactness)).toEqual(['seconds', 'seconds', 'minutes']);
  });

  test('every month has three letters', () => {
    const days = Array.from({ length: 12 }, (_, index) => formatDay(at(2026, index, 5, 12, 0), now));
    expect(days.map((day) => day.replace(/^5 /, ''))).toEqual(
      expect.arrayContaining(['Jan', 'Jun', 'Sep', 'Dec']),
    );
    for (const day of days) expect(day).toMatch(/^5 [A-Z][a-z]{2}$/);
  });

  test('in the hour that occurs twice, two times never look the same', () => {
    const [before, after] = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'];
    expect([before, after].map((iso) => formatMoment(iso, now))).toEqual([
      'Sun 25 Oct, 02:30 GMT+2',
      'Sun 25 Oct, 02:30 GMT+1',
    ]);
    expect([before, after].map(formatTimestamp)).toEqual([
      '2026-10-25 02:30:00 GMT+2',
      '2026-10-25 02:30:00 GMT+1',
    ]);
    expect(formatMoment('2026-10-25T02:00:00Z', now)).toBe('Sun 25 Oct, 03:00');
  });
});

test('UTC is written so that it can be compared with a file name', () => {
  expect(formatUtc('2026-11-23T13:03:01.000Z')).toBe('2026-11-23 13:03:01 UTC');
});
