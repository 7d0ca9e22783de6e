import { expect, test } from 'vitest';
import {
  afterChange,
  afterOwnRestore,
  afterOwnWork,
  FIRST_REVISIONS,
  waitsForPerson,
} from '../../../renderer/ask/revisions.ts';

const SLOW = 60_000;
const NOW = Date.UTC(2026, 10, 25, 14);
const changedBy = (revisions = FIRST_REVISIONS, atMs = NOW) => afterChange(revisions, atMs);

test('after a cancelled restore, its own traces in the files make nothing outdated', () => {
  // The lock, the safety copy and the rollback are noticed both before and after the end.
  let revisions = changedBy(changedBy());
  revisions = afterOwnWork(revisions, NOW);
  expect(waitsForPerson(revisions, SLOW)).toBe(false);
  revisions = changedBy(revisions, NOW + 200);
  revisions = changedBy(revisions, NOW + 4_900);
  expect(waitsForPerson(revisions, SLOW)).toBe(false);
});

test('what another program writes is compared at once if that is quick, else when a person asks', () => {
  const revisions = changedBy();
  expect(waitsForPerson(revisions, 100)).toBe(false);
  expect(waitsForPerson(revisions, SLOW)).toBe(true);
});

test('a change long after our own work is attributed to another program again', () => {
  const ended = afterOwnWork(changedBy(), NOW);
  expect(waitsForPerson(changedBy(ended, NOW + 5_000), SLOW)).toBe(true);
});

test('once a restore of our own is made, all that was compared before is compared again at once, however long it takes', () => {
  const before = changedBy();
  const made = afterOwnRestore(before, NOW);
  expect(made.database).toBeGreaterThan(before.database);
  expect(waitsForPerson(made, SLOW)).toBe(false);
});
