import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findOnlyCopiesInTrash, keepSnapshot, putBack, type SnapshotId, viewTrash } from '../../src/index.ts';
import { applyPrune } from '../../src/prune/prune.ts';
import { emptyTrash } from '../../src/prune/trash.ts';
import { CHATS, codeOf, makeRoot, open, type Place, run } from '../support/place.ts';
import { beginTwenty, rewind, take } from '../support/twenty-events.ts';

/** What would be lost for good when the trash is emptied. */
const root = makeRoot();

/** Ten messages, a checkpoint, ten more, a snapshot of them, and a rewind that takes the last fifteen. */
async function begin() {
  const { place, early, before } = await beginTwenty(root(), CHATS);
  const twin = await take(place, 'periodic');
  run(place, rewind(5));
  return { place, folder: await open(place), early, before, twin };
}

async function prune(place: Place, ...ids: readonly SnapshotId[]): Promise<string> {
  return basename((await applyPrune(await open(place), { by: 'choice', ids })).trashFolder);
}

describe.concurrent('what is lost when the trash is emptied', () => {
  test('is what no snapshot that stays brings back, in whichever prune it was moved', async () => {
    const { place, folder, early, before, twin } = await begin();
    expect(await findOnlyCopiesInTrash(folder)).toEqual([]);
    const first = await prune(place, before);
    expect(await findOnlyCopiesInTrash(folder), 'its twin stays').toEqual([]);
    await prune(place, twin);
    const [copy, ...others] = await findOnlyCopiesInTrash(folder);
    expect(others).toEqual([]);
    expect(copy, 'less what an earlier one brings back').toMatchObject({
      id: `@trash/${first}/${before}`,
      takenAt: expect.stringMatching(/^\d{4}-/),
      events: 10,
      messages: 10,
      chat: 'Harbour',
    });
    await prune(place, early);
    expect(await findOnlyCopiesInTrash(folder)).toMatchObject([{ messages: 15 }]);
    await putBack(folder, [{ trashName: first, ids: null }]);
    expect(await findOnlyCopiesInTrash(folder), 'put back').toEqual([]);
  });

  test('is told of what was kept, too', async () => {
    const { place, folder, before, twin } = await begin();
    const kept = await keepSnapshot(folder, twin, { name: null, note: null });
    const first = await prune(place, before, twin);
    expect(await findOnlyCopiesInTrash(folder), 'it is still kept').toEqual([]);
    await prune(place, kept.id);
    expect(await findOnlyCopiesInTrash(folder)).toMatchObject([{ id: `@trash/${first}/${before}` }]);
    await emptyTrash(folder);
    expect(await findOnlyCopiesInTrash(folder)).toEqual([]);
  });

  test('leaves out what stays in the trash because no prune put it there', async () => {
    const { place, folder, before, twin } = await begin();
    await rm(join(place.dir, 'snapshots', `${twin}.json`));
    const trash = join(place.dir, 'snapback/trash', await prune(place, before));
    await rename(join(trash, 'rewind'), join(trash, 'elsewhere'));
    expect(await findOnlyCopiesInTrash(folder)).toEqual([]);
  });

  test('is told of exactly what was shown', async () => {
    const { place, folder, before, twin } = await begin();
    await prune(place, before);
    const { planId } = await viewTrash(folder);
    await prune(place, twin);
    expect(await codeOf(findOnlyCopiesInTrash(folder, { planId }))).toBe('plan-stale');
    const shown = await viewTrash(folder);
    expect(await findOnlyCopiesInTrash(folder, shown)).toHaveLength(1);
    expect(await emptyTrash(folder, shown)).toMatchObject({ files: 2 });
    expect(await findOnlyCopiesInTrash(folder)).toEqual([]);
  });

  test('cannot be told without the database, unless nothing is in the trash', async () => {
    const { place, folder, before } = await begin();
    const trashName = await prune(place, before);
    for (const end of ['', '-wal', '-shm']) await rm(place.databaseFile + end, { force: true });
    expect(await codeOf(findOnlyCopiesInTrash(folder))).toBe('database-missing');
    await putBack(folder, [{ trashName, ids: null }]);
    expect(await findOnlyCopiesInTrash(folder)).toEqual([]);
  });
});
