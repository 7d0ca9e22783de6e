import {
  type DataFolder,
  defaultRestoreOptions,
  type Merge,
  type MergeChoices,
  takeSnapshot,
} from '../../src/index.ts';
import { addEvents, CHATS, makePlace, open, type Place, type PlaceOptions, run } from './place.ts';
import { REWIND, type Way } from './rewound.ts';
import { readState, type State } from './state.ts';

/*
 * Twelve events with a memory each, a snapshot, a rewind to the eighth, and what is written then. Chats and memories have a
 * key, faces a composite one, and jottings none.
 */

export type MergeWorld = {
  readonly place: Place;
  readonly folder: DataFolder;
  /** The snapshot that was taken before the rewind. */
  readonly id: string;
  /** The snapshot just after the rewind; null: none was taken. */
  readonly baseId: string | null;
  readonly before: State;
  readonly rewound: State;
  readonly since: State;
};

export const SCHEMA = `${CHATS} INSERT INTO chats VALUES ('c2', 'Kitchen');
  CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);
  CREATE TABLE faces (memory INTEGER REFERENCES memories(id), face TEXT, times INTEGER, PRIMARY KEY (memory, face)) WITHOUT ROWID;
  CREATE TABLE jottings (text TEXT);`;

export type MergeOptions = PlaceOptions & {
  readonly way: Way;
  readonly withBase: boolean;
  /** SQL of what the rewind does to the tables, besides taking the memories. */
  readonly rewind?: string;
  /** SQL of what is written after it. */
  readonly newer?: string;
  /** SQL of one more table, `notes`, and what is in it. */
  readonly notes?: string;
};

export async function makeMergeWorld(
  root: string,
  { way, withBase, rewind = '', newer = '', notes, ...options }: MergeOptions,
): Promise<MergeWorld> {
  const tables = ['chats', 'memories', 'faces', 'jottings', ...(notes === undefined ? [] : ['notes'])];
  const place = await makePlace(root, `${SCHEMA} ${notes ?? ''}`, { tables, ...options });
  run(
    place,
    `${addEvents(12, 'old')} INSERT INTO memories SELECT id, 'of ' || id FROM event_log;
      INSERT INTO faces SELECT id, ':)', 1 FROM memories; INSERT INTO jottings SELECT 'jot ' || (id % 6) FROM memories;`,
  );
  const before = readState(place.databaseFile);
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(
    place,
    `${REWIND[way](8)} DELETE FROM faces WHERE memory > 8; DELETE FROM memories WHERE id > 8;
      DELETE FROM jottings WHERE rowid > 8; ${rewind}`,
  );
  const rewound = readState(place.databaseFile);
  const baseId = withBase ? (await takeSnapshot(folder, 'periodic')).id : null;
  run(place, newer);
  return { place, folder, id, baseId, before, rewound, since: readState(place.databaseFile) };
}

const OPEN: MergeChoices = { all: null, tables: [] };

/** A merge of the snapshot with what was written since. */
export function merging(snapshotId: string, merge: Partial<Merge> = {}) {
  return {
    ...defaultRestoreOptions,
    snapshotId,
    merge: { baseId: null, choices: OPEN, ...merge },
    action: 'restore',
  } as const;
}
