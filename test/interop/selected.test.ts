import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, planRestore } from '../../src/index.ts';
import { makeRoot, open } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { findFaults, readState } from '../support/state.ts';
import { selecting } from '../support/two-chats.ts';
import { ask, createHost, NEW, OLD, SCHEMAS, WAYS } from './replaying-host.ts';
import { seedMissing } from './seed.ts';

/*
 * One chat is brought back, and a real host starts from the result. It is compared with itself in a world where nobody has
 * rewound that chat or written in it since.
 */

const root = makeRoot();
const title = seedMissing === null ? 'a host' : `a host (not here: ${seedMissing})`;

describe.skipIf(seedMissing !== null).each(SCHEMAS)(`${title} with the %s schema`, (schema) => {
  describe.concurrent.each(WAYS)('and whose rewind %s', (way) => {
    test('starts with one chat as it was and the newer work of the others, applies nothing again, and undo is exact', async () => {
      const host = await createHost(root(), { schema, way });
      const [, file] = await ask(host, ['append', ...OLD], ['snapshot', 'rewind']);
      await ask(host, ['rewind', 'c1', 6], ['append', ...NEW], ['snapshot', 'periodic']);
      const stateOf = () => readState(host.place.databaseFile);
      const since = stateOf();
      const unrewound = await createHost(root(), { schema, way });
      await ask(unrewound, ['append', ...OLD], ['skip'], ['skip'], ['append', ...NEW.slice(1)]);

      // Without foreign keys, only the name of their column ties rows to the chat.
      const profile = JSON.stringify({ chat: { payloadChat: ['chat_id', 'chat'] } });
      await writeFile(join(host.place.dir, 'snapback-profile.json'), profile);
      const folder = await open(host.place);
      const snapshotId = String(file).replace(/^.*\/snapshots\/|\.json$/g, '');
      const withGuessed = schema !== 'keys';
      const request = selecting(snapshotId, { by: 'chat', chat: 'c1', withGuessed });
      const plan = await planRestore(folder, request);
      expect(plan).toMatchObject({ refusals: [], pulled: [], staying: [] });
      await applyRestore(folder, request, { ...NOW, planId: plan.planId });
      const expected = readState(unrewound.place.databaseFile);
      expect(stateOf()).toEqual(expected);
      expect(await ask(host, ['start'])).toEqual([[]]);
      expect(stateOf()).toEqual(expected);
      expect(findFaults(host.place.databaseFile)).toEqual([]);
      await applyUndo(folder, {}, NOW);
      expect(stateOf()).toEqual(since);
      expect(await ask(host, ['start'])).toEqual([[]]);
      expect(stateOf()).toEqual(since);
    });
  });
});
