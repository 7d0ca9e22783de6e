import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { applyRestore, applyUndo, readRestoredState } from '../../src/index.ts';
import { delayed, killAct } from '../support/killed-act.ts';
import { makeMergeWorld, merging } from '../support/merging.ts';
import { addEvents, makeRoot, open, type Place } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { findFaults, readState, type State } from '../support/state.ts';

/* A merge is all or nothing, too: whatever is killed, all of it is made or nothing has changed. */
const root = makeRoot();
const merge = { baseId: null, choices: { all: 'theirs', tables: [] } } as const;

type Prepared = { readonly place: Place; readonly id: string; readonly old: State; readonly planned: State };
let prepared: Prepared | null = null;

async function copyOf({ dir }: Place, name: string): Promise<Place> {
  const copy = join(root(), name);
  await cp(dir, copy, { recursive: true });
  return { dir: copy, databaseFile: join(copy, 'app.db') };
}

/** A folder with enough rows that every phase takes a while, and what the merge makes of it. */
beforeAll(async () => {
  const newer = `${addEvents(2000, 'new')} INSERT INTO memories SELECT id, hex(randomblob(99)) FROM event_log WHERE id > 8;
    UPDATE memories SET text = 'edited' WHERE id = 3;`;
  const { place, id } = await makeMergeWorld(root(), { way: 'flags', withBase: true, newer });
  const restored = await copyOf(place, 'merged');
  await applyRestore(await open(restored), merging(id, merge), NOW);
  prepared = {
    ...{ place, id, old: readState(place.databaseFile) },
    planned: readState(restored.databaseFile),
  };
});

const PHASES = ['read-snapshot', 'safety-copy', 'apply', 'verify', 'checkpoint', 'commit'];

test.concurrent.each(delayed(PHASES))(
  'a merge that is killed in phase %s after %i ms is done or not done, and the next start knows',
  async (phase, delayMs) => {
    if (prepared === null) throw new Error('Nothing is prepared.');
    const { id, old, planned } = prepared;
    const place = await copyOf(prepared.place, phase);
    const act = { args: [place.dir, 'restore', id], env: { MERGE: JSON.stringify(merge) } };
    const { folder, happened } = await killAct({ place, act, old, planned }, phase, delayMs);
    expect(findFaults(place.databaseFile)).toEqual([]);
    const known = await readRestoredState(folder);
    expect(known?.holds).toEqual(happened ? expect.objectContaining({ isPart: true }) : undefined);
    if (known !== null) await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(old);
  },
);
