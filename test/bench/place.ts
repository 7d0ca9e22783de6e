import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, run } from './measure.ts';
import {
  buildWorld,
  changeWorld,
  continueWorld,
  snapshotFile,
  type WorldSize,
  worldDatabase,
  worldSnapshot,
} from './world.ts';

const checkout = resolve(import.meta.dirname, '../..');
/** How many snapshots a search looks through. */
export const SEARCHED = 10;

/** Where the bench works: the worlds, the command to measure, and a fresh copy of a world for every run. */
export type Place = {
  /** A command of Snapback as an installed package runs it, on that data folder. */
  readonly snapback: (world: FreshWorld, ...args: readonly string[]) => Command;
  /** The same without a data folder, for who has used Snapback before. */
  readonly bare: (...args: readonly string[]) => Command;
  /** A folder whose database differs from its snapshot by so many percent of the rows. It is never written to. */
  readonly world: (percent: number) => Promise<string>;
  /** A copy of it that may be changed, and a cache folder of its own that knows nothing of it. */
  readonly fresh: (percent: number) => Promise<FreshWorld>;
  /** The world with ten snapshots, each a little different. It is never written to; the cache folder knows nothing of it. */
  readonly searched: () => Promise<FreshWorld>;
  /** A small data folder with so many snapshots, likewise. */
  readonly many: (snapshots: number) => Promise<FreshWorld>;
  /** A folder for anything else, until `clear`. */
  readonly scratch: string;
  /** Removes the copies made so far. */
  readonly tidy: () => Promise<void>;
  /** Removes everything but the worlds that were to be kept. */
  readonly clear: () => Promise<void>;
};

export type FreshWorld = { readonly dir: string; readonly cacheHome: string };

export type PlaceOptions = {
  readonly size: WorldSize;
  /** Where worlds are kept from one bench to the next; null: they are made, and removed afterwards. */
  readonly worlds: string | null;
  /** The script to measure instead of this checkout's package. */
  readonly script: string | null;
};

/** Builds the package and the world. Nothing of it is timed. */
export async function openPlace({ size, worlds, script }: PlaceOptions): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'snapback-bench-'));
  const kept = worlds ?? join(root, 'worlds');
  const copies = join(root, 'copies');
  for (const folder of [copies, join(root, 'scratch')]) await mkdir(folder);
  const program = script ?? (await installPackage(join(root, 'installed')));
  const command = (args: readonly string[], cacheHome: string): Command => ({
    line: [process.execPath, program, ...args],
    env: { XDG_CACHE_HOME: cacheHome },
  });
  const snapback: Place['snapback'] = ({ dir, cacheHome }, ...args) =>
    command([...args, '--data', dir], cacheHome);

  const made = new Map<number, Promise<string>>();
  function world(percent: number): Promise<string> {
    const making = made.get(percent) ?? makeWorld(percent);
    made.set(percent, making);
    return making;
  }
  async function makeWorld(percent: number): Promise<string> {
    const dir = join(kept, percent === 0 ? size : `${size}-${percent}`);
    if (existsSync(dir)) return dir;
    if (percent === 0) await buildWorld(dir, size);
    else {
      await copyWorld(await world(0), dir);
      changeWorld(dir, percent);
    }
    return dir;
  }

  // Snapback has run before, but on other data: its code is cached, the snapshot is not.
  const used = { dir: join(root, 'used'), cacheHome: join(root, 'used-cache') };
  await buildWorld(used.dir, 'small');
  await run(snapback(used, 'diff', worldSnapshot));

  async function freshCache(place: string): Promise<string> {
    const cacheHome = join(place, 'cache');
    if (existsSync(used.cacheHome)) await cp(used.cacheHome, cacheHome, { recursive: true });
    return cacheHome;
  }
  async function copy(from: string): Promise<FreshWorld> {
    const place = await mkdtemp(join(copies, 'copy-'));
    await copyWorld(from, join(place, 'data'));
    return { dir: join(place, 'data'), cacheHome: await freshCache(place) };
  }

  let history: Promise<string> | null = null;
  async function makeHistory(): Promise<string> {
    const dir = join(kept, `${size}-history`);
    if (existsSync(dir)) return dir;
    await copyWorld(await world(0), dir);
    await continueWorld(dir, SEARCHED);
    return dir;
  }

  return {
    snapback,
    bare: (...args) => command(args, used.cacheHome),
    world,
    fresh: async (percent) => copy(await world(percent)),
    async searched() {
      history ??= makeHistory();
      return {
        dir: await history,
        cacheHome: await freshCache(await mkdtemp(join(copies, 'copy-'))),
      };
    },
    async many(snapshots) {
      const fresh = await copy(used.dir);
      for (let hour = 1; hour < snapshots; hour += 1) {
        const time = new Date(Date.UTC(2026, 0, 1, hour)).toISOString().slice(0, 19).replace(/[-:]/g, '');
        await copyFile(snapshotFile(used.dir), join(fresh.dir, `snapshots/rewind/${time}Z.json`));
      }
      return fresh;
    },
    scratch: join(root, 'scratch'),
    async tidy() {
      for (const name of await readdir(copies)) await rm(join(copies, name), { recursive: true });
    },
    clear: () => rm(root, { recursive: true }),
  };
}

async function copyWorld(from: string, to: string): Promise<void> {
  await mkdir(join(to, 'snapshots/rewind'), { recursive: true });
  await copyFile(join(from, worldDatabase), join(to, worldDatabase));
  await copyFile(snapshotFile(from), snapshotFile(to));
}

/** Packs the checkout and lays it out as npm does. Returns the command's script. */
async function installPackage(folder: string): Promise<string> {
  const modules = join(folder, 'node_modules');
  const installed = join(modules, 'snapback');
  await mkdir(installed, { recursive: true });
  const pack = `cd ${JSON.stringify(checkout)} && npm pack --silent --pack-destination ${JSON.stringify(folder)}`;
  await run({ line: ['sh', '-c', pack] });
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
  await run({ line: ['tar', '-xzf', join(folder, archive), '-C', installed, '--strip-components=1'] });
  await symlink(join(checkout, 'node_modules/better-sqlite3'), join(modules, 'better-sqlite3'));
  return join(installed, 'bin/snapback.js');
}
