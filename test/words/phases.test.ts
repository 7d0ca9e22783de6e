import { expect, test } from 'vitest';
import type { Progress } from '../../src/model/progress.ts';
import { formatPercent } from '../../words/numbers.ts';
import { doneFraction, timeLeftWords } from '../../words/phases.ts';

const step: Progress = { phase: 'verify', done: 3, total: 11, unit: 'tables', cancellable: true };

test.each([
  [300, 'a few seconds left'],
  [4_900, 'a few seconds left'],
  [7_600, 'about 10 seconds left'],
  [21_000, 'about 20 seconds left'],
  [52_000, 'about 50 seconds left'],
  [58_000, 'about 1 minute left'],
  [200_000, 'about 3 minutes left'],
  [5_400_000, 'about 2 hours left'],
] as const)('%i ms are told as “%s”', (leftMs, words) => {
  expect(timeLeftWords({ ...step, overall: { fraction: 0.5, leftMs } })).toBe(words);
});

test('a time that is not known is not told', () => {
  expect(timeLeftWords(step)).toBe('');
  expect(timeLeftWords({ ...step, overall: { fraction: 0.5, leftMs: null } })).toBe('');
});

test('the whole counts before the phase', () => {
  expect(doneFraction({ ...step, overall: { fraction: 0.9, leftMs: null } })).toBe(0.9);
  expect(doneFraction(step)).toBe(3 / 11);
  expect(doneFraction({ ...step, total: null })).toBeNull();
});

test('only the whole is 100%', () => {
  expect([0, 0.424, 0.999, 1].map(formatPercent)).toEqual(['0%', '42%', '99%', '100%']);
});
