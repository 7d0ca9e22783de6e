import { createEventReader, type ReadEvent } from '../log/event-reader.ts';
import type {
  ChatSummary,
  ConversationLayout,
  ConversationMessage,
  FoundMessage,
  MessageNote,
} from '../model/conversation.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { foldName } from '../sqlite/names.ts';
import { stagedEventColumns } from '../stage/staged-events.ts';
import type { LogRows } from './fill-index.ts';
import { readChats, readLayout, stateOf } from './read-layout.ts';
import type { RowsOwner, TiedRowReader } from './tied-rows.ts';

const MOST_NOTES = 50;
/** So many single rows can be restored at once. */
const MOST_LOST = 10_000;

/** The answers of a complete index. Texts come from the stage and, of newer messages, from the index. */
export type MessageReader = {
  readonly chats: (names: ReadonlyMap<string, string>) => readonly ChatSummary[];
  readonly layout: (chat: number) => ConversationLayout;
  /** The messages from a place on, at most `limit`. Texts are cut after `longest` characters. */
  readonly page: (chat: number, span: PageSpan) => readonly ConversationMessage[];
  /** Every message of these chats once, whole, in the order of the log, with the rows that belong to it. Holds at most `page` of each chat at a time. */
  readonly walk: (chats: readonly Pick<ChatSummary, 'no'>[], page: number) => Generator<ConversationMessage>;
  /** The first place of the next (or previous) run that differs, seen from a place; null where there is none. */
  readonly difference: (chat: number, from: number, direction: 'next' | 'previous') => number | null;
  /** The events at the places of a span that were lost, in order; of more than `MOST_LOST`, one more than that. */
  readonly lost: (chat: number, span: PlaceSpan) => readonly (bigint | string)[];
  /**
   * Where an event of the snapshot can be read, by the key of its row in the log, written as text; else where a newer event
   * with this key can be read. What belongs to a message is read beside it. Null where neither can be read, or where the
   * log's key is not the event's id.
   */
  readonly find: (key: string) => FoundMessage | null;
};

/** Places of a chat, both included. */
type PlaceSpan = { readonly from: number; readonly to: number };

type PageSpan = { readonly from: number; readonly limit: number; readonly longest: number };

type Line = {
  readonly place: number;
  readonly n: number;
  readonly state: number;
  readonly source: bigint;
  readonly is_newer: number;
};

