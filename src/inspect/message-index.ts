import type { ReadEvent } from '../log/event-reader.ts';
import type { WriteDatabase } from '../sqlite/database.ts';

/*
 * The index of a conversation: a private SQLite file with one line for each event of the snapshot's log and for each newer
 * one. The texts of the snapshot stay in its stage. So nothing here, and nothing in memory, grows with what people wrote.
 */

/** Whether a log has an event: not at all, but not to be read (flagged, or taken by a rewind), or to be read. */
export const PRESENCE = { absent: 0, hidden: 1, visible: 2 } as const;
type Presence = (typeof PRESENCE)[keyof typeof PRESENCE];

type IndexedEvent = Pick<ReadEvent, 'chat' | 'branch' | 'id' | 'isRewind' | 'ts' | 'target' | 'belongsTo'> & {
  /** Where its text is: a rowid of the stage's log, or `k` of the newer events. */
  readonly source: bigint;
  readonly isNewer: boolean;
  readonly was: Presence;
  readonly now: Presence;
  readonly speaks: boolean;
  /** What supersedes it now. */
  readonly by: unknown;
};

type NewerEvent = ReadEvent & { readonly flagged: boolean };

/** A row that differs and belongs to an event. */
export type TiedRow = {
  /** The place of its table among those that are tied to events. */
  readonly table: number;
  readonly event: unknown;
  readonly state: number;
  /** Its rowid in the stage; null where it is newer. */
  readonly ord: unknown;
  /** What it holds, where it is newer. */
  readonly held: string | null;
};

const SCHEMA = `
CREATE TABLE chat (no INTEGER PRIMARY KEY, chat TEXT, branch TEXT);
CREATE TABLE newer (k INTEGER PRIMARY KEY, id, "order", ts, kind, chat, branch, speaker, text, payload,
  is_rewind INTEGER, target, belongs, flagged INTEGER);
-- n: the order of both logs together.
CREATE TABLE event (chat INTEGER, n INTEGER, id, source INTEGER, is_newer INTEGER, was INTEGER, now INTEGER,
  speaks INTEGER, belongs, by, PRIMARY KEY (chat, n)) WITHOUT ROWID;
CREATE TABLE rewind (no INTEGER PRIMARY KEY, chat TEXT, id INTEGER, ts TEXT, target INTEGER, was INTEGER, now INTEGER);
CREATE TABLE note (chat INTEGER, message INTEGER, n INTEGER, PRIMARY KEY (chat, message, n)) WITHOUT ROWID;
-- Rows that differ and belong to an event. ord: where the row is in the stage; held: what it holds, where it is newer.
CREATE TABLE tied (event, tbl INTEGER, state INTEGER, ord INTEGER, held TEXT);
CREATE INDEX tied_event ON tied (event);
CREATE INDEX tied_ord ON tied (tbl, ord);
CREATE TABLE message (chat INTEGER, place INTEGER, n INTEGER, id, state INTEGER, source INTEGER, is_newer INTEGER,
  speaks INTEGER, by, PRIMARY KEY (chat, place)) WITHOUT ROWID;
CREATE TABLE run (chat INTEGER, first INTEGER, length INTEGER, state INTEGER, messages INTEGER, rewind INTEGER,
  fold_first INTEGER, fold_length INTEGER, fold_messages INTEGER, PRIMARY KEY (chat, first)) WITHOUT ROWID;
`;

export type IndexWriter = {
  readonly addNewer: (event: NewerEvent) => void;
  /** Adds an event after all others. */
  readonly add: (event: IndexedEvent) => void;
  readonly addRow: (row: TiedRow) => void;
};

/** Makes the tables of an index in an empty database, in a transaction that the caller commits. */
export function createIndex(db: WriteDatabase): IndexWriter {
  // Whoever kills us loses nothing with it.
  db.pragma('journal_mode = OFF');
  db.exec(`BEGIN; ${SCHEMA}`);
  const insertNewer = db.prepare<unknown[]>(
    'INSERT INTO newer VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertChat = db.prepare<unknown[]>('INSERT INTO chat VALUES (?, ?, ?)');
  const insertEvent = db.prepare<unknown[]>('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const insertRewind = db.prepare<unknown[]>('INSERT INTO rewind VALUES (?, ?, ?, ?, ?, ?, ?)');
  const insertRow = db.prepare<unknown[]>('INSERT INTO tied VALUES (?, ?, ?, ?, ?)');
  const chats = new Map<string, number>();
  let n = 0;

  function chatNo(chat: string | null, branch: string | null): number {
    const key = JSON.stringify([chat, branch]);
    const known = chats.get(key);
    if (known !== undefined) return known;
    insertChat.run(chats.size, chat, branch);
    chats.set(key, chats.size);
    return chats.size - 1;
  }

  return {
    addNewer({ id, order, ts, kind, chat, branch, speaker, text, payload, ...event }) {
      const { isRewind, target, belongsTo, flagged } = event;
      insertNewer.run(
        ...[id, order, ts, kind, chat, branch, speaker, text, payload],
        ...[Number(isRewind), target, belongsTo, Number(flagged)],
      );
    },
    add({ chat, branch, id, source, isNewer, was, now, speaks, belongsTo, by, ...event }) {
      n += 1;
      if (event.isRewind) {
        const target = asId(event.target);
        // Only whole numbers have an order, and so a span.
        const span = typeof id === 'bigint' && typeof target === 'bigint' ? target : null;
        insertRewind.run(n, chat, id, event.ts, span, was, now);
        return;
      }
      insertEvent.run(
        ...[chatNo(chat, branch), n, id, source, Number(isNewer), was, now, Number(speaks)],
        ...[speaks ? null : asId(belongsTo), asId(by)],
      );
    },
    addRow: ({ event, table, state, ord, held }) => void insertRow.run(event, table, state, ord, held),
  };
}

/** An id that another event names, as the log stores ids. */
function asId(value: unknown): bigint | string | null {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'string') return null;
  return /^-?\d{1,18}$/.test(value) ? BigInt(value) : value;
}
