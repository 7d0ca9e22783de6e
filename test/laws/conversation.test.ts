import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  applyRestore,
  type ConversationMessage,
  openConversation,
  planRestore,
  takeSnapshot,
} from '../../src/index.ts';
import { makePlace, makeRoot, open, type Place, run } from '../support/place.ts';
import { restoring } from '../support/requests.ts';

/*
 * What a conversation shows as lost and as newer, judged by reading the chats as their host does, before and after a real
 * restore. The hosts rewind in different ways: they flag events, supersede them, delete them (and use their ids again), or
 * only record that it happened.
 */

const root = makeRoot();
const HOSTS = ['hidden', 'superseded', 'deletes', 'reuses', 'records'] as const;
type Host = (typeof HOSTS)[number];
const CHATS = ['a', 'b'] as const;

type Step = { readonly chat: (typeof CHATS)[number] } & (
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'mood' }
  | { readonly type: 'rewind'; readonly by: number }
);
const chat = fc.constantFrom(...CHATS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('say' as const), chat, text: fc.constantFrom('x', 'y', 'z') }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('mood' as const), chat }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('rewind' as const), chat, by: fc.integer({ min: 1, max: 6 }) }),
  },
);
type World = {
  readonly host: Host;
  readonly before: readonly Step[];
  readonly since: readonly Step[];
  readonly page: number;
};
const worlds: fc.Arbitrary<World> = fc.record({
  host: fc.constantFrom(...HOSTS),
  before: fc.array(step, { maxLength: 20, size: 'max' }),
  since: fc.array(step, { maxLength: 14, size: 'max' }),
  page: fc.integer({ min: 1, max: 5 }),
});

type Row = {
  readonly id: number;
  readonly kind: string;
  readonly chat_id: string;
  readonly text: string | null;
  readonly to_event_id: number | null;
  readonly hidden: number;
};

function readLog(db: Database.Database): readonly Row[] {
  return db
    .prepare<[], Row>(
      `SELECT id, kind, payload_json ->> 'chat_id' AS chat_id, payload_json ->> 'text' AS text,
         payload_json ->> 'to_event_id' AS to_event_id, (hidden = 1 OR superseded_by IS NOT NULL) AS hidden
         FROM event_log ORDER BY id`,
    )
    .all();
}

/** The messages that a reader of the chats sees, as their host shows them. */
function readMessages(db: Database.Database, host: Host): readonly string[] {
  const log = readLog(db);
  const isTaken = ({ id, chat_id }: Row) =>
    host === 'records' &&
    log.some(
      (one) =>
        one.kind === 'rewind' && one.chat_id === chat_id && id > Number(one.to_event_id) && id < one.id,
    );
  return log
    .filter((row) => row.kind === 'message' && row.hidden === 0 && !isTaken(row))
    .map(({ id, chat_id, text }) => `${chat_id} ${id} ${text}`);
}

function live(db: Database.Database, host: Host, steps: readonly Step[]): void {
  const append = (kind: string, payload: object) =>
    Number(
      db
        .prepare("INSERT INTO event_log (ts, kind, payload_json) VALUES ('2026-01-01T00:00:00Z', ?, ?)")
        .run(kind, JSON.stringify(payload)).lastInsertRowid,
    );
  for (const one of steps) {
    const { chat: chat_id } = one;
    if (one.type === 'say') append('message', { chat_id, text: one.text });
    else if (one.type === 'mood') append('mood_changed', { chat_id, mood: 'calm' });
    else {
      const said = readMessages(db, host).filter((message) => message.startsWith(chat_id));
      const last = said.at(-1 - one.by);
      const to = last === undefined ? 0 : Number(last.split(' ')[1]);
      const taken = readLog(db).filter(
        (row) => row.chat_id === chat_id && row.id > to && row.kind !== 'rewind',
      );
      const remove = db.prepare('DELETE FROM event_log WHERE id = ?');
      if (host === 'deletes' || host === 'reuses') for (const { id } of taken) remove.run(id);
      const record = append('rewind', { chat_id, to_event_id: to });
      const flag =
        host === 'hidden' ? 'hidden = 1' : host === 'superseded' ? `superseded_by = ${record}` : null;
      const update =
        flag === null
          ? null
          : db.prepare(`UPDATE event_log SET ${flag} WHERE id = ? AND hidden = 0 AND superseded_by IS NULL`);
      for (const { id } of taken) update?.run(id);
    }
  }
}

