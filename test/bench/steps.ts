import { spawnSync } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type SeedCommand, seedCommand } from '../interop/seed.ts';
import { type Command, type Cost, measureProcess, measureWithin, run } from './measure.ts';
import { type FreshWorld, type Place, SEARCHED } from './place.ts';
import { changeWorld, snapshotFile, worldDatabase, worldSnapshot } from './world.ts';

/** One of the two that are compared: made ready untimed, then measured. */
export type Side = {
  readonly prepare: () => Promise<Command>;
  readonly measure: (command: Command) => Promise<Cost>;
};

/**
 * `ratio`: our seconds to the peer's. `rate`: megabytes of so many snapshots per second of CPU; without a least one there
 * is no goal. `seconds`: of CPU, or by the clock.
 */
export type Goal =
  | { readonly of: 'ratio'; readonly atMost: number; readonly by: 'cpu' | 'wall' | 'both' }
  | { readonly of: 'rate'; readonly atLeast: number | null; readonly snapshots: number }
  | { readonly of: 'seconds'; readonly atMost: number; readonly by: 'cpu' | 'wall' };

export type Step = {
  readonly name: string;
  readonly title: string;
  readonly goal: Goal;
  readonly ours: Side;
  readonly peer: (Side & { readonly name: string }) | null;
};

type Before = (world: FreshWorld) => Promise<unknown>;

/** Of the rows, in percent, so many differ from the snapshot where the newest rewind is undone and the newer events are kept. */
export const RECOVERED = 0.1;

const SETTLED_MS = 2500;
const hasSqldiff = spawnSync('sqldiff', ['--help']).error === undefined;
const nothing: Before = async () => null;
const asFastAs = (times: number): Goal => ({ of: 'ratio', atMost: 1 / times, by: 'cpu' });
const whole = (prepare: Side['prepare']): Side => ({ prepare, measure: measureProcess });

