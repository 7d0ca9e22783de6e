import { join } from 'node:path';
import type { DataFolder } from '../../src/index.ts';
import { NOW } from '../support/requests.ts';
import { LOOKS } from './looks.ts';
import type { Facts, Known } from './world.ts';

/* What can be done in a world, whether it was done, and what comes next. */

type Core = typeof import('../../src/index.ts');
export type Use = {
  readonly core: Core;
  readonly folder: DataFolder;
  readonly world: string;
  readonly known: Known;
};

export type Verb = {
  /** Which of the prepared worlds it begins in. */
  readonly begins:
    | 'rewound'
    | 'restored'
    | 'undone'
    | 'pruned'
    | 'damaged'
    | 'killed'
    | 'held'
    | 'to be merged'
    | 'without a WAL';
  /** Where it removes what is there for good. */
  readonly removes?: 'trash' | 'kept';
  readonly run: (use: Use) => Promise<unknown>;
  /** Takes it back; null where there is no way, and none is needed. Then it is done again. */
  readonly takeBack: ((use: Use) => Promise<unknown>) | null;
  /** Whether a world is as it was left when all went well, `before` and `after` being what it was. */
  readonly isDone: (now: Facts, before: Facts, after: Facts) => boolean;
};

const CONSENTS = { acceptDrift: false, acceptOtherTimeline: true } as const;
const undo = ({ core, folder }: Use) => core.applyUndo(folder, CONSENTS, NOW);
const sameDatabase: Verb['isDone'] = (now, _, after) => now.database === after.database;

function restoring(options: Partial<Parameters<Core['applyRestore']>[1]>): Verb {
  return {
    begins: 'rewound',
    run: ({ core, folder, known }) =>
      core.applyRestore(
        folder,
        {
          ...core.defaultRestoreOptions,
          ...CONSENTS,
          ...options,
          snapshotId: known.id,
          action: 'restore',
        },
        NOW,
      ),
    takeBack: undo,
    isDone: sameDatabase,
  };
}

function saving(name: string, run: (use: Use & { readonly to: string }) => Promise<unknown>): Verb {
  return {
    begins: 'rewound',
    run: (use) => run({ ...use, to: join(use.world, 'out', name) }),
    takeBack: null,
    isDone: (now) => Object.keys(now.out).length === 1,
  };
}

const countOf = (files: Readonly<Record<string, string>>) => Object.keys(files).length;

export const VERBS = {
  take: {
    begins: 'rewound',
    run: ({ core, folder }) => core.takeSnapshot(folder, 'rewind'),
    takeBack: null,
    isDone: (now, before) => countOf(now.snapshots) > countOf(before.snapshots),
  },
  restore: restoring({}),
  'keep newer': restoring({ keepNewer: true }),
  'restore a part': restoring({ selection: { by: 'tables', tables: ['memories', 'reactions'] } }),
  'restore rows': restoring({
    selection: { by: 'rows', rows: [{ table: 'event_log', key: [5n] }], related: 'children' },
  }),
  'restore without a WAL': { ...restoring({}), begins: 'without a WAL' },
  merge: {
    ...restoring({}),
    begins: 'to be merged',
    run: ({ core, folder, known }) =>
      core.applyRestore(
        folder,
        {
          ...core.defaultRestoreOptions,
          merge: { baseId: known.baseId ?? null, choices: { all: 'theirs', tables: [] } },
          snapshotId: known.mergedId ?? '',
          action: 'restore',
        },
        NOW,
      ),
  },
  undo: { begins: 'restored', run: undo, takeBack: undo, isDone: sameDatabase },
  redo: { begins: 'undone', run: undo, takeBack: undo, isDone: sameDatabase },
  'restore to a copy': saving('copy.db', ({ core, folder, known, to }) =>
    core.restoreToCopy(
      folder,
      { ...core.defaultRestoreOptions, ...CONSENTS, snapshotId: known.id, to },
      { planId: null },
    ),
  ),
  'export as JSON': saving('export.json', ({ core, folder, known, to }) =>
    core.exportSnapshot(folder, known.id, { to, format: 'json', table: null }),
  ),
  'export as SQLite': saving('export.db', ({ core, folder, known, to }) =>
    core.exportSnapshot(folder, known.id, { to, format: 'sqlite', table: null }),
  ),
  'export as CSV': saving('export.csv', ({ core, folder, known, to }) =>
    core.exportSnapshot(folder, known.id, { to, format: 'csv', table: 'memories' }),
  ),
  salvage: {
    ...saving('saved.json', ({ core, folder, known, to }) =>
      core.salvageSnapshot(folder, known.id, { to, format: 'json' }),
    ),
    begins: 'damaged',
  },
  keep: {
    begins: 'rewound',
    run: ({ core, folder, known }) => core.keepSnapshot(folder, known.id, { name: 'Mine', note: null }),
    takeBack: null,
    // The file and its note.
    isDone: (now) => countOf(now.kept) === 2,
  },
  hold: {
    begins: 'rewound',
    run: ({ core, folder, known }) => core.holdSnapshot(folder, known.id),
    takeBack: null,
    // Each hold is one of its own.
    isDone: (now) => countOf(now.kept) >= 2,
  },
  'let go': {
    begins: 'held',
    run: ({ core, folder, known }) => core.releaseSnapshot(folder, known.keptId ?? ''),
    takeBack: null,
    // A note alone keeps nothing.
    isDone: (now) => Object.keys(now.kept).every((name) => name.endsWith('.note')),
    removes: 'kept',
  },
  prune: {
    begins: 'rewound',
    run: ({ core, folder }) => core.applyPrune(folder, { by: 'count', kind: 'rewind', keep: 0 }),
    takeBack: null,
    isDone: (now) => Object.keys(now.snapshots).every((name) => !name.includes('/rewind/')),
  },
  'put back': {
    begins: 'pruned',
    run: ({ core, folder, known }) => core.putBack(folder, [{ trashName: known.trashName ?? '', ids: null }]),
    takeBack: ({ core, folder }) => core.applyPrune(folder, { by: 'count', kind: 'rewind', keep: 0 }),
    isDone: (now) => countOf(now.trash) === 0,
  },
  'empty the trash': {
    begins: 'pruned',
    run: ({ core, folder }) => core.emptyTrash(folder),
    takeBack: null,
    isDone: (now) => countOf(now.trash) === 0,
    removes: 'trash',
  },
  'finish what was killed': {
    begins: 'killed',
    run: ({ core, folder }) => core.finishInterrupted(folder),
    takeBack: null,
    isDone: (now, before) => countOf(now.snapshots) > countOf(before.snapshots),
  },
  'clear the cache': {
    begins: 'restored',
    run: ({ core, folder }) => core.clearCache(folder.cacheDir ?? ''),
    takeBack: null,
    isDone: () => true,
  },
  ...LOOKS,
} as const satisfies Readonly<Record<string, Verb>>;

export type VerbName = keyof typeof VERBS;
