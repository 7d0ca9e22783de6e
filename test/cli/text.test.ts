import { expect, test } from 'vitest';
import { alignTable, toPrintable } from '../../src/cli/text.ts';

test('a table is aligned, with numbers on the right', () => {
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

test('a table has as many lines as there are', () => {
  expect(alignTable([{ title: 'Name', align: 'left' }], Array(200_000).fill(['a']))).toHaveLength(200_001);
});

test('no control sequence from a file reaches the terminal', () => {
  expect(toPrintable('a\u001b[2Jb\nc\u202ed\u0000')).toBe('a\\u{1b}[2Jb\\u{a}c\\u{202e}d\\u{0}');
  expect(alignTable([{ title: 'Name', align: 'left' }], [['\u001b]0;x\u0007']])[1]).toBe('\\u{1b}]0;x\\u{7}');
});
