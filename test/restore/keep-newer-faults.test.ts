import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  finishInterrupted,
  planRestore,
  readRestoredState,
  takeSnapshot,
} from '../../src/index.ts';
import { readWhole } from '../support/copies.ts';
import { delayed, killAct } from '../support/killed-act.ts';
import { ownMounts, SMALL_DISK } from '../support/mounts.ts';
import { addEvents, codeOf, makeRoot, open, type Place, run } from '../support/place.ts';
import { runToEnd, start } from '../support/process.ts';
import { NOW } from '../support/requests.ts';
import { keeping, rewindLately } from '../support/rewound.ts';
import { findFaults, readState, type State } from '../support/state.ts';

/*
 * Keeping newer events is all or nothing, too, and so are its undo and the undo of that. Above all, no checkpoint may ever
 * claim more events than the tables beside it hold: the host would never apply the others.
 */
const root = makeRoot();

/** Two newer events, and enough rows that every phase takes a while. */
const NEWER = `${addEvents(2, 'new')} INSERT INTO memories
  WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) SELECT i, hex(randomblob(99)) FROM n;`;

type Action = 'restore' | 'undo' | 'redo';
type Prepared = {
  readonly place: Place;
  readonly id: string;
  readonly mistaken: State;
  readonly kept: State;
};
const prepared = new Map<Action, Prepared>();

async function copyOf({ dir }: Place): Promise<Place> {
  const copy = join(root(), `copy-${prepared.size}-${copies}`);
  copies += 1;
  await cp(dir, copy, { recursive: true });
  return { dir: copy, databaseFile: join(copy, 'app.db') };
}
let copies = 0;

/** A folder before the restore, one after it, and one after its undo. */
beforeAll(async () => {
  const { place, id, since } = await rewindLately(root(), 'flags', { newer: NEWER });
  const kept = await copyOf(place);
  await applyRestore(await open(kept), keeping(id), NOW);
  const undone = await copyOf(kept);
  await applyUndo(await open(undone), {}, NOW);
  const states = { id, mistaken: since, kept: readState(kept.databaseFile) };
  prepared.set('restore', { place, ...states });
  prepared.set('undo', { place: kept, ...states });
  prepared.set('redo', { place: undone, ...states });
});

async function copyFor(action: Action) {
  const from = prepared.get(action);
  if (from === undefined) throw new Error('Nothing is prepared.');
  const [old, planned] = action === 'undo' ? [from.kept, from.mistaken] : [from.mistaken, from.kept];
  return { ...from, place: await copyOf(from.place), old, planned };
}

/** The checkpoint that the host's next start loads: its last event, and the events and memories in it; null without one. */
async function readCheckpoint({ dir }: Place): Promise<readonly unknown[] | null> {
  const names = await readdir(join(dir, 'snapshots/periodic')).catch(() => []);
  const newest = names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .at(-1);
  if (newest === undefined) return null;
  const dump = JSON.parse(await readFile(join(dir, 'snapshots/periodic', newest), 'utf8'));
  return [dump.last_event_id, dump.event_log.length, dump.memories.length];
}

