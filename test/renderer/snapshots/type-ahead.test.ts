import { describe, expect, test } from 'vitest';
import { findTyped, NOTHING_TYPED, type Typed, typeKey } from '../../../renderer/snapshots/type-ahead.ts';

const plain = { ctrlKey: false, metaKey: false, altKey: false };
const type = (keys: readonly string[], pause = 100) =>
  keys.reduce<Typed>(
    (before, key) => typeKey(before, { ...plain, key }, before.at + pause) ?? before,
    NOTHING_TYPED,
  ).text;

describe('what is typed', () => {
  test.each([
    [['c', 'h'], 100, 'ch'],
    [['c', ' ', 'h'], 100, 'c h'],
    [['c', 'h'], 1_001, 'h'],
    [[' ', 'h'], 100, 'h'],
    [['c', 'Shift', 'Enter', 'F5'], 100, 'c'],
    [['é', '“'], 100, 'é“'],
  ])('%j with %i ms between: %j', (keys, pause, text) => {
    expect(type(keys, pause)).toBe(text);
  });

  test('is no shortcut', () => {
    for (const held of ['ctrlKey', 'metaKey', 'altKey'])
      expect(typeKey(NOTHING_TYPED, { ...plain, [held]: true, key: 'c' }, 1)).toBeNull();
  });

  const lines = ['Before the rewind', 'Checkpoint 18:41', 'Checkpoint 18:10', 'Élan'];
  test.each([
    ['check', 0, 1],
    ['CHECK', 2, 2],
    ['checkpoint 18:4', 2, 1],
    ['b', 3, 0],
    ['elan', -1, 3],
    ['rewind', 0, null],
  ])('%j from line %i finds %j', (text, from, line) => {
    const textOf = (at: number) => lines[at] ?? '';
    expect(findTyped(text, { from, count: lines.length, textOf })).toBe(line);
  });

  test('finds nothing in an empty list', () => {
    expect(findTyped('a', { from: -1, count: 0, textOf: () => '' })).toBeNull();
  });
});
