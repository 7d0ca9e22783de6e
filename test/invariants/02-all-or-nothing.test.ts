import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, finishInterrupted, readRestoredState } from '../../src/index.ts';
import { readWhole } from '../support/copies.ts';
import { addEvents, codeOf, makeRoot, open, type Place, run } from '../support/place.ts';
import { start } from '../support/process.ts';
import { NOW, restoring } from '../support/requests.ts';
import { findFaults, readState, type State } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/*
 * A real process is killed at every phase of taking, restoring and undoing, each time at another moment. In every case
 * the database is as before or as planned, and the next start finishes or clears away the rest.
 */
const root = makeRoot();

const story: Story = {
  schema: `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);
    CREATE VIRTUAL TABLE memories_fts USING fts5(text, content='memories', content_rowid='id');
    CREATE TRIGGER ai AFTER INSERT ON memories BEGIN INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text); END;
    CREATE TRIGGER ad AFTER DELETE ON memories BEGIN
      INSERT INTO memories_fts(memories_fts, rowid, text) VALUES ('delete', old.id, old.text); END;
    CREATE TABLE audit (n INTEGER); CREATE TRIGGER counted AFTER INSERT ON memories BEGIN INSERT INTO audit VALUES (new.id); END;`,
  before: `${addEvents(1500)} INSERT INTO memories SELECT id, payload_json FROM event_log;`,
  since: `DELETE FROM event_log WHERE id % 3 = 0; DELETE FROM memories WHERE id % 2; INSERT INTO memories VALUES (9999, 'new');`,
  bystanders: ['audit'],
};

const MODES = ['wal', 'delete'] as const;
const PHASES = ['began', 'read-snapshot', 'safety-copy', 'apply', 'verify', 'checkpoint', 'commit'];

type Prepared = {
  readonly place: Place;
  readonly id: string;
  readonly mistaken: State;
  readonly restored: State;
};
const prepared = new Map<string, Prepared>();

/** For each journal mode a folder before the restore and one after it. */
beforeAll(async () => {
  await Promise.all(
    MODES.map(async (journalMode) => {
      const { place, id, since } = await live(root(), { ...story, journalMode });
      const after = { dir: `${place.dir}-restored`, databaseFile: join(`${place.dir}-restored`, 'app.db') };
      await cp(place.dir, after.dir, { recursive: true });
      await applyRestore(await open(after), restoring(id, { acceptOtherTimeline: true }), NOW);
      const states = { id, mistaken: since, restored: readState(after.databaseFile) };
      prepared.set(`restore ${journalMode}`, { place, ...states });
      prepared.set(`undo ${journalMode}`, { place: after, ...states });
    }),
  );
});

let copies = 0;

async function copyPlace(from: Prepared): Promise<Place> {
  copies += 1;
  const dir = join(root(), `copy-${copies}`);
  await cp(from.place.dir, dir, { recursive: true });
  return { dir, databaseFile: join(dir, 'app.db') };
}

/** Starts an action in a copy of the folder and kills it some milliseconds into a phase. */
async function killIn(action: string, mode: string, phase: string, delayMs: number) {
  const from = prepared.get(`${action === 'undo' ? 'undo' : 'restore'} ${mode}`);
  if (from === undefined) throw new Error('Nothing is prepared.');
  const place = await copyPlace(from);
  const child = start('act.ts', { args: [place.dir, action, from.id] });
  await child.said(phase);
  await sleep(delayMs);
  child.process.kill('SIGKILL');
  return { place, from, lines: await child.ended };
}

/** Every published snapshot is whole, and after the next start no draft is left. */
async function expectTidy({ dir }: Place): Promise<void> {
  for (const entry of await readdir(join(dir, 'snapshots'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    expect(entry.name).toMatch(/\.(?:json|db)$/);
    expect(readWhole(join(entry.parentPath, entry.name))).toHaveProperty('_snapback.about');
  }
}

async function newestCheckpoint({ dir }: Place): Promise<unknown> {
  const names = (await readdir(join(dir, 'snapshots/periodic')))
    .filter((name) => name.endsWith('.json'))
    .sort();
  return JSON.parse(await readFile(join(dir, 'snapshots/periodic', names.at(-1) ?? ''), 'utf8'));
}

const moments = MODES.flatMap((mode) =>
  PHASES.flatMap((phase, index) => [[mode, phase, (index * 37) % 50] as const]),
);

describe.concurrent.each(['restore', 'undo'] as const)('a %s that is killed', (action) => {
  const seen = new Set<'before' | 'after'>();
  afterAll(() => {
    // The first moment is before any write and the last one after COMMIT, so both must have been met.
    expect([...seen].sort()).toEqual(['after', 'before']);
  });

  test.each([...moments, ...MODES.map((mode) => [mode, 'done', 0] as const)])(
    'leaves, with journal mode %s in phase %s after %i ms, the state before it or the planned one, and a way to continue',
    async (mode, phase, delayMs) => {
      const { place, from } = await killIn(action, mode, phase, delayMs);
      const folder = await open(place);
      const bytes = await readFile(place.databaseFile);
      const finished = await finishInterrupted(folder);
      expect((await readFile(place.databaseFile)).equals(bytes)).toBe(true);
      const state = readState(place.databaseFile);
      const [old, planned] =
        action === 'restore' ? [from.mistaken, from.restored] : [from.restored, from.mistaken];
      const happened = JSON.stringify(state) === JSON.stringify(planned);
      expect(state).toEqual(happened ? planned : old);
      seen.add(happened ? 'after' : 'before');
      expect(findFaults(place.databaseFile)).toEqual([]);
      for (const { outcome } of finished) expect(outcome).toBe(happened ? 'committed' : 'not-committed');
      await expectTidy(place);
      if (happened)
        expect(await newestCheckpoint(place)).toMatchObject({
          event_log: { length: state.tables.event_log?.length },
        });
      // The host goes on, so that content alone tells nothing any more.
      run(place, addEvents(1, 'later'));
      expect(await finishInterrupted(folder)).toEqual([]);
      const known = await readRestoredState(folder);
      expect(known?.action ?? null).toBe(happened ? action : action === 'undo' ? 'restore' : null);
      const goneOn = readState(place.databaseFile);
      expect(await codeOf(applyUndo(folder, { acceptOtherTimeline: true }, NOW))).toBe(
        known === null ? 'nothing-to-undo' : 'done',
      );
      const ends = { restore: from.mistaken, undo: from.restored, none: goneOn };
      expect(readState(place.databaseFile)).toEqual(ends[known?.action ?? 'none']);
    },
  );
});

describe.concurrent('taking a snapshot, if it is killed,', () => {
  test.each(MODES.flatMap((mode) => [0, 15, 60, 150, 400].map((delayMs) => [mode, delayMs] as const)))(
    'leaves nothing that looks like a snapshot, with journal mode %s after %i ms',
    async (mode, delayMs) => {
      const phase = delayMs < 100 && mode !== 'wal' ? 'copy-database' : 'take';
      const { place, from } = await killIn('take', mode, phase, delayMs);
      await finishInterrupted(await open(place));
      await expectTidy(place);
      expect(readState(place.databaseFile)).toEqual(from.mistaken);
    },
  );
});
