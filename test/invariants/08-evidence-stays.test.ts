import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  applyPrune,
  applyRestore,
  applyUndo,
  type DataFolder,
  describeTrash,
  emptyTrash,
  listSnapshots,
  type PrunePolicy,
  SnapbackError,
  takeIfDue,
  takeSnapshot,
} from '../../src/index.ts';
import { addEvents, makePlace, makeRoot, open, type Place, putSnapshot, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';

/*
 * Neither tidying up nor a failure destroys anything that somebody may still need. After any sequence of taking,
 * restoring, undoing and pruning, every snapshot that ever existed is still in its folder or in the trash; only
 * emptying the trash deletes one. A damaged file is reported and kept like any other.
 */
const root = makeRoot();

const DAMAGED = 'rewind/20260101T000000Z';

type Step =
  | { readonly do: 'take'; readonly kind: 'rewind' | 'periodic' }
  | { readonly do: 'take-if-due' | 'undo' | 'host-writes' }
  | { readonly do: 'restore'; readonly which: number }
  | { readonly do: 'prune'; readonly policy: PrunePolicy };

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('take' as const),
    kind: fc.constantFrom('rewind' as const, 'periodic' as const),
  }),
  fc.record({ do: fc.constantFrom('take-if-due' as const, 'undo' as const, 'host-writes' as const) }),
  fc.record({ do: fc.constant('restore' as const), which: fc.nat(20) }),
  fc.record({
    do: fc.constant('prune' as const),
    policy: fc.constantFrom<PrunePolicy>(
      { by: 'count', kind: 'periodic', keep: 0 },
      { by: 'count', kind: 'rewind', keep: 1 },
      { by: 'age', kind: 'rewind', olderThanDays: 1 },
      { by: 'choice', ids: [DAMAGED] },
    ),
  }),
);

async function perform(folder: DataFolder, place: Place, step: Step): Promise<void> {
  switch (step.do) {
    case 'take':
      await takeSnapshot(folder, step.kind);
      return;
    case 'take-if-due':
      await takeIfDue(folder);
      return;
    case 'host-writes':
      run(place, addEvents(120, 'more'));
      return;
    case 'undo':
      await applyUndo(folder, { acceptDrift: false }, NOW);
      return;
    case 'restore': {
      const listed = await listSnapshots(folder);
      const snapshotId = listed[step.which % listed.length]?.id ?? DAMAGED;
      await applyRestore(folder, restoring(snapshotId), NOW);
      return;
    }
    case 'prune':
      await applyPrune(folder, step.policy);
  }
}

/** What a step may end with without a fault: it found nothing to do, or refused. */
async function performOrRefuse(folder: DataFolder, place: Place, step: Step): Promise<void> {
  try {
    await perform(folder, place, step);
  } catch (error) {
    const expected = [
      'nothing-to-prune',
      'nothing-to-undo',
      'snapshot-damaged',
      'snapshot-missing',
      'snapshot-needed',
    ];
    if (error instanceof SnapbackError && expected.includes(error.code)) return;
    throw error;
  }
}

/** The content of every snapshot below the data folder, wherever it is. */
async function listContents({ dir }: Place): Promise<readonly string[]> {
  const files = (await readdir(dir, { recursive: true })).filter((name) =>
    /^snap(?:shots|back)\/.*Z(?:_\d+)?\.(?:json|db)$/.test(name),
  );
  const hash = async (name: string) =>
    createHash('sha256')
      .update(await readFile(join(dir, name)))
      .digest('hex');
  return Promise.all(files.map(hash));
}

async function keepsEverything(list: readonly Step[]): Promise<void> {
  const place = await makePlace(root(), 'CREATE TABLE chats (id TEXT PRIMARY KEY)', { tables: ['chats'] });
  const folder = await open(place);
  run(place, addEvents(3));
  await putSnapshot(place, DAMAGED, '{"last_event_id": 3, "event_log": [{"id": 1');
  await takeSnapshot(folder, 'rewind');
  let known = await listContents(place);
  for (const step of list) {
    await performOrRefuse(folder, place, step);
    const now = await listContents(place);
    expect(now).toEqual(expect.arrayContaining([...known]));
    known = now;
  }
  const { planId, files } = await describeTrash(folder);
  if (files > 0) await emptyTrash(folder, { planId });
  expect((await listContents(place)).length).toBe(known.length - files);
}

test('whatever is taken, restored, undone and pruned, no snapshot is lost, and a damaged one stays as it is', async () => {
  // Publishing waits for its second to pass: so eight worlds live side by side.
  const worlds = fc.array(fc.array(steps, { minLength: 4, maxLength: 7 }), { minLength: 8, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(worlds, async (lists) => {
      await Promise.all(lists.map(keepsEverything));
    }),
    { numRuns: 2 },
  );
});
