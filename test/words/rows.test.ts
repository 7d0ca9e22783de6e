import { expect, test } from 'vitest';
import {
  cellWords,
  chosenRowsWords,
  restoreRowsWords,
  TOO_MANY_ROWS,
  unnamedWords,
} from '../../words/rows.ts';

test('a whole number in a row stands as it is stored, because it may be the name of something', () => {
  expect([3405n, -(2n ** 63n)].map((value) => cellWords({ type: 'integer', value }))).toEqual([
    '3405',
    '-9223372036854775808',
  ]);
});

test('chosen rows are counted, and the button says what becomes of them', () => {
  expect([chosenRowsWords(1, 1), chosenRowsWords(5, 2)]).toEqual([
    '1 row chosen',
    '5 rows in 2 tables chosen',
  ]);
  expect([restoreRowsWords(3, false), restoreRowsWords(1, true)]).toEqual([
    'Bring back 3 rows…',
    'Remove 1 row…',
  ]);
  expect(unnamedWords(2)).toBe('2 rows can’t be chosen: nothing names them exactly.');
  expect(TOO_MANY_ROWS).toMatch(/^More than 10,000 rows can’t be chosen one by one/);
});
