import type { Place } from '../support/place.ts';
import { asHost } from '../support/place.ts';

/* What a database holds, as plain values: the state that the model keeps, and the same read from a database. */

export type ModelEvent = {
  readonly id: number;
  readonly kind: string;
  readonly chat: string;
  /** Of a rewind, the event that it leads back to. */
  readonly text: string;
  readonly hidden: number;
  readonly by: number | null;
};

type Memory = { readonly id: number; readonly chat_id: string; readonly text: string };
type Chat = { readonly id: string; readonly messages: number };

/** The log and the projected tables, each in the order of its keys. */
export type Content = {
  readonly log: readonly ModelEvent[];
  readonly chats: readonly Chat[];
  readonly memories: readonly Memory[];
};

/** The same with the event up to which the tables hold the log; null: all of it. */
export type Held = Content & { readonly tablesAt: number | null };

export const SCHEMA = `CREATE TABLE chats (id TEXT PRIMARY KEY, messages INTEGER NOT NULL);
  INSERT INTO chats VALUES ('c1', 0), ('c2', 0);
  CREATE TABLE memories (id INTEGER PRIMARY KEY, chat_id TEXT NOT NULL REFERENCES chats(id), text TEXT NOT NULL);
  CREATE INDEX memories_of ON memories(chat_id);
  CREATE TABLE drafts (text TEXT); INSERT INTO drafts VALUES ('');`;

/** The projected tables of the profile. */
export const TABLES = ['chats', 'memories'];

const EVENT = `id, kind, payload_json ->> 'chat_id' AS chat,
  coalesce(payload_json ->> 'text', payload_json ->> 'to_event_id') AS text, hidden, superseded_by AS "by"`;

/** What a database holds, read over a connection of its own, with the table that no snapshot speaks of. */
export function readContent(place: Pick<Place, 'databaseFile'>): Content & { readonly draft: string } {
  return asHost(place, (db) => {
    const all = <T>(sql: string): readonly T[] => db.prepare<[], T>(sql).all();
    return {
      log: all<ModelEvent>(`SELECT ${EVENT} FROM event_log ORDER BY id`).map((one) => ({
        ...one,
        text: String(one.text),
      })),
      chats: all<Chat>('SELECT * FROM chats ORDER BY id'),
      memories: all<Memory>('SELECT * FROM memories ORDER BY id'),
      draft: all<{ readonly text: string }>('SELECT text FROM drafts')
        .map(({ text }) => text)
        .join(),
    };
  });
}

/** An event of a snapshot in the JSON form. */
type FileEvent = {
  readonly id: number;
  readonly kind: string;
  readonly payload_json: string;
  readonly hidden: number;
  readonly superseded_by: number | null;
};

/** What a snapshot file holds, in the shape that `readWhole` reads. */
export function toContent(file: Readonly<Record<string, unknown>>): Content {
  const rows = <T>(name: string) => file[name] as readonly T[];
  const byId = <T extends { readonly id: number | string }>(list: readonly T[]) =>
    [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
  const log = rows<FileEvent>('event_log').map(({ id, kind, payload_json, hidden, superseded_by }) => {
    const payload = JSON.parse(payload_json);
    const text = String(payload.text ?? payload.to_event_id);
    return { id, kind, chat: payload.chat_id, text, hidden, by: superseded_by };
  });
  return { log: byId(log), chats: byId(rows<Chat>('chats')), memories: byId(rows<Memory>('memories')) };
}

/** The id of the last event; 0 without events. */
export function lastId({ log }: Pick<Content, 'log'>): number {
  return log.at(-1)?.id ?? 0;
}
