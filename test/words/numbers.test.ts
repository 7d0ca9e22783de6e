import { expect, test } from 'vitest';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';

test('sizes have at most three digits and a unit', () => {
  expect([0, 999, 1000, 99_950, 999_499, 999_500, 182_000_000, 5e12].map(formatBytes)).toEqual([
    '0 bytes',
    '999 bytes',
    '1 kB',
    '100 kB',
    '999 kB',
    '1 MB',
    '182 MB',
    '5 TB',
  ]);
});

test('the singular is used for one', () => {
  expect([count(1, 'event'), count(0, 'event'), count(1204, 'event')]).toEqual([
    '1 event',
    '0 events',
    '1,204 events',
  ]);
});
