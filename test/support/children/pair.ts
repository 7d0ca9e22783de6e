import '../../faults/wrap-files.ts';
import '../../faults/wrap-database.ts';
import '../../faults/clock.ts';
import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DataFolder } from '../../../src/index.ts';
import { explain } from '../../../words/errors.ts';
import { watchCalls } from '../../faults/inject.ts';
import type { PairKnown } from '../../faults/pair-world.ts';

/**
 * One of two Snapbacks. Each line that it is given names an action, the world to do it in, and perhaps the call before which
 * to wait until a file is there. Says `held` while it waits, and at the end how the action ended and which calls it made.
 */
const core = await import('../../../src/index.ts');
const { default: Database } = await import('better-sqlite3');
const known: PairKnown = JSON.parse(process.argv[2] ?? '{}');

type Action = (folder: DataFolder, world: string) => Promise<unknown>;

const NOW = { planId: null, whileOpen: false } as const;
const restoring =
  (options: Partial<Parameters<typeof core.applyRestore>[1]>): Action =>
  (folder) => {
    const consents = { acceptDrift: false, acceptOtherTimeline: true };
    const request = { ...core.defaultRestoreOptions, ...consents, snapshotId: known.id, ...options };
    return core.applyRestore(folder, { ...request, action: 'restore' }, NOW);
  };

const ACTIONS: Readonly<Record<string, Action>> = {
  take: (folder) => core.takeSnapshot(folder, 'periodic'),
  restore: restoring({}),
  'keep newer': restoring({ keepNewer: true, acceptOtherTimeline: false }),
  part: restoring({ selection: { by: 'tables', tables: ['memories', 'faces'] } }),
  merge: restoring({ merge: { baseId: known.baseId, choices: { all: 'theirs', tables: [] } } }),
  undo: (folder) => core.applyUndo(folder, { acceptDrift: false, acceptOtherTimeline: true }, NOW),
  prune: (folder) => core.applyPrune(folder, { by: 'choice', ids: [known.spareId] }),
  'put back': (folder) => core.putBack(folder, [{ trashName: known.trashName, ids: null }]),
  keep: (folder) => core.keepSnapshot(folder, known.spareId, { name: 'Mine', note: null }),
  salvage: (folder, world) =>
    core.salvageSnapshot(folder, known.damagedId, {
      to: join(world, 'out', `saved-${process.pid}.json`),
      format: 'json',
    }),
  'empty the trash': (folder) => core.emptyTrash(folder),
  'the host writes': async (folder) => {
    const db = new Database(folder.databaseFile, { timeout: 0 });
    try {
      db.exec('BEGIN IMMEDIATE');
      db.exec(
        `INSERT INTO event_log (ts, kind, payload_json) VALUES ('2026-01-02T00:00:00Z', 'message', '{"text":"said"}')`,
      );
      db.exec('COMMIT');
    } finally {
      db.close();
    }
  },
};

type Order = {
  readonly world: string;
  readonly action: string;
  readonly hold?: string;
  readonly go?: string;
};

async function obey({ world, action, hold, go = '' }: Order) {
  process.env.TMPDIR = join(world, 'tmp');
  const folder = await core.openDataFolder(join(world, 'data'), { cacheDir: join(world, 'cache') });
  const calls: string[] = [];
  const wait = new Int32Array(new SharedArrayBuffer(4));
  try {
    await watchCalls(
      [world],
      ({ key, changes }) => {
        if (changes) calls.push(key);
        if (key !== hold) return null;
        const act = () => {
          writeSync(1, '"held"\n');
          while (!existsSync(go)) Atomics.wait(wait, 0, 0, 2);
        };
        return { when: 'before', act };
      },
      async () => ACTIONS[action]?.(folder, world),
    );
    return { code: 'done', said: [], calls };
  } catch (error) {
    if (error instanceof Database.SqliteError) return { code: 'database-busy', said: [], calls };
    if (!(error instanceof core.SnapbackError)) return { code: String(error), said: [], calls };
    const said = (['cli', 'window'] as const).map((face) => Object.values(explain(error, face)).join(' '));
    return { code: error.code, said: [error.message, ...said], calls };
  }
}

for await (const line of createInterface({ input: process.stdin }))
  writeSync(1, `${JSON.stringify(await obey(JSON.parse(line)))}\n`);
