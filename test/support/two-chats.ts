import { type DataFolder, type Selection, takeSnapshot } from '../../src/index.ts';
import { makePlace, open, type Place, type PlaceOptions, run } from './place.ts';
import { restoring } from './requests.ts';
import type { Way } from './rewound.ts';
import { readState, type State } from './state.ts';

/*
 * Two chats, of which one is rewound by mistake, and then both are written on. Memories refer to their chat and their bot,
 * reactions to a memory, and notes to an event, which only the profile declares. Moods name a chat without saying so.
 */

export const TABLES = ['bots', 'chats', 'memories', 'reactions', 'notes', 'moods'];
export const SCHEMA = `
  CREATE TABLE bots (id TEXT PRIMARY KEY, name TEXT);
  CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT, messages INTEGER);
  CREATE TABLE memories (id INTEGER PRIMARY KEY AUTOINCREMENT, chat TEXT REFERENCES chats(id), bot TEXT REFERENCES bots(id), text TEXT);
  CREATE TABLE reactions (memory INTEGER REFERENCES memories(id), face TEXT, PRIMARY KEY (memory, face)) WITHOUT ROWID;
  CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, event_id INTEGER, text TEXT);
  CREATE TABLE moods (chat_id TEXT, mood TEXT);
  CREATE TABLE drafts (chat TEXT REFERENCES chats(id), text TEXT);`;

/** SQL: a message of a chat, and what follows from it. */
export function say(chat: string, text: string, bot = 'b1'): string {
  return `INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES
      ('main', '2026-01-01T00:00:00Z', 'message', json_object('chat_id', '${chat}', 'text', '${text}'));
    INSERT INTO notes (event_id, text) VALUES (last_insert_rowid(), 'note on ${text}');
    INSERT INTO memories (chat, bot, text) VALUES ('${chat}', '${bot}', 'of ${text}');
    INSERT INTO reactions VALUES (last_insert_rowid(), ':)');
    UPDATE chats SET messages = messages + 1 WHERE id = '${chat}';`;
}

const BEFORE = `INSERT INTO bots VALUES ('b1', 'Ada'), ('b2', 'Bo'); INSERT INTO chats VALUES ('c1', 'Harbour', 0), ('c2', 'Kitchen', 0);
  ${['one', 'two', 'three', 'four'].map((text) => `${say('c1', text)} ${say('c2', `soup ${text}`)}`).join(' ')}
  ${say('c1', 'five', 'b2')} INSERT INTO moods VALUES ('c1', 'calm'), ('c2', 'hungry'); INSERT INTO drafts VALUES ('c1', 'then');`;

/** The rewind takes the events of the first chat from the fifth on, with all that followed, and the bot that only they knew. */
const since = (way: Way) => `
  INSERT INTO event_log (kind, payload_json) VALUES ('rewind', json_object('chat_id', 'c1', 'to_event_id', 4));
  ${way === 'deletes' ? `DELETE FROM event_log WHERE ${LOST};` : ''}
  ${way === 'flags' ? `UPDATE event_log SET hidden = 1, superseded_by = (SELECT max(id) FROM event_log) WHERE ${LOST};` : ''}
  DELETE FROM notes WHERE event_id BETWEEN 5 AND 9 AND text LIKE 'note on %' AND text NOT LIKE '%soup%';
  DELETE FROM reactions WHERE memory IN (5, 7, 9); DELETE FROM memories WHERE id IN (5, 7, 9); DELETE FROM bots WHERE id = 'b2';
  UPDATE chats SET messages = 2 WHERE id = 'c1'; UPDATE bots SET name = 'Ada L.' WHERE id = 'b1';
  UPDATE moods SET mood = 'sad' WHERE chat_id = 'c1'; UPDATE drafts SET text = 'now';
  ${say('c2', 'soup is ready')} ${say('c1', 'written on')} UPDATE memories SET text = 'salted' WHERE id = 2;`;
const LOST = "id >= 5 AND kind = 'message' AND payload_json ->> 'chat_id' = 'c1'";

export type TwoChats = {
  readonly place: Place;
  readonly folder: DataFolder;
  readonly id: string;
  readonly before: State;
  readonly since: State;
};

/** The same references for a schema that declares none of them, and one more. */
export const REFERENCES = [
  { from: 'memories.bot', to: 'bots.id' },
  { from: 'memories.chat', to: 'chats.id' },
  { from: 'Reactions.Memory', to: 'memories.id' },
  { from: 'moods.chat_id', to: 'chats.id' },
];

/**
 * The two chats after the rewind, with the snapshot from before it. With `references`, the schema declares no foreign key, and
 * the profile these.
 */
export async function makeTwoChats(
  root: string,
  way: Way = 'deletes',
  { references, ...options }: PlaceOptions & { readonly references?: readonly object[] } = {},
): Promise<TwoChats> {
  const schema = references === undefined ? SCHEMA : SCHEMA.replaceAll(/ REFERENCES \w+\(id\)/g, '');
  const profile = references === undefined ? {} : { references };
  const place = await makePlace(root, schema, { tables: TABLES, profile, ...options });
  run(place, BEFORE);
  const before = readState(place.databaseFile);
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, since(way));
  return { place, folder, id, before, since: readState(place.databaseFile) };
}

/** A restore of a part of the snapshot. */
export function selecting(snapshotId: string, selection: Selection) {
  return restoring(snapshotId, { selection });
}
