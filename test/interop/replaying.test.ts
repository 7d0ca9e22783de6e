import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, type DataFolder, planRestore, takeSnapshot } from '../../src/index.ts';
import { codeOf, makeRoot, open } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { keeping } from '../support/rewound.ts';
import { findFaults, readState, type State } from '../support/state.ts';
import { ask, createHost, NEW, OLD, type ReplayingHost, SCHEMAS, WAYS } from './replaying-host.ts';
import { seedMissing } from './seed.ts';

/*
 * Keeping newer events relies on the host: it has to apply them when it starts. Here a real one does, which loads by the
 * seed. It is compared with itself in a world where nobody has rewound anything.
 */

const root = makeRoot();
const PROJECTED = ['bots', 'chats', 'chat_state', 'memories', 'activity'];

const stateOf = ({ place }: ReplayingHost) => readState(place.databaseFile);

/** The texts of its messages. */
async function spoken(host: ReplayingHost): Promise<readonly string[]> {
  const [tables] = await ask(host, ['dump']);
  return JSON.parse(JSON.stringify(tables)).activity.map(({ text }: { readonly text: string }) => text);
}

type Rewound = {
  readonly host: ReplayingHost;
  readonly folder: DataFolder;
  readonly snapshotId: string;
  readonly since: State;
};

/** A chat is rewound by mistake, then written on. A checkpoint of the mistake has been taken too. */
async function rewind(given: Omit<ReplayingHost, 'place'>): Promise<Rewound> {
  const host = await createHost(root(), given);
  const [, file] = await ask(host, ['append', ...OLD], ['snapshot', 'rewind']);
  await ask(host, ['rewind', 'c1', 6], ['append', ...NEW], ['snapshot', 'periodic']);
  const snapshotId = String(file).replace(/^.*\/snapshots\/|\.json$/g, '');
  return { host, folder: await open(host.place), snapshotId, since: stateOf(host) };
}

const title = seedMissing === null ? 'a host that replays' : `a host that replays (not here: ${seedMissing})`;

// One schema after the other: each of these tests makes several restores.
describe.skipIf(seedMissing !== null).each(SCHEMAS)(`${title} with the %s schema`, (schema) => {
  describe.concurrent.each(WAYS)('and whose rewind %s', (way) => {
    const given = { schema, way };

    test('has after its next start what it would have if nobody had rewound; a second start changes nothing, and an undo brings back what was there', async () => {
      const { host, folder, snapshotId, since } = await rewind(given);
      const unrewound = await createHost(root(), given);
      await ask(unrewound, ['append', ...OLD], ['skip'], ['append', ...NEW]);
      const expected = stateOf(unrewound);
      expect(stateOf(host)).not.toEqual(expected);

      const plan = await planRestore(folder, keeping(snapshotId));
      expect(plan).toMatchObject({ refusals: [], replay: { fromEvent: 14n, toEvent: 19n } });
      await applyRestore(folder, keeping(snapshotId), { ...NOW, planId: plan.planId });
      expect(await codeOf(takeSnapshot(folder, 'rewind'))).toBe('events-not-applied');
      expect(await codeOf(takeSnapshot(folder, 'periodic'))).toBe('events-not-applied');
      expect(await ask(host, ['start'])).toEqual([[14, 15, 16, 17, 18, 19]]);
      expect(stateOf(host)).toEqual(expected);
      for (const table of PROJECTED) expect(expected.tables[table]).not.toEqual([]);
      expect(await spoken(host)).toEqual(expect.arrayContaining(['I found the chart!', 'Soup?']));
      expect(findFaults(host.place.databaseFile)).toEqual([]);

      await ask(host, ['start']);
      expect(stateOf(host)).toEqual(expected);
      const taken = await takeSnapshot(folder, 'periodic');
      expect(taken).toMatchObject({ lastEventId: 19n });
      expect(await ask(host, ['start'])).toEqual([[]]);
      expect(stateOf(host)).toEqual(expected);

      await applyUndo(folder, {}, NOW);
      expect(stateOf(host)).toEqual(since);
      expect(await ask(host, ['start'])).toEqual([[]]);
      expect(stateOf(host)).toEqual(since);
    });

    test('can undo it before its next start, and that undone in turn, exactly', async () => {
      const { host, folder, snapshotId, since } = await rewind(given);
      await applyRestore(folder, keeping(snapshotId), NOW);
      const kept = stateOf(host);
      await applyUndo(folder, {}, NOW);
      expect(stateOf(host)).toEqual(since);
      expect(await ask(host, ['start'])).toEqual([[]]);
      expect(stateOf(host)).toEqual(since);
      await applyUndo(folder, {}, NOW);
      expect(stateOf(host)).toEqual(kept);
      expect(await codeOf(takeSnapshot(folder, 'periodic'))).toBe('events-not-applied');
      expect(await ask(host, ['start'])).toEqual([[14, 15, 16, 17, 18, 19]]);
      expect(await spoken(host)).toEqual(expect.arrayContaining(['I found the chart!', 'Soup?']));
    });
  });
});
