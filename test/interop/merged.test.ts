import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, planRestore } from '../../src/index.ts';
import { merging } from '../support/merging.ts';
import { makeRoot, open } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { findFaults, readState } from '../support/state.ts';
import { ask, createHost, NEW, OLD, WAYS } from './replaying-host.ts';
import { seedMissing } from './seed.ts';

/*
 * What was lost and what was written since are merged in the tables, and a real host starts from the result: it loads our
 * checkpoint by the seed. Its messages and memories are compared with its own in a world where nobody has rewound anything.
 */

const root = makeRoot();
const title = seedMissing === null ? 'a host' : `a host (not here: ${seedMissing})`;

// In the third schema, events have no id of their own, so nothing is merged.
describe.skipIf(seedMissing !== null).each(['plain', 'keys'] as const)(
  `${title} with the %s schema`,
  (schema) => {
    describe.concurrent.each(WAYS)('and whose rewind %s', (way) => {
      test('starts with the lost messages and the newer ones after a merge, applies nothing again and loses nothing; undo is exact', async () => {
        const host = await createHost(root(), { schema, way });
        const [, file] = await ask(host, ['append', ...OLD], ['snapshot', 'rewind']);
        await ask(host, ['rewind', 'c1', 6], ['snapshot', 'periodic'], ['append', ...NEW]);
        const stateOf = () => readState(host.place.databaseFile);
        const since = stateOf();
        const unrewound = await createHost(root(), { schema, way });
        await ask(unrewound, ['append', ...OLD], ['skip'], ['append', ...NEW]);
        const expected = readState(unrewound.place.databaseFile).tables;

        const folder = await open(host.place);
        const snapshotId = String(file).replace(/^.*\/snapshots\/|\.json$/g, '');
        // The number of a chat's messages and its last line have changed on both sides.
        const request = merging(snapshotId, { choices: { all: 'mine', tables: [] } });
        const plan = await planRestore(folder, request);
        expect(plan).toMatchObject({ refusals: [], replay: null, base: { inferred: false } });
        expect(plan.conflicts.map(({ table, key }) => [table, ...key])).toEqual([
          ['chats', 'c1'],
          ['chat_state', 'c1'],
        ]);
        await applyRestore(folder, request, { ...NOW, planId: plan.planId });
        const merged = stateOf();
        for (const table of ['event_log', 'memories', 'activity', 'bots'])
          expect(merged.tables[table]).toEqual(expected[table]);
        expect(findFaults(host.place.databaseFile)).toEqual([]);
        expect(await ask(host, ['start'])).toEqual([[]]);
        expect(stateOf()).toEqual(merged);
        await applyUndo(folder, {}, NOW);
        expect(stateOf()).toEqual(since);
        expect(await ask(host, ['start'])).toEqual([[]]);
        expect(stateOf()).toEqual(since);
      });
    });
  },
);
