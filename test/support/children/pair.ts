import '../../faults/wrap-files.ts';
import '../../faults/wrap-database.ts';
import '../../faults/clock.ts';
import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Handlers } from '../../../electron/core/requests.ts';
import type { DataFolder } from '../../../src/index.ts';
import { explain } from '../../../words/errors.ts';
import { watchCalls } from '../../faults/inject.ts';
import type { PairKnown } from '../../faults/pair-world.ts';

/**
 * One of two Snapbacks. Each line that it is given names an action, the world to do it in, and perhaps the call before which
 * to wait until a file is there. Says `held` while it waits, and at the end how the action ended and which calls it made.
 */
const core = await import('../../../src/index.ts');
const { createHandlers } = await import('../../../electron/core/handlers.ts');
const { createOpenFolders } = await import('../../../electron/core/open-folders.ts');
const { REWIND } = await import('../rewound.ts');
const { default: Database } = await import('better-sqlite3');
const known: PairKnown = JSON.parse(process.argv[2] ?? '{}');

type Action = (folder: DataFolder, world: string) => Promise<unknown>;

const CONSENTS = { acceptDrift: false, acceptOtherTimeline: true } as const;
const NOW = { planId: null, whileOpen: false } as const;
const restoring =
  (options: Partial<Parameters<typeof core.applyRestore>[1]>): Action =>
  (folder) => {
    const request = { ...core.defaultRestoreOptions, ...CONSENTS, snapshotId: known.id, ...options };
    return core.applyRestore(folder, { ...request, action: 'restore' }, NOW);
  };

/** In one transaction, and without waiting for anybody. */
function asHost(sql: string): Action {
  return async (folder) => {
    const db = new Database(folder.databaseFile, { timeout: 0 });
    try {
      db.exec('BEGIN IMMEDIATE');
      db.exec(sql);
      db.exec('COMMIT');
    } finally {
      db.close();
    }
  };
}

type Window = { readonly handlers: Handlers; readonly of: { readonly folderId: string } };
type Planned = { readonly planId: string; readonly apply: 'plan.apply' | 'prune.apply' };

/** As the window does it: opens the folder, asks for a plan, and applies that. */
function inWindow(plan: (window: Window) => Promise<Planned>): Action {
  return async (_, world) => {
    const handlers = await createHandlers(
      createOpenFolders(() => undefined),
      { nativeBinding: undefined, sqliteTempDirs: [] },
    ).all();
    const of = { folderId: 'folder-1' };
    const [dir, cacheDir] = [join(world, 'data'), join(world, 'cache')];
    await handlers['private.open']({ ...of, dir, database: null, cacheDir }, {});
    try {
      const { planId, apply } = await plan({ handlers, of });
      if (apply === 'prune.apply') await handlers[apply]({ ...of, planId }, {});
      else await handlers[apply]({ ...of, planId, whileOpen: false, ...CONSENTS }, {});
    } finally {
      await handlers['private.close'](of, {});
    }
  };
}

const ACTIONS: Readonly<Record<string, Action>> = {
  take: (folder) => core.takeSnapshot(folder, 'periodic'),
  restore: restoring({}),
  'keep newer': restoring({ keepNewer: true, acceptOtherTimeline: false }),
  part: restoring({ selection: { by: 'tables', tables: ['memories', 'faces'] } }),
  merge: restoring({ merge: { baseId: known.baseId, choices: { all: 'theirs', tables: [] } } }),
  undo: (folder) => core.applyUndo(folder, CONSENTS, NOW),
  prune: (folder) => core.applyPrune(folder, { by: 'choice', ids: [known.spareId] }),
  'put back': (folder) => core.putBack(folder, [{ trashName: known.trashName, ids: null }]),
  keep: (folder) => core.keepSnapshot(folder, known.spareId, { name: 'Mine', note: null }),
  salvage: (folder, world) =>
    core.salvageSnapshot(folder, known.damagedId, {
      to: join(world, 'out', `saved-${process.pid}.json`),
      format: 'json',
    }),
  'empty the trash': (folder) => core.emptyTrash(folder),
  'the host writes': asHost(
    `INSERT INTO event_log (ts, kind, payload_json) VALUES ('2026-01-02T00:00:00Z', 'message', '{"text":"said"}')`,
  ),
  'the host rewinds': asHost(`${REWIND.flags(6)} DELETE FROM memories WHERE id > 6 AND id <> 9;`),
  'restore in the window': inWindow(async ({ handlers, of }) => {
    const options = { ...core.defaultRestoreOptions, ...CONSENTS };
    const plan = await handlers['restore.plan']({ ...of, snapshotId: known.id, options }, {});
    return { planId: plan.planId, apply: 'plan.apply' };
  }),
  'undo in the window': inWindow(async ({ handlers, of }) => {
    const plan = await handlers['undo.plan']({ ...of, of: null, ...CONSENTS }, {});
    return { planId: plan.planId, apply: 'plan.apply' };
  }),
  'prune in the window': inWindow(async ({ handlers, of }) => {
    const policy = { by: 'choice', ids: [known.spareId] } as const;
    return { planId: (await handlers['prune.plan']({ ...of, policy }, {})).planId, apply: 'prune.apply' };
  }),
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
