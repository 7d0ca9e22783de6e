import { expect, test } from 'vitest';
import { openConversation, takeSnapshot } from '../../src/index.ts';
import { makePlace, makeRoot, open, type Place, run } from '../support/place.ts';

/* Applications that nobody here knows, without a profile that says which fields mean what. */

const root = makeRoot();

type Turn = { readonly chat: string; readonly who: string; readonly text: string; readonly at: string };
const NAMES = ['Ida', 'Tomas'];
const turns: readonly Turn[] = Array.from({ length: 24 }, (_, index) => ({
  chat: index % 3 === 0 ? 'room-1' : 'room-2',
  who: NAMES[index % 2] ?? '',
  text: `Line ${index}: the tide is ${index % 2 === 0 ? 'coming in' : 'going out'}.`,
  at: new Date(Date.UTC(2026, 0, 2, 10, index)).toISOString(),
}));

/** The SQL that appends a payload. */
const append = (kind: string, at: string, payload: object): string =>
  `INSERT INTO event_log (ts, kind, payload_json) VALUES ('${at}', '${kind}', '${JSON.stringify(payload)}');`;

type Found = {
  readonly chat: string | null;
  readonly who: string | null;
  readonly text: string | null;
  readonly at: number;
};

/** Takes a snapshot and reads all messages as the window does. */
async function readAll(place: Place): Promise<readonly Found[]> {
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  const conversation = await openConversation(folder, id, null);
  try {
    return conversation.overview.chats
      .flatMap(({ no, chat, places }) =>
        conversation.page(no, { from: 0, limit: places, longest: 1000 }).map((one) => ({ ...one, chat })),
      )
      .filter(({ text }) => text !== null)
      .map(({ chat, speaker, text, ts }) => ({ chat, who: speaker, text, at: Date.parse(ts ?? '') }))
      .toSorted((a, b) => a.at - b.at);
  } finally {
    await conversation.close();
  }
}

const asTurns = turns.map(({ chat, who, text, at }) => ({ chat, who, text, at: Date.parse(at) }));

const SCHEMA = 'CREATE TABLE chats (id TEXT PRIMARY KEY, name TEXT);';

const WORLDS: readonly (readonly [string, () => Promise<Place>])[] = [
  [
    'parts, with a role instead of a speaker',
    () =>
      makePlace(
        root(),
        SCHEMA +
          turns
            .map(({ chat, who, text, at }, index) =>
              append('message.created', at, {
                sessionID: chat,
                messageID: `msg_${index}`,
                message: { role: who, parts: [{ type: 'step' }, { type: 'text', text }] },
                tokens: { input: 12, output: 40 + index },
              }),
            )
            .join('') +
          append('session.updated', turns[0]?.at ?? '', {
            sessionID: 'room-1',
            title: 'A title of some words',
          }),
      ),
  ],
  [
    'parts at the top',
    () =>
      makePlace(
        root(),
        SCHEMA +
          turns
            .map(({ chat, who, text, at }) =>
              append('message', at, { conversation_id: chat, role: who, parts: [{ type: 'text', text }] }),
            )
            .join(''),
      ),
  ],
  [
    'a parent pointer',
    () =>
      makePlace(
        root(),
        SCHEMA +
          turns
            .map(({ chat, who, text, at }, index) =>
              append('turn', at, {
                node: `n${index}`,
                parent_node_id: index === 0 ? null : `n${index - 1}`,
                thread: chat,
                author: { id: `u-${who}`, display_name: who },
                body: text,
              }),
            )
            .join(''),
      ),
  ],
  [
    'columns instead of a payload',
    async () => {
      const place = await makePlace(root(), SCHEMA);
      const values = turns.map(
        ({ chat, who, text, at }) => `('said', '${chat}', '${who}', '${text}', ${Date.parse(at) / 1000})`,
      );
      run(
        place,
        `DROP TABLE event_log; CREATE TABLE event_log (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, room_id TEXT,
           sender TEXT, contents TEXT, sent_at INTEGER, likes INTEGER DEFAULT 0);
         INSERT INTO event_log (kind, room_id, sender, contents, sent_at) VALUES ${values.join(', ')}`,
      );
      return place;
    },
  ],
];

test.each(WORLDS)('chat, speaker, text and time are found in messages with %s', async (name, make) => {
  const found = await readAll(await make());
  const inSeconds = name.startsWith('columns');
  expect(inSeconds ? found.map((one) => ({ ...one, at: 0 })).toSorted(byText) : found).toEqual(
    inSeconds ? asTurns.map((one) => ({ ...one, at: 0 })).toSorted(byText) : asTurns,
  );
});

function byText(a: { readonly text: string | null }, b: { readonly text: string | null }): number {
  return String(a.text).localeCompare(String(b.text));
}

test('what a person says that the fields mean wins over profile and guess', async () => {
  const place = await makePlace(
    root(),
    SCHEMA +
      turns
        .map(({ at, text, who }) => append('message', at, { chat_id: who, text, aside: 'An aside.' }))
        .join(''),
  );
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  const correction = { chat: null, speaker: null, text: 'aside', time: null };
  const conversation = await openConversation(folder, id, correction);
  const [first] = conversation.page(conversation.overview.chats[0]?.no ?? 0, {
    from: 0,
    limit: 1,
    longest: 50,
  });
  expect(first?.text).toBe('An aside.');
  expect(conversation.overview.fields.find(({ meaning }) => meaning === 'text')).toMatchObject({
    because: 'person',
  });
  await conversation.close();
});

test('an event of an unknown kind is shown with its kind and payload', async () => {
  const place = await makePlace(
    root(),
    `${SCHEMA}${append('omen', '2026-01-01', { chat_id: 'c', crows: 3 })}`,
  );
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  const conversation = await openConversation(folder, id, null);
  const [{ no = 0 } = {}] = conversation.overview.chats;
  expect(conversation.page(no, { from: 0, limit: 9, longest: 50 })).toMatchObject([
    { kind: 'omen', text: null, payload: '{"chat_id":"c","crows":3}', state: 'kept' },
  ]);
  await conversation.close();
});

test('an event that names the event of a message stands beside it, in whichever state it is', async () => {
  const place = await makePlace(
    root(),
    SCHEMA +
      append('message', '2026-01-01', { chat_id: 'c', text: 'First.' }) +
      append('message', '2026-01-02', { chat_id: 'c', text: 'Second.' }) +
      append('memory_kept', '2026-01-03', { chat_id: 'c', event_id: 2, memory: 'It was said twice.' }) +
      append('memory_kept', '2026-01-03', { chat_id: 'c', event_id: 99, memory: 'Of nothing.' }),
  );
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, 'DELETE FROM event_log WHERE id > 1');
  const conversation = await openConversation(folder, id, null);
  const [{ no = 0 } = {}] = conversation.overview.chats;
  const shown = conversation.page(no, { from: 0, limit: 9, longest: 200 });
  expect(shown.map(({ text, state, notes }) => ({ text, state, notes: notes.length }))).toEqual([
    { text: 'First.', state: 'kept', notes: 0 },
    { text: 'Second.', state: 'lost', notes: 1 },
    { text: null, state: 'lost', notes: 0 },
  ]);
  expect(shown[1]?.notes).toMatchObject([{ kind: 'memory_kept', state: 'lost' }]);
  await conversation.close();
});
