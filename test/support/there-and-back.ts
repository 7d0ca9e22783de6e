import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { applyRestore, applyUndo, type DataFolder, planRestore } from '../../src/index.ts';
import type { RestoreRequest } from '../../src/restore/planned-copy.ts';
import type { Place } from './place.ts';
import { NOW } from './requests.ts';
import { findFaults, readState, type State } from './state.ts';

type World = { readonly place: Place; readonly folder: DataFolder };

/**
 * Plans, applies, undoes and redoes a restore. The plan changes nothing, the undo brings back exactly what was there, and
 * the undo of that the result, which `look` sees with the checkpoint that was published.
 */
export async function thereAndBack<T>(
  { place, folder }: World,
  request: RestoreRequest,
  look: (restored: State, checkpoint: Readonly<Record<string, unknown[]>>) => T,
) {
  const since = readState(place.databaseFile);
  const plan = await planRestore(folder, request);
  expect(plan.refusals).toEqual([]);
  expect(readState(place.databaseFile)).toEqual(since);
  const receipt = await applyRestore(folder, request, { ...NOW, planId: plan.planId });
  const restored = readState(place.databaseFile);
  expect(findFaults(place.databaseFile)).toEqual([]);
  const file = join(folder.dir, 'snapshots', `${receipt.checkpointId}.json`);
  const seen = look(restored, JSON.parse(readFileSync(file, 'utf8')));
  await applyUndo(folder, {}, NOW);
  expect(readState(place.databaseFile)).toEqual(since);
  await applyUndo(folder, {}, NOW);
  expect(readState(place.databaseFile)).toEqual(restored);
  return { plan, receipt, seen };
}
