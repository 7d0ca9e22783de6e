import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  applyPrune,
  applyRestore,
  applyUndo,
  defaultRestoreOptions,
  openDataFolder,
  takeSnapshot,
} from '../../src/index.ts';
import { makeMergeWorld } from '../support/merging.ts';
import { addEvents } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { copyWorld } from './world.ts';

/* One world in which each of the actions of two Snapbacks has something to do. */

export type PairKnown = {
  /** From before the rewind, and from just after it. */
  readonly id: string;
  readonly baseId: string;
  /** One that is pruned and kept, one that is in the trash, and one that is damaged. */
  readonly spareId: string;
  readonly trashName: string;
  readonly damagedId: string;
};

/** Makes it in `world`: a rewind, messages since, a restore that was undone, a full trash, and a damaged snapshot. */
export async function makePairWorld(root: string, world: string): Promise<PairKnown> {
  const newer = `${addEvents(2, 'new')} INSERT INTO memories VALUES (21, 'of what is new');`;
  const { place, folder, id, baseId } = await makeMergeWorld(root, { way: 'flags', withBase: true, newer });
  const { id: spareId } = await takeSnapshot(folder, 'rewind');
  const trashed = await takeSnapshot(folder, 'rewind');
  const { trashFolder } = await applyPrune(folder, { by: 'choice', ids: [trashed.id] });
  const request = { ...defaultRestoreOptions, keepNewer: true, snapshotId: id, action: 'restore' } as const;
  for (const part of ['cache', 'tmp', 'out']) mkdirSync(join(world, part), { recursive: true });
  copyWorld(place.dir, join(world, 'data'));
  const own = await openDataFolder(join(world, 'data'), { cacheDir: join(world, 'cache') });
  await applyRestore(own, request, NOW);
  await applyUndo(own, {}, NOW);
  const damagedId = 'rewind/20260101T000000Z';
  const bytes = readFileSync(join(own.dir, 'snapshots', `${id}.json`));
  writeFileSync(join(own.dir, 'snapshots', `${damagedId}.json`), bytes.subarray(0, bytes.length / 2));
  return {
    ...{ id, spareId, damagedId, baseId: baseId ?? '' },
    trashName: trashFolder.split('/').at(-1) ?? '',
  };
}

/** Snapshots that are in the trash on the disk. */
export function listTrashed(world: string): readonly string[] {
  const trash = join(world, 'data/snapback/trash');
  if (!existsSync(trash)) return [];
  return readdirSync(trash, { recursive: true }).flatMap((name) =>
    /\.(?:json|db)$/.test(String(name)) && !String(name).endsWith('manifest.json') ? [String(name)] : [],
  );
}
