import { expect, test } from 'vitest';
import { compareWithWords } from '../../words/merge.ts';

const now = new Date(2026, 10, 23, 14, 31);
const at = (minutes: number, seconds: number) => new Date(2026, 10, 23, 14, minutes, seconds).toISOString();

test('no two buttons that compare with another snapshot have the same words', () => {
  const bases = [
    { snapshot: 'periodic/a', takenAt: at(3, 0), inferred: false },
    { snapshot: 'periodic/b', takenAt: at(4, 5), inferred: false },
    { snapshot: 'periodic/c', takenAt: at(4, 7), inferred: true },
    { snapshot: 'periodic/d', takenAt: at(4, 9), inferred: false },
    { snapshot: 'rewind/d', takenAt: at(4, 9), inferred: false },
  ];
  expect(compareWithWords(bases, now)).toEqual([
    'Compare with what was there at 14:03:00',
    'Compare with what was there at 14:04:05',
    'Compare with what was there at 14:04:07, before the rewind',
    'Compare with what was there at 14:04:09 (periodic/d)',
    'Compare with what was there at 14:04:09 (rewind/d)',
  ]);
});
