import { expect, test } from 'vitest';
import { type Asked, findNewFault, type Integrity } from '../../src/sqlite/integrity.ts';

/** What is wrong after an undo, where nobody looked for damage in the state that it brings back. */
const sound: Integrity = {
  damage: new Map(),
  ofVirtualTables: new Map(),
  unchecked: [],
  foreignKeys: new Map(),
  uncheckedKeys: [],
  quick: false,
  byTable: false,
};
const asked: Asked = {
  touched: new Set(['chats', 'odd.name']),
  known: { damage: null, foreignKeys: [] },
  leftBehind: [],
  acceptDrift: false,
};

test.each([
  ['CHECK constraint failed in chats', false],
  ['CHECK constraint failed in Odd.Name', false],
  ['NULL value in chats.title', false],
  ['NUMERIC value in Odd.Name.x.y', false],
  ['CHECK constraint failed in others', true],
  ['NULL value in others.chats', true],
  ['row 3 missing from index chats', true],
  ['wrong # of entries in index chats', true],
  ['Tree 4 page 5: btreeInitPage() returns error code 11', true],
])('“%s” is a new fault: %s', (line, isNew) => {
  const after = { ...sound, damage: new Map([[line, 2]]) };
  expect(findNewFault(sound, after, asked)).toEqual(isNew ? { check: 'integrity', line } : null);
  expect(findNewFault(sound, after, { ...asked, known: { damage: [], foreignKeys: [] } })).not.toBe(null);
  expect(findNewFault(sound, after, { ...asked, known: null })).not.toBe(null);
});
