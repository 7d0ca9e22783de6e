import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Conversation,
  type DataFolder,
  openConversation,
  openDataFolder,
  takeSnapshot,
} from '../../src/index.ts';
import { addEvents, CHATS, makeChat, makePlace, makeRoot, open, run } from '../support/place.ts';

const root = makeRoot();
const WHOLE = { from: 0, limit: 1000, longest: 1000 };
const TABLES = ['memories', 'moods', 'notes', 'chats'];

/** Rows beside the messages of the only chat: `3: memories lost {"id":1}`. */
function rowsBeside(conversation: Conversation): readonly string[] {
  const [{ no = 0 } = {}] = conversation.overview.chats;
  return conversation
    .page(no, WHOLE)
    .flatMap(({ event, rows }) =>
      rows.map(({ table, state, payload }) => `${event}: ${table} ${state} ${payload}`),
    );
}

async function beside(folder: DataFolder, id: string) {
  const conversation = await openConversation(folder, id, null);
  const found = { rows: rowsBeside(conversation), beside: conversation.overview.beside };
  await conversation.close();
  return found;
}

test('rows stand beside the message that they name by a foreign key or by the profile’s field, as lost, newer, changed or kept', async () => {
  const place = await makePlace(
    root(),
    `${CHATS} ${addEvents(6)}
     CREATE TABLE memories (id INTEGER PRIMARY KEY, born INTEGER REFERENCES event_log(id), text TEXT);
     CREATE TABLE moods (bot TEXT PRIMARY KEY, message_event_id INTEGER, mood TEXT);
     CREATE TABLE notes (id INTEGER PRIMARY KEY, chat_id TEXT, text TEXT);
     INSERT INTO memories VALUES (1, 3, 'kept one'), (2, 5, 'lost one'), (3, 4, 'as it was'), (4, NULL, 'of no message');
     INSERT INTO moods VALUES ('Bo', 3, 'calm');
     INSERT INTO notes VALUES (1, 'c1', 'only of the chat')`,
    { tables: TABLES },
  );
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(
    place,
    `DELETE FROM memories WHERE id IN (2, 4); DELETE FROM notes; DELETE FROM event_log WHERE id > 4;
     UPDATE memories SET text = 'as it is now' WHERE id = 3;
     INSERT INTO memories VALUES (9, 2, 'new one')`,
  );
  const { rows, beside: counts } = await beside(folder, id);
  expect(rows).toEqual([
    '2: memories newer {"id":9,"text":"new one"}',
    '3: memories kept {"id":1,"text":"kept one"}',
    '3: moods kept {"bot":"Bo","mood":"calm"}',
    '4: memories changed {"id":3,"text":"as it was"}',
    '5: memories lost {"id":2,"text":"lost one"}',
  ]);
  // What names no message, or only a chat, stays under “Also differs”.
  expect(counts).toEqual([{ table: 'memories', rows: 3 }]);
});

test('where ids were used again, a row belongs to the event of its own log', async () => {
  const place = await makePlace(
    root(),
    `${CHATS} ${addEvents(4)} CREATE TABLE memories (id INTEGER PRIMARY KEY, event_id INTEGER, text TEXT);
     INSERT INTO memories VALUES (1, 4, 'old')`,
    { tables: TABLES },
  );
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(
    place,
    `DELETE FROM event_log WHERE id > 3; DELETE FROM sqlite_sequence; ${addEvents(1, 'another')}
     DELETE FROM memories; INSERT INTO memories VALUES (2, 4, 'new')`,
  );
  const conversation = await openConversation(folder, id, null);
  const [{ no = 0 } = {}] = conversation.overview.chats;
  const shown = conversation.page(no, WHOLE).slice(3);
  expect(shown.map(({ text, state, rows }) => [text, state, rows.map((row) => row.payload)])).toEqual([
    ['line 4', 'lost', ['{"id":1,"text":"old"}']],
    ['another 1', 'newer', ['{"id":2,"text":"new"}']],
  ]);
  await conversation.close();
});