/** What must hold of a folder, whatever happened in it. */
async function expectHonest(place: Place, kept: State): Promise<void> {
  const folder = await open(place);
  const state = readState(place.databaseFile);
  const isKept = JSON.stringify(state) === JSON.stringify(kept);
  expect(findFaults(place.databaseFile)).toEqual([]);
  const checkpoint = await readCheckpoint(place);
  if (isKept) expect(checkpoint).toEqual([12, 12, 12]);
  else if (checkpoint !== null) expect(checkpoint).toEqual([15, 15, state.tables.memories?.length]);
  expect(await codeOf(takeSnapshot(folder, 'periodic'))).toBe(isKept ? 'events-not-applied' : 'done');
  for (const entry of await readdir(join(place.dir, 'snapshots'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    expect(entry.name).toMatch(/\.(?:json|db)$/);
    readWhole(join(entry.parentPath, entry.name));
  }
}

const PHASES = ['began', 'read-snapshot', 'safety-copy', 'apply', 'verify', 'checkpoint', 'commit', 'done'];

describe.each(['restore', 'undo', 'redo'] as const)('a %s that is killed', (action) => {
  const seen = new Set<'before' | 'after'>();
  afterAll(() => {
    expect([...seen].sort()).toEqual(['after', 'before']);
  });

  test.concurrent.each(delayed(PHASES))(
    'in phase %s after %i ms is done or not done, and the next start knows',
    async (phase, delayMs) => {
      const { place, id, kept, mistaken, old, planned } = await copyFor(action);
      const verb = action === 'restore' ? 'restore' : 'undo';
      const act = { args: [place.dir, verb, id], env: { KEEP_NEWER: '' } };
      const { folder, state, happened } = await killAct({ place, act, old, planned }, phase, delayMs);
      seen.add(happened ? 'after' : 'before');
      await expectHonest(place, kept);
      const known = await readRestoredState(folder);
      if (known === null) expect(action).toBe('restore');
      else await applyUndo(folder, { acceptOtherTimeline: true }, NOW);
      const isKept = JSON.stringify(state) === JSON.stringify(kept);
      expect(readState(place.databaseFile)).toEqual(known === null ? state : isKept ? mistaken : kept);
    },
  );
});

describe
  .skipIf(ownMounts === undefined)
  .concurrent(ownMounts !== undefined ? 'a disk' : 'a disk (not here: may not mount a small one)', () => {
    test.each([
      ['restore', 'safety-copy'],
      ['restore', 'apply'],
      ['restore', 'checkpoint'],
      ['restore', 'commit'],
      ['undo', 'apply'],
      ['redo', 'checkpoint'],
    ] as const)('that fills up in a %s, phase %s, leaves it done or not done', async (action, phase) => {
      const { place, id, kept, old, planned } = await copyFor(action);
      const [disk, out] = [`${place.dir}-disk`, `${place.dir}-out`];
      await mkdir(disk);
      await mkdir(out);
      const through = [...(ownMounts ?? []), 'sh', '-c', SMALL_DISK, 'sh', disk, place.dir, out];
      const env = { FILL_IN: phase, FILL: join(disk, 'filler'), KEEP_NEWER: '' };
      const verb = action === 'restore' ? 'restore' : 'undo';
      const outcome = await runToEnd('act.ts', { args: [disk, verb, id], through, env });
      const after = { dir: out, databaseFile: join(out, 'app.db') };
      expect(['done', 'disk-full']).toContain(outcome);
      await finishInterrupted(await open(after));
      expect(readState(after.databaseFile)).toEqual(outcome === 'done' ? planned : old);
      await expectHonest(after, kept);
    });
  });

describe.concurrent('beside others', () => {
  test('one of two that keep newer events at the same time wins', async () => {
    const { place, id, kept } = await copyFor('restore');
    const go = `${place.dir}-go`;
    const two = [0, 1].map(() =>
      start('restore-and-wait.ts', { args: [place.dir, id, 'keep-newer', go, 'safety-copy'] }),
    );
    for (const child of two) expect(await child.said('safety-copy')).toBe(true);
    await writeFile(go, '');
    const outcomes = await Promise.all(two.map(async ({ ended }) => (await ended).at(-1)));
    expect(outcomes).toContain('done');
    expect(outcomes.filter((one) => one === 'plan-stale' || one === 'database-busy')).toHaveLength(1);
    expect(readState(place.databaseFile)).toEqual(kept);
    await expectHonest(place, kept);
  });

  test.each(['read-snapshot', 'safety-copy', 'apply', 'verify', 'checkpoint'])(
    'a host that appends in phase %s is kept whole, or waits',
    async (phase) => {
      const { place, id, mistaken } = await copyFor('restore');
      const folder = await open(place);
      const { planId } = await planRestore(folder, keeping(id));
      const host = new Database(place.databaseFile, { timeout: 0 });
      let appended: boolean | null = null;
      const onProgress = (progress: { readonly phase: string }) => {
        if (progress.phase !== phase || appended !== null) return;
        appended = (() => {
          try {
            host.exec(addEvents(1, 'meanwhile'));
            return true;
          } catch (error) {
            if (error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY') return false;
            throw error;
          }
        })();
      };
      const outcome = await codeOf(
        applyRestore(folder, keeping(id), { planId, whileOpen: true }, { onProgress }),
      );
      host.close();
      expect([outcome, appended]).toEqual(appended === true ? ['plan-stale', true] : ['done', false]);
      const log = readState(place.databaseFile).tables.event_log ?? [];
      expect(log).toHaveLength(appended === true ? 16 : 14);
      if (appended !== true) return;
      run(place, "DELETE FROM event_log WHERE payload_json LIKE '%meanwhile%'");
      expect(readState(place.databaseFile)).toEqual(mistaken);
    },
  );
});