function inHost<T>({ databaseFile }: Place, use: (db: Database.Database) => T): T {
  const db = new Database(databaseFile);
  try {
    return use(db);
  } finally {
    db.close();
  }
}

const said = ({ event, text }: ConversationMessage, chatId: string | null) => `${chatId} ${event} ${text}`;

test('messages shown as lost are those that a restore brings back, newer ones those that it removes, and pages show each once', async () => {
  const law = async ({ host, before, since, page }: World) => {
    const place = await makePlace(root(), 'CREATE TABLE chats (id TEXT PRIMARY KEY, name TEXT)');
    if (host === 'reuses')
      run(
        place,
        `DROP TABLE event_log; CREATE TABLE event_log (id INTEGER PRIMARY KEY, branch_id TEXT, ts TEXT, kind TEXT,
           payload_json TEXT, superseded_by INTEGER, hidden INTEGER DEFAULT 0)`,
      );
    inHost(place, (db) => live(db, host, before));
    const folder = await open(place);
    const then = inHost(place, (db) => readMessages(db, host));
    const { id } = await takeSnapshot(folder, 'rewind');
    inHost(place, (db) => live(db, host, since));
    const now = inHost(place, (db) => readMessages(db, host));

    const conversation = await openConversation(folder, id, null);
    const shown = { kept: [] as string[], lost: [] as string[], newer: [] as string[] };
    for (const { no, chat: chatId, places, ...counts } of conversation.overview.chats) {
      const { runs } = conversation.layout(no);
      const states = (runs ?? []).flatMap(({ length, state }) => Array<string>(length).fill(state));
      expect(states).toHaveLength(places);
      const messages: ConversationMessage[] = [];
      for (let from = 0; from < places; from += page)
        messages.push(...conversation.page(no, { from, limit: page, longest: 100 }));
      expect(messages.map((one) => one.place)).toEqual(states.map((_, index) => index));
      expect(messages.map(({ state }) => state)).toEqual(states);
      const speaking = messages.filter(({ text }) => text !== null);
      for (const one of speaking) shown[one.state].push(said(one, chatId));
      for (const state of ['kept', 'lost', 'newer'] as const)
        expect(speaking.filter((one) => one.state === state)).toHaveLength(counts[state]);
      const differing = (runs ?? []).filter(({ state }) => state !== 'kept').map(({ from }) => from);
      const visited: number[] = [];
      for (let at: number | null = -1; at !== null; ) {
        at = conversation.difference(no, at, 'next');
        if (at !== null) visited.push(at);
      }
      expect(visited).toEqual(differing);
    }
    await conversation.close();

    const request = restoring(id, { acceptOtherTimeline: true });
    const plan = await planRestore(folder, request);
    await applyRestore(folder, request, { planId: plan.planId, whileOpen: false });
    const after = inHost(place, (db) => readMessages(db, host));
    expect(after).toEqual(then);
    const not = (others: readonly string[]) => (message: string) => !others.includes(message);
    expect(shown.lost.toSorted()).toEqual(after.filter(not(now)).toSorted());
    expect(shown.newer.toSorted()).toEqual(now.filter(not(after)).toSorted());
    expect(shown.kept.toSorted()).toEqual(now.filter((one) => after.includes(one)).toSorted());
  };
  await fc.assert(
    fc.asyncProperty(fc.array(worlds, { minLength: 1, maxLength: 10, size: 'max' }), async (list) => {
      await Promise.all(list.map(law));
    }),
    { numRuns: 6 },
  );
});
