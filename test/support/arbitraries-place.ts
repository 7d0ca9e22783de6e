import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { type DataFolder, openDataFolder } from '../../src/host/data-folder.ts';
import { createWorld, type World, worlds } from './arbitraries-world.ts';

/** The data folder of a world, at the moment of its snapshot, in a new folder below `parent`. */
export async function settle(parent: string, world: World): Promise<DataFolder> {
  const dir = await mkdtemp(join(parent, 'world-'));
  await writeFile(join(dir, 'snapback-profile.json'), JSON.stringify(world.profile));
  createWorld(join(dir, 'app.db'), world);
  return openDataFolder(dir, { database: 'app.db' });
}

/**
 * Checks a law for so many worlds at a time, `rounds` times: publishing a snapshot waits for the end of a second, and
 * those waits pass together. A failing round is not made smaller for longer than half a minute.
 */
export async function holds(
  law: (world: World) => Promise<void>,
  { together, rounds }: { readonly together: number; readonly rounds: number },
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(worlds, { minLength: 1, maxLength: together, size: 'max' }), async (list) => {
      await Promise.all(list.map(law));
    }),
    { numRuns: rounds },
  );
}