/** Makes the reader of an index and of the stage that it was made from. */
export function createMessageReader(index: WriteDatabase, rows: LogRows, tied: TiedRowReader): MessageReader {
  const readSource = createSourceReader(index, rows);
  const lines = index.prepare<[number, number, number], Line>(
    'SELECT place, n, state, source, is_newer FROM message WHERE chat = ? AND place >= ? ORDER BY place LIMIT ?',
  );
  const notes = index.prepare<[number, number, number], Omit<Line, 'place'>>(
    `SELECT e.n, CASE WHEN was = 2 AND now = 2 THEN 0 WHEN was = 2 THEN 1 ELSE 2 END AS state, source, is_newer
       FROM note o CROSS JOIN event e ON e.chat = o.chat AND e.n = o.n WHERE o.chat = ? AND o.message = ? ORDER BY o.n LIMIT ?`,
  );
  const differences = {
    next: index
      .prepare<[number, number], number>(
        'SELECT first FROM run WHERE chat = ? AND first > ? AND state <> 0 ORDER BY first LIMIT 1',
      )
      .pluck(),
    previous: index
      .prepare<[number, number], number>(
        'SELECT first FROM run WHERE chat = ? AND first < ? AND state <> 0 ORDER BY first DESC LIMIT 1',
      )
      .pluck(),
  };

  const found = index.prepare<[string, string], FoundMessage>(
    `SELECT chat, place FROM (
       SELECT chat, place, is_newer FROM message WHERE CAST(id AS TEXT) = ?
       UNION ALL
       SELECT m.chat, m.place, e.is_newer FROM event e CROSS JOIN note o ON o.chat = e.chat AND o.n = e.n
         CROSS JOIN message m ON m.chat = o.chat AND m.n = o.message WHERE CAST(e.id AS TEXT) = ?)
     ORDER BY is_newer LIMIT 1`,
  );
  const isKeyed = findKeyedLog(rows) !== null;
  const lost = index
    .prepare<[number, number, number, number], bigint | string>(
      'SELECT id FROM message WHERE chat = ? AND place BETWEEN ? AND ? AND state = 1 AND id IS NOT NULL ORDER BY place LIMIT ?',
    )
    .pluck()
    .safeIntegers();

  const presence = index.prepare<[number, number], { readonly was: number; readonly now: number }>(
    'SELECT was, now FROM event WHERE chat = ? AND n = ?',
  );

  function toNote(line: Omit<Line, 'place'>, longest: number): MessageNote {
    const { id, ts, kind, payload } = readSource(line);
    const shown = payload === null ? null : cut(payload, longest).text;
    return { event: id, ts, kind, payload: shown, state: stateOf(line.state) };
  }

  function ownerOf(chat: number, n: number, id: unknown): RowsOwner {
    const { was = 0, now = 0 } = presence.get(chat, n) ?? {};
    return { id, isThere: { was: was > 0, now: now > 0 } };
  }

  /** With the rows that belong to it. */
  function withRows(chat: number, line: Line, longest: number): ConversationMessage {
    const message = toMessage(chat, line, longest);
    if (!tied.hasTables) return message;
    const others = notes.all(chat, line.n, MOST_NOTES);
    const owners = [
      ownerOf(chat, line.n, message.event),
      ...others.map(({ n }, index) => ownerOf(chat, n, message.notes[index]?.event ?? null)),
    ];
    const { rows: shown, more } = tied.rowsOf(owners);
    return { ...message, rows: shown, moreRows: more };
  }

  function toMessage(chat: number, line: Line, longest: number): ConversationMessage {
    const { id, speaker, text, ts, kind, payload } = readSource(line);
    const shown = cut(text ?? payload ?? '', longest);
    return {
      place: line.place,
      event: id,
      speaker,
      text: text === null ? null : shown.text,
      ts,
      kind,
      payload: text === null && payload !== null ? shown.text : null,
      state: stateOf(line.state),
      cut: shown.cut,
      notes: notes.all(chat, line.n, MOST_NOTES).map((note) => toNote(note, longest)),
      rows: [],
      moreRows: 0,
    };
  }

  function* linesOf(chat: number, page: number): Generator<Line> {
    for (let from = 0; ; ) {
      const batch = lines.all(chat, from, page);
      if (batch.length === 0) return;
      yield* batch;
      from += batch.length;
    }
  }

  return {
    chats: (names) => readChats(index, names),
    layout: (chat) => readLayout(index, chat),
    page: (chat, { from, limit, longest }) =>
      lines.all(chat, from, limit).map((line) => withRows(chat, line, longest)),
    *walk(chats, page) {
      const cursors = chats.map(({ no }) => ({ no, lines: linesOf(no, page) }));
      let heads = cursors.map(({ no, lines: rest }) => ({ no, rest, head: rest.next() }));
      for (;;) {
        heads = heads.filter(({ head }) => head.done !== true);
        const [first, ...others] = heads;
        if (first === undefined) return;
        const next = others.reduce(
          (least, one) => (one.head.value.n < least.head.value.n ? one : least),
          first,
        );
        yield withRows(next.no, next.head.value, Number.POSITIVE_INFINITY);
        next.head = next.rest.next();
      }
    },
    difference: (chat, from, direction) => differences[direction].get(chat, from) ?? null,
    lost: (chat, { from, to }) => lost.all(chat, from, to, MOST_LOST + 1),
    find: (key) => (isKeyed ? (found.get(key, key) ?? null) : null),
  };
}

/** The name of the log's table, where an event's id alone is the key of its row; else null. */
export function findKeyedLog({ log: { live }, profile }: Pick<LogRows, 'log' | 'profile'>): string | null {
  const [column = '', ...others] = live.key;
  const isKey = others.length === 0 && foldName(column) === foldName(profile.log.columns.id);
  return isKey ? live.name : null;
}

type Said = Pick<ReadEvent, 'id' | 'speaker' | 'text' | 'ts' | 'kind' | 'payload'>;

function createSourceReader(index: WriteDatabase, { db, log, profile, fields }: LogRows) {
  const { names, sqlOf } = stagedEventColumns(profile, log, { alias: log.name, schemaName: 'main' });
  const reader = createEventReader(profile, fields, names);
  const columns = reader.columns.map(sqlOf);
  const staged = db
    .prepare<[bigint], unknown[]>(
      `SELECT ${columns.join(', ') || 'NULL'} FROM main.${log.name} WHERE rowid = ?`,
    )
    .raw()
    .safeIntegers();
  const newer = index
    .prepare<[bigint], Said>('SELECT id, speaker, text, ts, kind, payload FROM newer WHERE k = ?')
    .safeIntegers();
  const nothing: Said = { id: null, speaker: null, text: null, ts: null, kind: null, payload: null };
  return ({ source, is_newer }: Pick<Line, 'source' | 'is_newer'>): Said =>
    is_newer === 1 ? (newer.get(source) ?? nothing) : reader.read(staged.get(source) ?? []);
}

function cut(text: string, longest: number): { readonly text: string; readonly cut: boolean } {
  if (text.length <= longest) return { text, cut: false };
  return { text: text.slice(0, longest).toWellFormed(), cut: true };
}