test('however many rows belong to a message, and whatever they hold, a page stays small and names how many there are', async () => {
  const place = await makePlace(
    root(),
    `${CHATS} ${addEvents(2)} CREATE TABLE memories (event_id INTEGER, text TEXT, b BLOB, big INTEGER);
     INSERT INTO memories WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
       SELECT 1, replace(hex(zeroblob(5000)), '0', 'x'), zeroblob(9), 9007199254740993 FROM n`,
    { tables: TABLES },
  );
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, 'DELETE FROM memories WHERE rowid > 4000');
  const conversation = await openConversation(folder, id, null);
  const [{ no = 0 } = {}] = conversation.overview.chats;
  const [first] = conversation.page(no, WHOLE);
  expect(first?.rows).toHaveLength(10);
  expect(first?.moreRows).toBe(4990);
  expect(new Set(first?.rows.map(({ state }) => state))).toEqual(new Set(['lost']));
  expect(first?.rows[0]?.payload).toBe(
    `{"text":"${'x'.repeat(200)}…","b":"(bytes)","big":"9007199254740993"}`,
  );
  expect(JSON.stringify(first?.rows).length).toBeLessThan(5000);
  expect(conversation.overview.beside).toEqual([{ table: 'memories', rows: 1000 }]);
  await conversation.close();
});

type Change = 'none' | 'gone' | 'other text' | 'other event';
const memories = fc.array(
  fc.record({
    event: fc.option(fc.integer({ min: 1, max: 7 })),
    change: fc.constantFrom<Change>('none', 'none', 'gone', 'other text', 'other event'),
  }),
  { maxLength: 9 },
);
const worlds = fc.record({
  memories,
  since: fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 6 }),
  hiddenThen: fc.subarray([1, 2, 3, 4, 5]),
  hiddenNow: fc.subarray([1, 2, 3, 4, 5]),
  deleted: fc.subarray([1, 2, 3, 4, 5]),
});

test('of the rows that name a message which can be read then or now, each is shown once, in the state that a restore would change', async () => {
  const hide = (ids: readonly number[]) =>
    `UPDATE event_log SET hidden = id IN (${ids.join(', ') || 'NULL'});`;
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const rows = world.memories.map(({ event }, index) => `(${index + 1}, ${event}, 'as it was')`);
      const place = await makePlace(
        root(),
        `${CHATS} ${addEvents(5)} CREATE TABLE memories (id INTEGER PRIMARY KEY, event_id INTEGER, text TEXT);
         ${rows.length === 0 ? '' : `INSERT INTO memories VALUES ${rows.join(', ')};`} ${hide(world.hiddenThen)}`,
        { tables: TABLES },
      );
      const folder = await open(place);
      const { id } = await takeSnapshot(folder, 'rewind');
      const changes = world.memories.map(({ change }, index) => {
        const where = `WHERE id = ${index + 1};`;
        if (change === 'gone') return `DELETE FROM memories ${where}`;
        if (change === 'other text') return `UPDATE memories SET text = 'as it is' ${where}`;
        return change === 'other event'
          ? `UPDATE memories SET event_id = coalesce(event_id, 0) + 1 ${where}`
          : '';
      });
      run(
        place,
        `${changes.join('')} ${hide(world.hiddenNow)} DELETE FROM event_log WHERE id IN (${world.deleted.join(', ') || 'NULL'});
         ${world.since.map((event, index) => `INSERT INTO memories VALUES (${100 + index}, ${event}, 'new');`).join('')}`,
      );
      const isThen = (event: number) => event >= 1 && event <= 5;
      const isNow = (event: number) => isThen(event) && !world.deleted.includes(event);
      const canBeRead = (event: number) =>
        (isThen(event) && !world.hiddenThen.includes(event)) ||
        (isNow(event) && !world.hiddenNow.includes(event));
      const states = {
        none: 'kept',
        gone: 'lost',
        'other text': 'changed',
        'other event': 'changed',
      } as const;
      const wanted = [
        ...world.memories.flatMap(({ event, change }, index) => {
          const isSame = change === 'none';
          return event !== null && canBeRead(event)
            ? [`${event} ${index + 1} ${isSame ? 'kept' : states[change]}`]
            : [];
        }),
        ...world.since.flatMap((event, index) =>
          isNow(event) && canBeRead(event) ? [`${event} ${100 + index} newer`] : [],
        ),
      ];
      const conversation = await openConversation(folder, id, null);
      const { chats, beside: counts } = conversation.overview;
      const shown = chats.flatMap(({ no }) =>
        conversation
          .page(no, WHOLE)
          .flatMap(({ event, rows: held, moreRows }) => [
            ...held.map(({ payload, state }) => `${event} ${/"id":(\d+)/.exec(payload)?.[1]} ${state}`),
            ...Array.from({ length: moreRows }, () => 'more'),
          ]),
      );
      await conversation.close();
      if (!shown.includes('more')) expect(shown.toSorted()).toEqual(wanted.toSorted());
      expect(shown).toHaveLength(wanted.length);
      const differing = wanted.filter((row) => !row.endsWith('kept')).length;
      expect(counts).toEqual(differing === 0 ? [] : [{ table: 'memories', rows: differing }]);
    }),
    { numRuns: 25 },
  );
});

