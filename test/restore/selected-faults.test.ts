import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  finishInterrupted,
  readRestoredState,
  type Selection,
} from '../../src/index.ts';
import { readWhole } from '../support/copies.ts';
import { delayed, killAct } from '../support/killed-act.ts';
import { ownMounts, SMALL_DISK } from '../support/mounts.ts';
import { makeRoot, open, type Place, run } from '../support/place.ts';
import { runToEnd } from '../support/process.ts';
import { NOW } from '../support/requests.ts';
import { findFaults, readState, type State } from '../support/state.ts';
import { makeTwoChats, selecting } from '../support/two-chats.ts';

/* Restoring a part is all or nothing, too: whatever is killed or full, the part is back or nothing has changed. */
const root = makeRoot();
const selection: Selection = { by: 'tables', tables: ['memories', 'reactions'] };

type Prepared = { readonly place: Place; readonly id: string; readonly old: State; readonly planned: State };
let prepared: Prepared | null = null;
let copies = 0;

async function copyOf({ dir }: Place): Promise<Place> {
  copies += 1;
  const copy = join(root(), `copy-${copies}`);
  await cp(dir, copy, { recursive: true });
  return { dir: copy, databaseFile: join(copy, 'app.db') };
}

/** A folder with enough rows that every phase takes a while, and what the part makes of it. */
beforeAll(async () => {
  const { place, id } = await makeTwoChats(root());
  run(
    place,
    `INSERT INTO memories (chat, bot, text) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
       SELECT 'c2', 'b1', hex(randomblob(99)) FROM n`,
  );
  const old = readState(place.databaseFile);
  const restored = await copyOf(place);
  await applyRestore(await open(restored), selecting(id, selection), NOW);
  prepared = { place, id, old, planned: readState(restored.databaseFile) };
});

async function copyForTest() {
  if (prepared === null) throw new Error('Nothing is prepared.');
  return { ...prepared, place: await copyOf(prepared.place) };
}

/** What must hold of a folder, whatever happened in it. */
async function expectHonest(place: Place): Promise<void> {
  expect(findFaults(place.databaseFile)).toEqual([]);
  for (const entry of await readdir(join(place.dir, 'snapshots'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    expect(entry.name).toMatch(/\.(?:json|db)$/);
    readWhole(join(entry.parentPath, entry.name));
  }
}

const PHASES = ['began', 'read-snapshot', 'safety-copy', 'apply', 'verify', 'checkpoint', 'commit', 'done'];

describe('a restore of a part that is killed', () => {
  const seen = new Set<'before' | 'after'>();
  afterAll(() => {
    expect([...seen].sort()).toEqual(['after', 'before']);
  });

  test.concurrent.each(delayed(PHASES))(
    'in phase %s after %i ms is done or not done, and the next start knows',
    async (phase, delayMs) => {
      const { place, id, old, planned } = await copyForTest();
      const act = { args: [place.dir, 'restore', id], env: { SELECT: JSON.stringify(selection) } };
      const { folder, happened } = await killAct({ place, act, old, planned }, phase, delayMs);
      seen.add(happened ? 'after' : 'before');
      await expectHonest(place);
      const known = await readRestoredState(folder);
      expect(known?.holds).toEqual(happened ? expect.objectContaining({ isPart: true }) : undefined);
      if (known !== null) await applyUndo(folder, {}, NOW);
      expect(readState(place.databaseFile)).toEqual(old);
    },
  );
});

describe
  .skipIf(ownMounts === undefined)
  .concurrent(ownMounts !== undefined ? 'a disk' : 'a disk (not here: may not mount a small one)', () => {
    test.each(['safety-copy', 'apply', 'checkpoint', 'commit'])(
      'that fills up in phase %s leaves the part restored, or nothing changed',
      async (phase) => {
        const { place, id, old, planned } = await copyForTest();
        const [disk, out] = [`${place.dir}-disk`, `${place.dir}-out`];
        await mkdir(disk);
        await mkdir(out);
        const through = [...(ownMounts ?? []), 'sh', '-c', SMALL_DISK, 'sh', disk, place.dir, out];
        const env = { FILL_IN: phase, FILL: join(disk, 'filler'), SELECT: JSON.stringify(selection) };
        const outcome = await runToEnd('act.ts', { args: [disk, 'restore', id], through, env });
        const after = { dir: out, databaseFile: join(out, 'app.db') };
        expect(['done', 'disk-full']).toContain(outcome);
        await finishInterrupted(await open(after));
        expect(readState(after.databaseFile)).toEqual(outcome === 'done' ? planned : old);
        await expectHonest(after);
      },
    );
  });
