import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { type Diff, diffSnapshot, takeSnapshot } from '../../src/index.ts';
import { dump } from '../laws/apply-directly.ts';
import { makePlace, makeRoot, open, putSnapshot, run } from '../support/place.ts';
import { live } from '../support/story.ts';

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';

const said = (id: number, chat: string, text: string, kind = 'message') =>
  `INSERT INTO event_log VALUES (${id}, 'main', 't${id}', '${kind}', '${JSON.stringify({ chat_id: chat, speaker: 'Zo', text })}', NULL, 0);`;

async function tell(schema: string, before: string, since: string): Promise<Diff> {
  const place = await makePlace(root(), schema, { tables: ['chats', 'scenes'] });
  run(place, before);
  const folder = await open(place);
  await putSnapshot(place, ID, await readFile(await dump(folder, 'dump')));
  run(place, since);
  return diffSnapshot(folder, ID);
}

const CHATS = 'CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);';
const BEFORE = `INSERT INTO chats VALUES ('a', 'Harbour'), ('b', 'Hill'); ${said(1, 'a', 'one')} ${said(2, 'a', 'two')} ${said(3, 'b', 'three')}`;

test('after a rewind it shows what comes back, and what was written since in each chat', async () => {
  const diff = await tell(
    CHATS,
    BEFORE,
    `UPDATE event_log SET hidden = 1, superseded_by = 4 WHERE id = 2; ${said(4, 'a', 'back', 'rewind')} ${said(5, 'b', 'later')} ${said(6, 'b', 'x'.repeat(200))}`,
  );
  expect(diff.lineage).toBe('same');
  expect(diff.returningEvents).toMatchObject([
    { chat: 'a', chatName: 'Harbour', events: 1, first: { id: 2n, text: 'two' }, last: { id: 2n } },
  ]);
  expect(diff.newerEvents).toMatchObject([
    { chat: 'a', events: 1, rewindRecords: 1, spoken: 0, rewoundChat: true },
    {
      chat: 'b',
      chatName: 'Hill',
      events: 2,
      rewindRecords: 0,
      spoken: 2,
      rewoundChat: false,
      first: { id: 5n },
      last: { id: 6n },
    },
  ]);
  expect(diff.newerEvents[1]?.last.text).toHaveLength(80);
  expect(diff.tables[0]).toMatchObject({ role: 'log', added: 0, removed: 3, changed: 1, unchanged: 2 });
});

test('for a rewound state it counts the events that are hidden from readers', async () => {
  const rewound = `UPDATE event_log SET hidden = 1 WHERE id = 1; UPDATE event_log SET superseded_by = 4 WHERE id = 2;
    ${said(4, 'a', 'back', 'rewind')}`;
  const diff = await tell(
    CHATS,
    `${BEFORE} ${rewound}`,
    'UPDATE event_log SET hidden = 0, superseded_by = NULL; DELETE FROM event_log WHERE id = 4;',
  );
  expect(diff.returningEvents).toMatchObject([{ chat: 'a', events: 3, hidden: 2, rewindRecords: 1 }]);
});

test('a log that took another course under the same ids is another timeline', async () => {
  const other = await tell(
    CHATS,
    BEFORE,
    `DELETE FROM event_log WHERE id = 3; ${said(3, 'b', 'something else')}`,
  );
  expect(other.lineage).toBe('other');
  const longer = await tell(CHATS, BEFORE, said(4, 'b', 'four'));
  expect(longer.lineage).toBe('same');
  const shorter = await tell(CHATS, BEFORE, 'DELETE FROM event_log WHERE id = 3;');
  expect(shorter.lineage).toBe('same');
});

test('tables that only one side has are distinguished from empty ones', async () => {
  const gone = await tell(CHATS, BEFORE, 'DROP TABLE chats;');
  expect(gone.tables.find(({ name }) => name === 'chats')).toMatchObject({
    state: 'missing-live',
    snapshotRows: 2,
    liveRows: 0,
  });
  expect(gone.schemaDrift).toStrictEqual([
    { kind: 'table-missing-live', table: 'chats', column: null, loses: 2 },
    { kind: 'schema-changed', table: 'sqlite_schema', column: null, loses: 0 },
  ]);
  const come = await tell(CHATS, BEFORE, 'CREATE TABLE scenes (id); INSERT INTO scenes VALUES (1);');
  expect(come.tables.find(({ name }) => name === 'scenes')).toMatchObject({
    state: 'not-in-snapshot',
    snapshotRows: 0,
    liveRows: 1,
  });
  const emptied = await tell(CHATS, '', "INSERT INTO chats VALUES ('a', 'x');");
  expect(emptied.tables.find(({ name }) => name === 'chats')).toMatchObject({
    state: 'compared',
    removed: 1,
  });
});

test('payloads that are not JSON, not an object, or name no chat form one group of their own', async () => {
  const odd = ["'not json'", "'[1]'", 'NULL', "x'00'", '7', `'{"chat_id": {"a": 1}}'`];
  const since = odd.map(
    (payload, index) => `INSERT INTO event_log (id, payload_json) VALUES (${index + 10}, ${payload});`,
  );
  const { newerEvents } = await tell(CHATS, BEFORE, since.join(' '));
  expect(newerEvents).toMatchObject([{ chat: null, chatName: null, events: odd.length }]);
});

test.each([
  ['wal', false],
  ['delete', true],
] as const)('in journal mode %s, whether it copies the database first: %s', async (journalMode, copies) => {
  const { place, id } = await live(root(), { schema: CHATS, before: '', since: '', journalMode });
  const phases = new Set<string>();
  await diffSnapshot(await open(place), id, { onProgress: ({ phase }) => phases.add(phase) });
  expect(phases.has('copy-database')).toBe(copies);
});

test('columns that the host adds while the snapshot is read are compared as well', async () => {
  const { place, id } = await live(root(), {
    schema: CHATS,
    before: "INSERT INTO chats VALUES ('a', 'Harbour');",
    since: '',
  });
  let hasGrown = false;
  const diff = await diffSnapshot(await open(place), id, {
    onProgress({ phase }) {
      if (hasGrown || phase !== 'read-snapshot') return;
      hasGrown = true;
      run(place, "ALTER TABLE chats ADD COLUMN mood TEXT; UPDATE chats SET title = 'Hill';");
    },
  });
  expect(hasGrown).toBe(true);
  expect(diff.schemaDrift).toContainEqual(
    expect.objectContaining({ kind: 'column-missing-in-snapshot', table: 'chats', column: 'mood' }),
  );
  expect(diff.tables.find(({ name }) => name === 'chats')).toMatchObject({ changed: 1, unchanged: 0 });
});

test('an event without an id that was hidden since is the same event', async () => {
  const place = await makePlace(root(), 'CREATE TABLE chats (id INTEGER PRIMARY KEY, name TEXT)');
  run(
    place,
    `DROP TABLE event_log; CREATE TABLE event_log (id, ts, kind, payload_json, hidden);
     INSERT INTO event_log VALUES (NULL, 't', 'message', '{}', 0), (NULL, 't', 'message', '{}', 0)`,
  );
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, 'UPDATE event_log SET hidden = 1 WHERE rowid = 1');
  const { tables } = await diffSnapshot(folder, id);
  expect(tables.find(({ role }) => role === 'log')).toMatchObject({ added: 0, removed: 0, changed: 1 });
});
