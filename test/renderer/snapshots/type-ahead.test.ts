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
    [['e\u0301', 'l'], 100, 'e\u0301l'],
    [['e', '\u0301', 'Dead', 'l'], 100, 'e\u0301l'],
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

  test.each([
    ['E\u0301lan vital', 'Élan'],
    ['Élan vital', 'e\u0301LAN'],
    ['Élan vital', 'e\u0301'],
    ['E\u0301lan vital', 'elan v'],
    ['Việt Nam', 'vie\u0323\u0302t n'],
    ['Vie\u0323\u0302t Nam', 'việt n'],
    // There is no single character for this one.
    ['X\u0304ylo', 'xylo'],
    ['Xylo', 'x\u0304ylo'],
    ['각', '\u1100\u1161\u11a8'],
  ])('%j is found by %j, however its accents are written', (line, text) => {
    const textOf = (at: number) => ['Checkpoint', line][at] ?? '';
    expect(findTyped(text, { from: 0, count: 2, textOf })).toBe(1);
  });

  test('finds nothing in an empty list', () => {
    expect(findTyped('a', { from: -1, count: 0, textOf: () => '' })).toBeNull();
  });
});
