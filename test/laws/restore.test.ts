import { expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  type DataFolder,
  defaultRestoreOptions,
  diffSnapshot,
  planRestore,
  takeSnapshot,
} from '../../src/index.ts';
import { SnapbackError } from '../../src/model/errors.ts';
import { holds, settle } from '../support/arbitraries-place.ts';
import { change, type World } from '../support/arbitraries-world.ts';
import { makeRoot } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { findFaults, readState, type State } from '../support/state.ts';
import { countOrphans } from './orphans.ts';

/*
 * The main law on real files, safety copies and checkpoints, judged over a separate connection. Tables may be called
 * `constructor`, which no deep comparison of objects survives, so states are compared as texts.
 */

const root = makeRoot();

function textOf({ schema, userVersion, tables }: State): string {
  return JSON.stringify([schema, userVersion, Object.entries(tables)], null, 1);
}

/** The state after a restore: the snapshot's rows in the tables that it names, all else as it was. */
function mix(snapshot: State, live: State, world: World): State {
  const then = new Map(Object.entries(snapshot.tables));
  const named = new Set(world.tables.map(({ name }) => name));
  const tables = Object.entries(live.tables).map(([name, rows]) => [
    name,
    named.has(name) ? then.get(name) : rows,
  ]);
  return { ...live, tables: Object.fromEntries(tables) };
}

async function isRefused(folder: DataFolder, act: () => Promise<unknown>): Promise<boolean> {
  const bystanders = (child: string) => child.startsWith('by ');
  const before = readState(folder.databaseFile);
  const orphans = countOrphans(folder.databaseFile, bystanders);
  try {
    await act();
    expect(countOrphans(folder.databaseFile, bystanders)).toBeLessThanOrEqual(orphans);
    return false;
  } catch (error) {
    if (!(error instanceof SnapbackError) || error.code !== 'leaves-orphans') throw error;
    expect(String(error.detail.subject)).toMatch(/^foreign key by /);
    expect(textOf(readState(folder.databaseFile))).toBe(textOf(before));
    return true;
  }
}

test('take, change, restore, undo and its undo each end in exactly the state they name; all else stays', async () => {
  await holds(
    async (world) => {
      const folder = await settle(root(), world);
      const file = folder.databaseFile;
      const { id } = await takeSnapshot(folder, 'rewind');
      const before = readState(file);
      change(file, world, world.since);
      const since = readState(file);
      const faults = findFaults(file);
      const restored = textOf(mix(before, since, world));
      const rewrite = world.before.length % 2 === 0 ? 'all' : 'differing';
      const accepted = { ...defaultRestoreOptions, acceptOtherTimeline: true };
      const request = { ...accepted, rewrite, snapshotId: id, action: 'restore' } as const;
      const plan = await planRestore(folder, request);
      expect(textOf(readState(file))).toBe(textOf(since));

      // The one thing that may forbid it: rows of a table that no snapshot names would lose what they refer to.
      const apply = () => applyRestore(folder, request, { ...NOW, planId: plan.planId });
      const refused = await isRefused(folder, apply);
      expect(plan.refusals.map(({ code }) => code)).toStrictEqual(refused ? ['leaves-orphans'] : []);
      if (refused) return;
      expect(textOf(readState(file))).toBe(restored);
      expect(findFaults(file)).toStrictEqual(faults);
      const diff = await diffSnapshot(folder, id);
      expect(diff.tables.filter((table) => table.added + table.removed + table.changed > 0)).toStrictEqual(
        [],
      );
      await applyUndo(folder, { acceptDrift: false }, NOW);
      expect(textOf(readState(file))).toBe(textOf(since));
      expect(findFaults(file)).toStrictEqual(faults);
      await applyUndo(folder, { acceptDrift: false }, NOW);
      expect(textOf(readState(file))).toBe(restored);
    },
    { together: 12, rounds: 3 },
  );
});
