import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, readPlanOutcome, readRestoredState } from '../../src/index.ts';
import { makeRoot, open } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { type Act, act, beginSequence, UNDO } from '../support/sequence.ts';
import { readState } from '../support/state.ts';

/** The reported state is the one that the database holds, whatever was done last, and by whichever process. */
const root = makeRoot();
const begin = () => beginSequence(root());

const TABLE: readonly (readonly [sequence: readonly Act[], state: 'restored' | 'undone', of: 'A' | 'B'])[] = [
  [['A'], 'restored', 'A'],
  [['A', 'undo'], 'undone', 'A'],
  [['A', 'undo', 'undo'], 'restored', 'A'],
  [['A', 'undo', 'undo', 'undo'], 'undone', 'A'],
  [['A', 'undo', 'undo', 'undo', 'undo'], 'restored', 'A'],
  [['A', 'undo', 'undo', 'restart'], 'restored', 'A'],
  [['A', 'undo', 'undo', 'journal lost', 'restart'], 'restored', 'A'],
  [['A', 'host writes', 'undo', 'undo'], 'restored', 'A'],
  [['A', 'undo', 'host writes', 'undo', 'undo'], 'undone', 'A'],
  [['A', 'B'], 'restored', 'B'],
  [['A', 'B', 'undo'], 'undone', 'B'],
  [['A', 'B', 'undo', 'undo'], 'restored', 'B'],
  [['A', 'undo', 'B'], 'restored', 'B'],
  [['A', 'undo', 'undo', 'B', 'undo'], 'undone', 'B'],
  [['A', 'undo', 'undo', 'B', 'undo', 'undo', 'restart'], 'restored', 'B'],
];

describe.concurrent('what the database holds', () => {
  test.each(TABLE)('after %j it is %s: %s', async (sequence, state, of) => {
    const { place, folder, ids } = await begin();
    const contents: unknown[] = [];
    for (const what of sequence) {
      contents.push(readState(place.databaseFile));
      await act(what, place, folder, ids);
    }
    const told = await readRestoredState(await open(place));
    expect(told?.holds).toMatchObject({ state, snapshotId: ids[of] });
    // Judged from outside: the action that is offered leads to the content of before the newest restore or undo.
    const newest = sequence.findLastIndex((what) => ['A', 'B', 'undo'].includes(what));
    await applyUndo(folder, UNDO, NOW);
    expect(readState(place.databaseFile)).toEqual(contents[newest]);
  });

  test('is reported as unknown if a safety copy on the way and the journal are gone', async () => {
    const { place, folder, ids } = await begin();
    for (const what of ['A', 'undo', 'undo'] as const) await act(what, place, folder, ids);
    const { safetyCopyId, snapshotId } = (await readRestoredState(folder)) ?? {};
    await rm(join(place.dir, 'snapback'), { recursive: true });
    await rm(join(place.dir, 'snapshots', `${snapshotId}.db`));
    const told = await readRestoredState(await open(place));
    expect(told?.holds.state).toBe('unknown');
    expect(told?.safetyCopyId).toBe(safetyCopyId);
  });

  test('is still known if safety copies are gone but the journal is there', async () => {
    const { place, folder, ids } = await begin();
    for (const what of ['A', 'undo', 'undo'] as const) await act(what, place, folder, ids);
    const { snapshotId } = (await readRestoredState(folder)) ?? {};
    await rm(join(place.dir, 'snapshots', `${snapshotId}.db`));
    expect((await readRestoredState(await open(place)))?.holds).toMatchObject({
      state: 'restored',
      snapshotId: ids.A,
    });
  });
});

test('whether a plan took effect is decided by its newest attempt, not by an older one', async () => {
  const { folder, ids } = await begin();
  const request = restoring(ids.A);
  expect(await readPlanOutcome(folder, 'never begun')).toBe('not-made');
  const { planId } = await applyRestore(folder, request, NOW);
  expect(await readPlanOutcome(folder, planId)).toBe('made');
  await applyUndo(folder, UNDO, NOW);
  expect(await readPlanOutcome(folder, planId)).toBe('not-made');
});
