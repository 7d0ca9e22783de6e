import '../support/file-calls.ts';

import fc from 'fast-check';
import { describe, test } from 'vitest';
import { openDataFolder } from '../../src/index.ts';
import { makePlace, makeRoot, run } from '../support/place.ts';
import { WAYS } from '../support/rewound.ts';
import type { Real } from './act.ts';
import { STEPS } from './commands.ts';
import { SCHEMA, TABLES } from './content.ts';
import type { Model, World } from './model.ts';

/*
 * Whatever is done one after the other, with whatever befalls it: the database holds what a plain model says, every
 * snapshot is in its place or in the trash with its bytes, and Undo and Redo lead where the model says. `npm run soak` goes
 * on with new seeds until its time is over.
 */
const root = makeRoot();

const WORLDS: readonly World[] = WAYS.flatMap((way) => [
  { way, reuses: false, journalMode: 'wal', cached: true },
  { way, reuses: false, journalMode: 'delete', cached: false },
  { way, reuses: true, journalMode: 'wal', cached: false },
  { way, reuses: true, journalMode: 'delete', cached: true },
]);

const { SNAPBACK_SOAK_MINUTES, SNAPBACK_SOAK_SEED, SNAPBACK_SOAK_SHRINK } = process.env;
const isSoak = SNAPBACK_SOAK_MINUTES !== undefined;
const SEED = Number(SNAPBACK_SOAK_SEED ?? 20261126);
const ROUNDS = 6;
const MOST_STEPS = 60;
/** Not a limit for a machine that is slow: to make a failure small, its sequence is done again many times. */
const TIMEOUT_MS = 24 * 3_600_000;

const sequences = fc.commands([...STEPS], { maxCommands: MOST_STEPS, size: 'max' });

const REUSING_LOG = `CREATE TABLE reusing (id INTEGER PRIMARY KEY, branch_id TEXT, ts TEXT, kind TEXT, payload_json TEXT,
  superseded_by INTEGER, hidden INTEGER DEFAULT 0); DROP TABLE event_log; ALTER TABLE reusing RENAME TO event_log;`;

async function begin(world: World): Promise<{ readonly model: Model; readonly real: Real }> {
  const place = await makePlace(root(), SCHEMA, { journalMode: world.journalMode, tables: TABLES });
  if (world.reuses) run(place, REUSING_LOG);
  const cacheDir = world.cached ? `${place.dir}-cache` : undefined;
  const folder = await openDataFolder(place.dir, { cacheDir });
  const chats = ['c1', 'c2'].map((id) => ({ id, messages: 0 }));
  const model: Model = {
    world,
    held: { log: [], chats, memories: [], tablesAt: null },
    ...{ draft: '', highest: 0, snapshots: new Map(), trash: [], back: [], again: [] },
    ...{ lagging: null, fullRestores: 0, told: [] },
  };
  return { model, real: { folder, cacheDir } };
}

/** One sequence in each world, beside each other: most of a restore is waiting for the disk and the clock. */
async function doRound(seed: number): Promise<void> {
  const all = await Promise.allSettled(
    WORLDS.map((world, index) =>
      fc.assert(
        fc.asyncProperty(sequences, async (steps) => {
          const begun = await begin(world);
          await fc.asyncModelRun(async () => begun, steps);
        }),
        { numRuns: 1, seed: seed * 100 + index, endOnFailure: isSoak && SNAPBACK_SOAK_SHRINK === undefined },
      ),
    ),
  );
  const failed = all.filter((one) => one.status === 'rejected');
  for (const { reason } of failed)
    throw new Error(
      `To repeat it with as few steps as possible: npm run soak -- --seed ${seed} --shrink\n${reason.message}\n${reason.cause?.message}`,
      {
        cause: reason,
      },
    );
}

const seeds = Array.from({ length: ROUNDS }, (_, index) => SEED + index);

describe.runIf(!isSoak)('after each step, all is as the model says', () => {
  test.concurrent.each(seeds)('with the seed %i', (seed) => doRound(seed), TIMEOUT_MS);
});

test.runIf(isSoak)(
  'after each step, all is as the model says, for as long as is asked for',
  async () => {
    const end = Date.now() + Number(SNAPBACK_SOAK_MINUTES) * 60_000;
    for (let seed = SEED; seed === SEED || Date.now() < end; seed += 1) {
      console.log(`seed ${seed}`);
      await doRound(seed);
    }
  },
  TIMEOUT_MS,
);
