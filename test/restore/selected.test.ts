import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  defaultRestoreOptions,
  planRestore,
  planUndo,
  type Selection,
} from '../../src/index.ts';
import { codeOf, errorOf, makeRoot, run } from '../support/place.ts';
import { WAYS } from '../support/rewound.ts';
import { findFaults, readState, type State } from '../support/state.ts';
import { NOW } from '../support/story.ts';
import { makeTwoChats, selecting, type TwoChats } from '../support/two-chats.ts';

const root = makeRoot();

const tables = (...names: readonly string[]): Selection => ({ by: 'tables', tables: names });

/** Plans, restores and undoes a part. The undo brings back exactly what was there, the undo of that the part. */
async function restorePart(
  { place, folder, id, since }: TwoChats,
  selection: Selection,
  look: (state: State, checkpoint: Readonly<Record<string, unknown[]>>) => void,
) {
  const request = selecting(id, selection);
  const plan = await planRestore(folder, request);
  expect(plan.refusals).toEqual([]);
  expect(readState(place.databaseFile)).toEqual(since);
  const receipt = await applyRestore(folder, request, { ...NOW, planId: plan.planId });
  const restored = readState(place.databaseFile);
  expect(findFaults(place.databaseFile)).toEqual([]);
  const file = join(folder.dir, 'snapshots', `${receipt.checkpointId}.json`);
  look(restored, JSON.parse(readFileSync(file, 'utf8')));
  await applyUndo(folder, {}, NOW);
  expect(readState(place.databaseFile)).toEqual(since);
  await applyUndo(folder, {}, NOW);
  expect(readState(place.databaseFile)).toEqual(restored);
  return { plan, receipt };
}

describe.concurrent('selected tables', () => {
  test('come back as they were, the others stay, and the checkpoint holds the new state; the undo is exact', async () => {
    const world = await makeTwoChats(root());
    const { plan } = await restorePart(world, tables('notes', 'CHATS'), (restored, checkpoint) => {
      const { notes, chats } = world.before.tables;
      expect(restored.tables).toEqual({ ...world.since.tables, notes, chats });
      expect(checkpoint.notes).toHaveLength(9);
      expect(checkpoint.memories).toHaveLength(world.since.tables.memories?.length ?? 0);
      expect(checkpoint.event_log).toHaveLength(world.since.tables.event_log?.length ?? 0);
    });
    expect(plan).toMatchObject({ pulled: [], newerEvents: [], lineage: 'same', freshCheckpoint: true });
    expect(plan.tables.map(({ name }) => name)).toEqual(['chats', 'notes']);
    expect(plan.bystanders).toEqual(expect.arrayContaining(['memories', 'event_log', 'drafts']));
  });

  test('bring the parents along that are missing, each with its reason; those that differ stay and are named', async () => {
    const world = await makeTwoChats(root());
    const { plan } = await restorePart(world, tables('reactions', 'memories'), (restored) => {
      const { memories, reactions, bots } = world.before.tables;
      const pulled = bots?.filter((row) => row.startsWith('text 6232')) ?? [];
      const now = [...(world.since.tables.bots ?? []), ...pulled].sort();
      expect(restored.tables).toEqual({ ...world.since.tables, memories, reactions, bots: now });
    });
    expect(plan.pulled).toEqual([{ table: 'bots', key: ['b2'], because: { table: 'memories', key: [9n] } }]);
    expect(plan.staying).toEqual([
      { table: 'bots', key: ['b1'], because: { table: 'memories', key: [2n] } },
      { table: 'chats', key: ['c1'], because: { table: 'memories', key: [5n] } },
      { table: 'chats', key: ['c2'], because: { table: 'memories', key: [2n] } },
    ]);
  });

  test('that refer to parents over several steps bring all of them along', async () => {
    const world = await makeTwoChats(root());
    const { plan } = await restorePart(world, tables('reactions'), (restored) => {
      expect(restored.tables.memories).toHaveLength(11);
      expect(restored.tables.bots).toHaveLength(2);
    });
    expect(plan.pulled).toContainEqual({
      ...{ table: 'memories', key: [9n] },
      because: { table: 'reactions', key: [9n, ':)'] },
    });
    expect(plan.pulled).toContainEqual({
      ...{ table: 'bots', key: ['b2'] },
      because: { table: 'memories', key: [9n] },
    });
  });

  test('that would take parents from rows that stay are refused, unless that is accepted', async () => {
    const { folder, id, place, since } = await makeTwoChats(root());
    const request = selecting(id, tables('memories'));
    const plan = await planRestore(folder, request);
    expect(plan.refusals).toMatchObject([{ code: 'leaves-orphans', detail: { table: 'reactions' } }]);
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('leaves-orphans');
    expect(readState(place.databaseFile)).toEqual(since);
    await applyRestore(folder, { ...request, acceptDrift: true }, NOW);
    expect(findFaults(place.databaseFile)).toEqual([]);
  });

  test('are all tables: then it is the whole restore', async () => {
    const [part, all] = [await makeTwoChats(root()), await makeTwoChats(root())];
    const every = tables('event_log', 'bots', 'chats', 'memories', 'reactions', 'notes', 'moods');
    const consents = { acceptOtherTimeline: true };
    await applyRestore(part.folder, { ...selecting(part.id, every), ...consents }, NOW);
    const whole = { ...defaultRestoreOptions, ...consents, snapshotId: all.id, action: 'restore' } as const;
    await applyRestore(all.folder, whole, NOW);
    expect(readState(part.place.databaseFile)).toEqual(readState(all.place.databaseFile));
  });

  test('that do not exist, or do not go with the other options, are refused in words', async () => {
    const { folder, id } = await makeTwoChats(root());
    const failure = await errorOf(planRestore(folder, selecting(id, tables('nonsense'))));
    expect(failure).toMatchObject({ code: 'usage' });
    expect(failure.message).toContain('Choose among: event_log, bots, chats');
    for (const more of [{ keepNewer: true }, { mode: 'projections' as const }])
      expect(await codeOf(planRestore(folder, { ...selecting(id, tables('notes')), ...more }))).toBe('usage');
  });

  test('make another plan when anything changes that they show, or another row of a table they touch', async () => {
    const { folder, id, place } = await makeTwoChats(root());
    const request = selecting(id, tables('reactions'));
    const { planId } = await planRestore(folder, request);
    expect(await planRestore(folder, request)).toMatchObject({ planId });
    expect((await planRestore(folder, selecting(id, tables('reactions', 'notes')))).planId).not.toBe(planId);
    // Only two rows of “memories” come along; this is another one.
    run(place, "UPDATE memories SET text = 'changed' WHERE id = 1");
    expect(await codeOf(applyRestore(folder, request, { ...NOW, planId }))).toBe('plan-stale');
  });
});

describe.concurrent.each(WAYS)('after a rewind by a host that %s', (way) => {
  test('the undo of a selected restore is planned as exact', async () => {
    const world = await makeTwoChats(root(), way);
    await applyRestore(world.folder, selecting(world.id, tables('notes')), NOW);
    expect(await planUndo(world.folder, {})).toMatchObject({ refusals: [], newerEvents: [] });
  });
});
