import { expect } from 'vitest';
import {
  applyRestore,
  applyUndo,
  planRestore,
  type RestoreOptions,
  type RestorePlan,
  type RestoreReceipt,
  takeSnapshot,
} from '../../src/index.ts';
import type { RestoreRequest } from '../../src/restore/planned-copy.ts';
import { addEvents, makePlace, open, type Place, type PlaceOptions, run } from './place.ts';
import { NOW, restoring } from './requests.ts';
import { findFaults, readState, type State } from './state.ts';

/** A host's schema, the state that a snapshot is taken of, and what happened after it. */
export type Story = PlaceOptions & {
  readonly schema: string;
  readonly before: string;
  readonly since: string;
  readonly options?: Partial<RestoreOptions & Pick<RestoreRequest, 'rewrite'>>;
  /** Tables whose rowids another object uses, so that they must come back too. */
  readonly withRowids?: readonly string[];
  /** Tables that a full restore leaves as they are. */
  readonly bystanders?: readonly string[];
  /** Looks at the restored state before it is undone again. */
  readonly whileRestored?: (place: Place) => void;
  /** Faults that the database had before and may keep. */
  readonly faults?: readonly string[];
};

export type Told = {
  readonly place: Place;
  readonly plan: RestorePlan;
  readonly receipt: RestoreReceipt;
  readonly before: State;
  readonly since: State;
};

/** Takes a snapshot of `before`, lives through `since`, and returns both states with the snapshot's id. */
export async function live(root: string, story: Story) {
  const place = await makePlace(root, story.schema, story);
  run(place, `${addEvents(5)} ${story.before}`);
  const before = readState(place.databaseFile, story.withRowids);
  const { id } = await takeSnapshot(await open(place), 'rewind');
  run(place, `${addEvents(3, 'since')} ${story.since}`);
  return { place, before, since: readState(place.databaseFile, story.withRowids), id };
}

/**
 * Lives a story, restores the snapshot and undoes that, with each plan or in one transaction. Judged from outside: the
 * result is the state of then with bystanders as they are, the undo brings back the state of before the restore, the
 * schema is the same at all times, and nothing is damaged.
 */
export async function tell(root: string, story: Story): Promise<Told> {
  const { place, before, since, id } = await live(root, story);
  const read = () => readState(place.databaseFile, story.withRowids);
  const folder = await open(place);
  const request = restoring(id, { ...story.options });
  const plan = await planRestore(folder, request);
  expect(plan.refusals).toEqual([]);
  expect(read()).toEqual(since);
  const receipt = await applyRestore(folder, request, { ...NOW, planId: plan.planId });
  const kept = Object.fromEntries((story.bystanders ?? []).map((name) => [name, since.tables[name]]));
  expect(read()).toEqual({
    ...since,
    tables: { ...before.tables, ...kept },
  });
  expect(findFaults(place.databaseFile)).toEqual(story.faults ?? []);
  story.whileRestored?.(place);
  await applyUndo(folder, { acceptDrift: false }, NOW);
  expect(read()).toEqual(since);
  expect(findFaults(place.databaseFile)).toEqual(story.faults ?? []);
  return { place, plan, receipt, before, since };
}
