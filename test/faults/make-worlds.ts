import { cp, mkdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { applyPrune, applyRestore, applyUndo, holdSnapshot, openDataFolder } from '../../src/index.ts';
import { killAtCommit } from '../support/killed.ts';
import { makeMergeWorld } from '../support/merging.ts';
import { addEvents, asHost, type Place } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { makeTwoChats } from '../support/two-chats.ts';
import type { Verb } from './verbs.ts';
import type { Known } from './world.ts';

/** Makes the worlds in which the verbs begin, each a folder of `root`. Two chats, of which one was rewound by mistake. */
export async function makeWorlds(root: string): Promise<Known> {
  const { place, id } = await makeTwoChats(root);
  const make = async (name: Verb['begins'], from: Place) => {
    const world = join(root, name);
    for (const part of ['cache', 'tmp', 'out']) await mkdir(join(world, part), { recursive: true });
    await cp(from.dir, join(world, 'data'), { recursive: true, preserveTimestamps: true });
    const dir = join(world, 'data');
    return { dir, databaseFile: join(dir, 'app.db'), cacheDir: join(world, 'cache') };
  };
  const openIt = ({ dir, cacheDir }: { readonly dir: string; readonly cacheDir: string }) =>
    openDataFolder(dir, { cacheDir });
  await make('rewound', place);
  const consents = { acceptDrift: false, acceptOtherTimeline: true };
  const request = restoring(id, consents);
  const restored = await make('restored', place);
  await applyRestore(await openIt(restored), request, NOW);
  const undone = await make('undone', restored);
  await applyUndo(await openIt(undone), consents, NOW);
  const pruned = await make('pruned', place);
  const { trashFolder } = await applyPrune(await openIt(pruned), { by: 'choice', ids: [id] });
  await killAtCommit(await make('killed', place), id, { committed: true, acceptOtherTimeline: true });
  const { id: keptId } = await holdSnapshot(await openIt(await make('held', place)), id);
  asHost(await make('without a WAL', place), (db) => db.pragma('journal_mode = delete'));
  const newer = `${addEvents(2, 'new')} INSERT INTO memories VALUES (21, 'of what is new'); UPDATE chats SET title = 'Port' WHERE id = 'c1';`;
  const merged = await makeMergeWorld(root, { way: 'deletes', withBase: true, newer });
  await make('to be merged', merged.place);
  const damaged = join((await make('damaged', place)).dir, 'snapshots', `${id}.json`);
  await truncate(damaged, Math.floor((await readFile(damaged)).length / 2));
  return {
    id,
    keptId,
    mergedId: merged.id,
    baseId: merged.baseId ?? '',
    trashName: trashFolder.split('/').at(-1) ?? '',
  };
}
