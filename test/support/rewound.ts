import { type DataFolder, takeSnapshot } from '../../src/index.ts';
import {
  addEvents,
  asHost,
  CHATS,
  LOG,
  makePlace,
  open,
  type Place,
  type PlaceOptions,
  run,
} from './place.ts';
import { restoring } from './requests.ts';
import { readState, type State } from './state.ts';

/** The record of a rewind to an event. */
const record = (target: number) =>
  `INSERT INTO event_log (kind, payload_json) VALUES ('rewind', json_object('chat_id', 'c1', 'to_event_id', ${target}));`;

/** The three ways in which a host takes its chat back to an event, in a log that never gives an id twice. */
export const REWIND = {
  flags: (target: number) =>
    `${record(target)} UPDATE event_log SET hidden = 1, superseded_by = last_insert_rowid() WHERE id > ${target} AND kind <> 'rewind';`,
  deletes: (target: number) => `DELETE FROM event_log WHERE id > ${target}; ${record(target)}`,
  appends: record,
} as const;

export type Way = keyof typeof REWIND;
export const WAYS: readonly Way[] = ['flags', 'deletes', 'appends'];

const MEMORIES = 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);';

export type Rewound = {
  readonly place: Place;
  readonly folder: DataFolder;
  /** The snapshot that was taken before the rewind. */
  readonly id: string;
  readonly before: State;
  readonly since: State;
};

export type RewindOptions = PlaceOptions & {
  /** The log, where it is not the usual one. */
  readonly log?: string;
  /** SQL of what is written after the rewind; in the usual story two events and their memories. */
  readonly newer?: string;
};

const NEWER = `${addEvents(2, 'new')} INSERT INTO memories VALUES (14, 'of 14'), (15, 'of 15');`;

/** Twelve events, a snapshot, a rewind to the eighth, and what is written then: by default the events 14 and 15. */
export async function rewindLately(
  root: string,
  way: Way,
  { log, newer = NEWER, ...options }: RewindOptions = {},
): Promise<Rewound> {
  const place = await makePlace(root, `${CHATS} ${MEMORIES}`, options);
  if (log !== undefined) run(place, `DROP TABLE event_log; ${log}`);
  run(place, `${addEvents(12, 'old')} INSERT INTO memories SELECT id, 'of ' || id FROM event_log;`);
  const before = readState(place.databaseFile);
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, `${REWIND[way](8)} DELETE FROM memories WHERE id > 8; ${newer}`);
  return { place, folder, id, before, since: readState(place.databaseFile) };
}

/** The usual log without AUTOINCREMENT: it gives the ids of deleted events again. */
export const REUSING_LOG = LOG.replace(' AUTOINCREMENT', '');

/** A restore of the snapshot that keeps what is newer. */
export function keeping(snapshotId: string) {
  return restoring(snapshotId, { keepNewer: true });
}

/** The events with their texts, and whether they are hidden. */
export function textsOf(place: Place): readonly unknown[] {
  return asHost(place, (db) =>
    db.prepare("SELECT id, payload_json ->> 'text' AS text, hidden FROM event_log ORDER BY id").raw().all(),
  );
}