/** Every step without a window, in the order of the table. “Cold” means that Snapback has not seen this snapshot. */
export function describeSteps(place: Place): readonly Step[] {
  const { snapback } = place;
  const look: Before = async (world) => {
    // Of a file that has just changed, nothing is remembered, because it may still change.
    await setTimeout(SETTLED_MS);
    return run(snapback(world, 'diff', worldSnapshot));
  };
  const restore = ['restore', worldSnapshot, '--yes'];

  /** Our command on a fresh copy, after what was done with that before. */
  const ours = (percent: number, args: readonly string[], before = nothing): Side =>
    whole(async () => {
      const world = await place.fresh(percent);
      await before(world);
      return snapback(world, ...args);
    });
  const seed = (command: SeedCommand, percent: number, before = nothing) => ({
    name: 'seed',
    ...whole(async () => {
      const world = await place.fresh(percent);
      await before(world);
      const { dir } = world;
      const argument = command === 'restore' ? snapshotFile(dir) : 'rewind';
      return { line: seedCommand(command, { dir, databaseFile: join(dir, worldDatabase) }, argument) };
    }),
  });
  const parse = {
    name: 'JSON.parse',
    ...whole(async () => parseCommand(snapshotFile(await place.world(0)))),
  };
  const within = (question: 'list' | 'due', prepare: () => Promise<FreshWorld>): Side => ({
    async prepare() {
      const { dir, cacheHome } = await prepare();
      const script = join(import.meta.dirname, 'within.ts');
      return { line: [process.execPath, script, question, dir], env: { XDG_CACHE_HOME: cacheHome } };
    },
    measure: measureWithin,
  });
  const due = (name: string, title: string, before: Before): Step => ({
    name,
    title,
    goal: asFastAs(100),
    ours: within('due', async () => {
      const world = await place.fresh(0);
      await before(world);
      return world;
    }),
    peer: seed('due', 0, addCheckpoint),
  });
  const list = (name: string, title: string, seconds: number, before = nothing): Step => ({
    name,
    title,
    goal: { of: 'seconds', atMost: seconds, by: 'cpu' },
    ours: within('list', async () => {
      const world = await place.many(1000);
      await before(world);
      return world;
    }),
    peer: null,
  });
  const search = (name: string, title: string, atLeast: number | null, before = nothing): Step => ({
    name,
    title,
    goal: { of: 'rate', atLeast, snapshots: SEARCHED },
    ours: whole(async () => {
      const world = await place.searched();
      await before(world);
      return snapback(world, 'search', 'café');
    }),
    peer: null,
  });
  const restores = (percent: number, cold: number, read: number): readonly Step[] => {
    const peer = seed('restore', percent);
    return [
      { when: 'cold', times: cold, before: nothing },
      { when: 'read', times: read, before: look },
    ].map(({ when, times, before }) => ({
      name: `restore-${percent}-${when}`,
      title: `restore --yes, ${percent} %, ${when}`,
      goal: { of: 'ratio', atMost: 1 / times, by: 'wall' },
      ours: ours(percent, restore, before),
      peer,
    }));
  };
  const seedRestore = seed('restore', 5);

  return [
    {
      name: 'take',
      title: 'take',
      goal: asFastAs(3),
      ours: ours(0, ['take']),
      peer: seed('take', 0),
    },
    {
      name: 'verify-seed',
      title: 'verify a file of the seed',
      goal: { of: 'rate', atLeast: 350, snapshots: 1 },
      ours: ours(0, ['verify', worldSnapshot]),
      peer: parse,
    },
    {
      name: 'verify-own',
      title: 'verify a file of our own',
      goal: { of: 'rate', atLeast: 350, snapshots: 1 },
      ours: ours(0, ['verify', 'latest'], (world) => run(snapback(world, 'take'))),
      peer: parse,
    },
    {
      name: 'diff-cold',
      title: 'first diff, 5 %, cold',
      goal: asFastAs(1 / 2),
      ours: ours(5, ['diff', worldSnapshot]),
      peer: parse,
    },
    {
      name: 'diff-again',
      title: 'diff again after 1 % changed',
      goal: asFastAs(1),
      ours: ours(0, ['diff', worldSnapshot], async (world) => {
        await look(world);
        changeWorld(world.dir, 1);
      }),
      peer: !hasSqldiff
        ? null
        : {
            name: 'sqldiff',
            ...whole(async () => {
              const [from, to] = [await place.world(0), await place.world(1)];
              return { line: ['sqldiff', join(from, worldDatabase), join(to, worldDatabase)] };
            }),
          },
    },
    {
      name: 'plan-cold',
      title: 'restore plan, 5 %, cold',
      goal: asFastAs(2),
      ours: ours(5, ['restore', worldSnapshot]),
      peer: seedRestore,
    },
    {
      name: 'plan-read',
      title: 'restore plan, 5 %, read',
      goal: asFastAs(4),
      ours: ours(5, ['restore', worldSnapshot], look),
      peer: seedRestore,
    },
    ...restores(0.1, 3, 4),
    ...restores(5, 3, 4),
    ...restores(100, 1.5, 2),
    {
      name: 'recovery',
      title: 'restore latest-rewind --keep-newer --yes, 0.1 %, cold',
      goal: { of: 'seconds', atMost: 5, by: 'wall' },
      ours: ours(RECOVERED, ['restore', 'latest-rewind', '--keep-newer', '--yes']),
      peer: null,
    },
    {
      name: 'undo',
      title: 'undo --yes, 5 %',
      goal: asFastAs(4),
      ours: ours(5, ['undo', '--yes'], (world) => run(snapback(world, ...restore))),
      peer: seedRestore,
    },
    due('due-seed', 'due, newest is the seed’s *', addCheckpoint),
    due('due-own', 'due, newest is our own *', (world) => run(snapback(world, 'take', '--kind', 'periodic'))),
    list('list-new', 'list of 1,000, never seen *', 0.5),
    list('list-seen', 'list of 1,000, seen *', 0.15, (world) => run(snapback(world, 'list', '--check'))),
    search('search-first', 'first search, ten snapshots unread', null),
    search('search-again', 'search again, another phrase', 1000, (world) =>
      run(snapback(world, 'search', 'harbour')),
    ),
    {
      name: 'help',
      title: 'snapback --help',
      goal: { of: 'seconds', atMost: 0.15, by: 'cpu' },
      ours: whole(async () => place.bare('--help')),
      peer: { name: 'node -e 0', ...whole(async () => ({ line: [process.execPath, '-e', '0'] })) },
    },
  ];
}

/** The snapshot again, as the host's newest checkpoint of this moment. */
async function addCheckpoint({ dir }: FreshWorld): Promise<void> {
  const folder = join(dir, 'snapshots/periodic');
  await mkdir(folder, { recursive: true });
  await copyFile(snapshotFile(dir), join(folder, '20260101T000001Z.json'));
}

function parseCommand(file: string): Command {
  return {
    line: [process.execPath, '-e', "JSON.parse(require('fs').readFileSync(process.argv[1], 'utf8'))", file],
  };
}
