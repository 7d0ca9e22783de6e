import { expect, test } from 'vitest';
import type { ProtectionLook } from '../../src/model/protection.ts';
import { lookWords } from '../../words/protection.ts';

const now = new Date(2026, 10, 25, 15, 0);
const look: ProtectionLook = {
  ...{ at: new Date(2026, 10, 25, 14, 59, 30).toISOString(), taken: false, moved: 0 },
  ...{ busy: false, notes: [] },
};

test.each<[string, Partial<ProtectionLook>]>([
  ['nothing was due.', {}],
  ['a checkpoint was taken.', { taken: true }],
  ['a checkpoint was taken, 2 snapshots moved to the trash.', { taken: true, moved: 2 }],
  ['the chat app or another Snapback was busy, so Snapback will try again soon.', { busy: true }],
  ['it was not possible.', { notes: ['The disk is full.'] }],
])('what was done by itself last: %s', (words, given) => {
  expect(lookWords({ ...look, ...given }, now)).toBe(`Last checked today 14:59:30: ${words}`);
  expect(lookWords(null, now)).toBe('Nothing has been done automatically yet.');
});
