import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  applyRestore,
  type DataFolder,
  exportSnapshot,
  openDataFolder,
  readHistory,
  restoreToCopy,
  type Selection,
  type SnapshotId,
  salvageSnapshot,
  takeSnapshot,
  viewTrash,
} from '../../src/index.ts';
import { SCHEMA, TABLES } from '../model/content.ts';
import { perform, type Verb } from '../model/verbs.ts';
import { makeDir, makePlace, putSnapshot, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';

/* What is done when the power goes, and the folders in which it is done. */

export type Ready = { readonly folder: DataFolder; readonly out: string; readonly ids: Ids };
type Ids = { readonly rewind: SnapshotId; readonly periodic: SnapshotId; readonly damaged: SnapshotId };

export type Action = {
  readonly name: string;
  /** What was done before, whose end is on the disk. */
  readonly first: readonly ((ready: Ready) => Promise<unknown>)[];
  readonly act: (ready: Ready) => Promise<unknown>;
};

const say = (chat: string, text: string) => `INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES
    ('main', '2026-01-01T00:00:00Z', 'memory', json_object('chat_id', '${chat}', 'text', '${text}'));
  INSERT INTO memories SELECT max(id), '${chat}', '${text}' FROM event_log;`;

/** A chat that was rewound and written on, with a snapshot from before, a checkpoint and a damaged snapshot. */
export async function makeReady(root: string, journalMode: 'wal' | 'delete'): Promise<Ready> {
  const place = await makePlace(root, SCHEMA, { tables: TABLES, journalMode });
  run(place, `${say('c1', 'one')} ${say('c2', 'two')} ${say('c1', 'three')}`);
  const folder = await openDataFolder(place.dir);
  const [rewind, periodic] = [await takeSnapshot(folder, 'rewind'), await takeSnapshot(folder, 'periodic')];
  run(
    place,
    `DELETE FROM event_log WHERE id = 3; DELETE FROM memories WHERE id = 3;
    INSERT INTO event_log (kind, payload_json) VALUES ('rewind', '{"chat_id": "c1", "to_event_id": 1}'); ${say('c2', 'four')}`,
  );
  const damaged = 'rewind/20260101T000000Z';
  const text = await readFile(join(place.dir, 'snapshots', `${rewind.id}.json`), 'utf8');
  await putSnapshot(place, damaged, text.slice(0, text.indexOf('"chats"')));
  return {
    folder,
    out: await makeDir(root),
    ids: { rewind: rewind.id, periodic: periodic.id, damaged },
  };
}

const verb =
  (choose: (ids: Ids) => Verb) =>
  ({ folder, ids }: Ready) =>
    perform(folder, choose(ids));
const restore = verb(({ rewind }) => ({ do: 'restore', id: rewind, mode: 'full', keepNewer: false }));
const prune = verb(({ rewind, periodic }) => ({ do: 'prune', ids: [rewind, periodic] }));

const selecting = (selection: Selection) =>
  verb(({ rewind }) => ({ do: 'restore', id: rewind, mode: 'full', keepNewer: false, selection }));

const exporting =
  (format: 'json' | 'sqlite' | 'csv') =>
  ({ folder, out, ids }: Ready) =>
    exportSnapshot(folder, ids.rewind, {
      ...{ format, table: format === 'csv' ? 'memories' : null },
      to: join(out, `export.${format}`),
    });
const salvaging =
  (format: 'json' | 'sqlite') =>
  ({ folder, out, ids }: Ready) =>
    salvageSnapshot(folder, ids.damaged, { format, to: join(out, `salvaged.${format}`) });

async function walk({ folder }: Ready, name: 'undo' | 'redo') {
  const { [name]: of } = await readHistory(folder);
  return perform(folder, { do: name, of: of ?? '' });
}

export const ACTIONS: readonly Action[] = [
  { name: 'take', first: [], act: verb(() => ({ do: 'take', kind: 'rewind' })) },
  { name: 'restore', first: [], act: restore },
  {
    name: 'restore, keep newer',
    first: [],
    act: verb(({ rewind }) => ({ do: 'restore', id: rewind, mode: 'full', keepNewer: true })),
  },
  {
    name: 'restore a chat',
    first: [],
    act: selecting({ by: 'chat', chat: 'c1', withGuessed: false }),
  },
  {
    name: 'restore tables',
    first: [],
    act: selecting({ by: 'tables', tables: ['memories'] }),
  },
  {
    name: 'restore rows',
    first: [],
    act: selecting({ by: 'rows', rows: [{ table: 'memories', key: [3n] }], related: 'none' }),
  },
  {
    name: 'merge',
    first: [],
    act: ({ folder, ids }) => {
      const merge = { baseId: null, choices: { all: 'theirs', tables: [] } } as const;
      return applyRestore(folder, restoring(ids.rewind, { merge }), NOW);
    },
  },
  { name: 'undo', first: [restore], act: (ready) => walk(ready, 'undo') },
  {
    name: 'redo',
    first: [restore, (ready) => walk(ready, 'undo')],
    act: (ready) => walk(ready, 'redo'),
  },
  { name: 'prune', first: [], act: prune },
  {
    name: 'put back',
    first: [prune],
    async act({ folder, ids }) {
      const [newest] = (await viewTrash(folder)).prunes;
      return perform(folder, {
        ...{ do: 'put back', trashName: newest?.trashName ?? '' },
        ids: [ids.rewind, ids.periodic],
      });
    },
  },
  { name: 'keep', first: [], act: verb(({ rewind }) => ({ do: 'keep', id: rewind })) },
  { name: 'export as JSON', first: [], act: exporting('json') },
  { name: 'export as SQLite', first: [], act: exporting('sqlite') },
  { name: 'export as CSV', first: [], act: exporting('csv') },
  { name: 'salvage as JSON', first: [], act: salvaging('json') },
  { name: 'salvage as SQLite', first: [], act: salvaging('sqlite') },
  {
    name: 'restore to a copy',
    first: [],
    act: ({ folder, out, ids }) =>
      restoreToCopy(
        folder,
        {
          to: join(out, 'copy.db'),
          snapshotId: ids.rewind,
          mode: 'full',
          keepNewer: false,
          acceptDrift: false,
          acceptOtherTimeline: true,
          clearTables: [],
        },
        { planId: null },
      ),
  },
];
