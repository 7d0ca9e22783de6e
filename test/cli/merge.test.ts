import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RestoreReceipt } from '../../src/model/receipt.ts';
import { ask, refusal, run } from '../support/cli.ts';
import { makeMergeWorld } from '../support/merging.ts';
import { addEvents, asHost, makeRoot } from '../support/place.ts';
import { readState } from '../support/state.ts';

const root = makeRoot();
const NEWER = `${addEvents(1, 'new')} INSERT INTO memories VALUES (9, 'written anew'), (10, X'00FF');`;

/** A plan as JSON: rows by their columns. */
type Plan = {
  readonly planId: string;
  readonly base: unknown;
  readonly conflicts: readonly unknown[];
  readonly refusals: readonly { readonly code: string }[];
};

test('a merge tells its base and each row to choose; it is made as a file chooses, and undo is exact', async () => {
  const { place, id, baseId } = await makeMergeWorld(root(), { way: 'flags', withBase: true, newer: NEWER });
  const since = readState(place.databaseFile);
  const open = await ask<Plan>(place.dir, 'restore', id, '--merge', '--base', 'latest-periodic');
  expect(open).toMatchObject({
    base: { snapshot: baseId, inferred: false },
    ...{ conflictCount: 2, conflictsOpen: 2, refusals: [{ code: 'conflicts-open' }] },
  });
  expect(open.conflicts).toEqual([
    {
      ...{ table: 'memories', key: [9], take: null, base: null },
      ...{ mine: { id: 9, text: 'written anew' }, theirs: { id: 9, text: 'of 9' } },
    },
    {
      ...{ table: 'memories', key: [10], take: null, base: null },
      ...{ mine: { id: 10, text: { base64: 'AP8=' } }, theirs: { id: 10, text: 'of 10' } },
    },
  ]);
  const text = await run(['restore', id, '--merge', '--data', place.dir]);
  expect(text.stdout).toContain('What was written since stays.');
  expect(text.stdout).toContain(`${baseId}, the state just after the rewind, shows who changed a row.`);
  expect(text.stdout).toContain('To choose: memories 9 and 10.');
  const tried = await run(['restore', id, '--merge', '--rehearse', '--data', place.dir]);
  expect(tried.stdout).toContain(
    'Not rehearsed yet: there is something to choose first. Some rows have two versions.',
  );
  expect(tried.stdout).toContain('Choose with --mine');
  expect(tried.stdout).not.toContain('failed');
  expect(await run(['restore', id, '--merge', '--yes', '--data', place.dir])).toEqual(
    refusal(1, 'conflicts-open'),
  );
  expect(readState(place.databaseFile)).toEqual(since);

  const choices = join(root(), 'choices.json');
  await writeFile(choices, '{"memories": [{"key": [10], "take": "mine"}]}');
  const flags = ['--merge', '--theirs', '--choices', choices];
  const plan = await ask<Plan>(place.dir, 'restore', id, ...flags);
  expect(plan).toMatchObject({ conflicts: [{ take: 'theirs' }, { take: 'mine' }], refusals: [] });
  const receipt = await ask<RestoreReceipt>(
    place.dir,
    'restore',
    id,
    ...flags,
    '--yes',
    '--plan-id',
    plan.planId,
  );
  expect(receipt).toMatchObject({ isPart: true, replay: null, returned: { messages: 4 } });
  const memories = asHost(place, (db) =>
    db.prepare('SELECT text FROM memories WHERE id IN (9, 10, 11) ORDER BY id').pluck().all(),
  );
  expect(memories).toEqual(['of 9', Buffer.from([0, 255]), 'of 11']);
  await ask(place.dir, 'undo', '--yes');
  expect(readState(place.databaseFile)).toEqual(since);
});
