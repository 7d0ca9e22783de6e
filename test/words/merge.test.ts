import { expect, test } from 'vitest';
import { compareWithWords } from '../../words/merge.ts';

const now = new Date(2026, 10, 23, 14, 31);
const at = (minutes: number, seconds: number) => new Date(2026, 10, 23, 14, minutes, seconds).toISOString();

test('no two buttons that compare with another snapshot have the same words, and none names a file', () => {
  const bases = [
    { snapshot: 'periodic/a', takenAt: at(3, 0), inferred: false },
    { snapshot: 'periodic/b', takenAt: at(4, 5), inferred: false },
    { snapshot: 'periodic/c', takenAt: at(4, 7), inferred: true },
    { snapshot: 'periodic/d', takenAt: at(4, 9), inferred: false },
    { snapshot: 'rewind/d', takenAt: at(4, 9), inferred: false },
    { snapshot: 'periodic/e_001', takenAt: at(5, 0), inferred: false },
    { snapshot: 'periodic/e', takenAt: at(5, 0), inferred: true },
    { snapshot: 'periodic/f_001', takenAt: at(6, 0), inferred: false },
    { snapshot: 'periodic/f_002', takenAt: at(6, 0), inferred: false },
    { snapshot: 'periodic/f', takenAt: at(6, 0), inferred: false },
    { snapshot: 'restore/f', takenAt: at(6, 0), inferred: false },
  ];
  expect(compareWithWords(bases, now)).toEqual([
    'Compare with what was there at 14:03:00',
    'Compare with what was there at 14:04:05',
    'Compare with what was there at 14:04:07, before the rewind',
    'Compare with what was there at 14:04:09 (checkpoint)',
    'Compare with what was there at 14:04:09 (before the rewind)',
    'Compare with what was there at 14:05:00 (the later of two)',
    'Compare with what was there at 14:05:00, before the rewind (the earlier of two)',
    'Compare with what was there at 14:06:00 (checkpoint, 2 of 3)',
    'Compare with what was there at 14:06:00 (checkpoint, 3 of 3)',
    'Compare with what was there at 14:06:00 (checkpoint, 1 of 3)',
    'Compare with what was there at 14:06:00 (safety copy)',
  ]);
});