test('a row that names a note of a message stands beside that message', async () => {
  const place = await makePlace(
    root(),
    `${CHATS} ${addEvents(2)} CREATE TABLE memories (id INTEGER PRIMARY KEY, event_id INTEGER);
     INSERT INTO event_log (branch_id, ts, kind, payload_json)
       VALUES ('main', '', 'memory_kept', '{"chat_id":"c1","event_id":1}');
     INSERT INTO memories VALUES (1, 3)`,
    { tables: TABLES },
  );
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, 'DELETE FROM memories');
  expect((await beside(folder, id)).rows).toEqual(['1: memories lost {"id":1}']);
});

const fates: readonly (readonly [fate: string, ruin: (file: string) => Promise<unknown>])[] = [
  ['is gone', (file) => rm(file)],
  ['is empty', (file) => truncate(file)],
  ['was overwritten', (file) => writeFile(file, 'This was a database once. '.repeat(400))],
];

describe.each(fates)('if the database %s', (_, ruin) => {
  test('the conversation is read as the snapshot has it, and nothing is called lost', async () => {
    const folder = await makeChat(root(), { events: 4 });
    const { id } = await takeSnapshot(folder, 'rewind');
    await ruin(folder.databaseFile);
    for (const opened of [folder, await openDataFolder(folder.dir, { withoutDatabase: true })]) {
      const conversation = await openConversation(opened, id, null);
      const { isCompared, chats } = conversation.overview;
      expect({ isCompared, chats }).toMatchObject({
        isCompared: false,
        chats: [{ name: 'Harbour', kept: 4, lost: 0, newer: 0 }],
      });
      const shown = conversation.page(chats[0]?.no ?? 0, WHOLE);
      expect(shown.map(({ text, state }) => [text, state])).toEqual(
        [1, 2, 3, 4].map((line) => [`line ${line}`, 'kept']),
      );
      await conversation.close();
    }
  });

  test('a row is still beside the message that it names', async () => {
    const place = await makePlace(
      root(),
      `${CHATS} ${addEvents(2)} CREATE TABLE memories (id INTEGER PRIMARY KEY, event_id INTEGER, text TEXT);
       INSERT INTO memories VALUES (1, 2, 'of the second')`,
      { tables: TABLES },
    );
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    await ruin(folder.databaseFile);
    expect(await beside(folder, id)).toEqual({
      rows: ['2: memories kept {"id":1,"text":"of the second"}'],
      beside: [],
    });
  });
});

test('a database that is damaged in the middle of its log counts as none', async () => {
  const folder = await makeChat(root(), { events: 3000 });
  const { id } = await takeSnapshot(folder, 'rewind');
  run(folder, 'PRAGMA wal_checkpoint(TRUNCATE)');
  const bytes = await readFile(folder.databaseFile);
  bytes.fill(0xff, 20 * 4096, 60 * 4096);
  await writeFile(folder.databaseFile, bytes);
  const conversation = await openConversation(folder, id, null);
  expect(conversation.overview).toMatchObject({ isCompared: false, chats: [{ kept: 3000, lost: 0 }] });
  await conversation.close();
});
