import { expect, test } from 'vitest';
import { alignTable, count, formatBytes, toPrintable } from '../../src/cli/text.ts';

test('a table lines up, numbers at their last digit', () => {
  const lines = alignTable(
    [
      { title: 'Name', align: 'left' },
      { title: 'Rows', align: 'right' },
    ],
    [
      ['a', '1'],
      ['longer', '1,000'],
    ],
  );
  expect(lines).toEqual(['Name     Rows', 'a           1', 'longer  1,000']);
});

test('nothing from a file reaches the terminal as a command', () => {
  expect(toPrintable('a\u001b[2Jb\nc\u202ed\u0000')).toBe('a\\u{1b}[2Jb\\u{a}c\\u{202e}d\\u{0}');
  expect(alignTable([{ title: 'Name', align: 'left' }], [['\u001b]0;x\u0007']])[1]).toBe('\\u{1b}]0;x\\u{7}');
});

test('sizes have at most three digits and a unit', () => {
  expect([0, 999, 1000, 99_950, 999_499, 999_500, 182_000_000, 5e12].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '100 kB',
    '999 kB',
    '1.0 MB',
    '182 MB',
    '5.0 TB',
  ]);
});

test('one is not many', () => {
  expect([count(1, 'event'), count(0, 'event'), count(1204, 'event')]).toEqual([
    '1 event',
    '0 events',
    '1,204 events',
  ]);
});
