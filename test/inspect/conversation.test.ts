import { expect, test } from 'vitest';
import { openConversation, takeSnapshot } from '../../src/index.ts';
import { asHost, CHATS, makeChat, makePlace, makeRoot, open, run } from '../support/place.ts';

const root = makeRoot();
const say = (text: string, chat = 'c1', branch = 'main') =>
  `INSERT INTO event_log (branch_id, ts, kind, payload_json)
     VALUES ('${branch}', '2026-01-01T10:00:00Z', 'message', '${JSON.stringify({ chat_id: chat, text })}');`;
const WHOLE = { from: 0, limit: 1000, longest: 1000 };

test('a long chat folds what is kept, but for the three messages beside each difference', async () => {
  const folder = await makeChat(root(), { events: 50 });
  const { id } = await takeSnapshot(folder, 'rewind');
  run(folder, 'UPDATE event_log SET hidden = 1 WHERE id IN (21, 22)');
  run(folder, say('since'));
  const conversation = await openConversation(folder, id, null);
  const [{ no = 0 } = {}] = conversation.overview.chats;
  expect(conversation.layout(no).runs).toMatchObject([
    { from: 0, length: 20, state: 'kept', fold: { from: 0, length: 17, messages: 17 } },
    { from: 20, length: 2, state: 'lost', fold: null },
    { from: 22, length: 28, state: 'kept', fold: { from: 25, length: 22, messages: 22 } },
    { from: 50, length: 1, state: 'newer', fold: null },
  ]);
  expect(conversation.difference(no, 0, 'next')).toBe(20);
  expect(conversation.difference(no, 20, 'next')).toBe(50);
  expect(conversation.difference(no, 50, 'next')).toBeNull();
  expect(conversation.difference(no, 50, 'previous')).toBe(20);
  expect(conversation.lost(no, { from: 0, to: 50 })).toEqual([21n, 22n]);
  expect(conversation.lost(no, { from: 21, to: 21 })).toEqual([22n]);
  expect(conversation.lost(no, { from: 22, to: 50 })).toEqual([]);
  await conversation.close();
});

test('the boundary of a lost run is the record of the rewind that took it; without one, nothing is claimed', async () => {
  const rewind = (to: number) =>
    `INSERT INTO event_log (ts, kind, payload_json) VALUES ('2026-01-01T14:03:00Z', 'rewind', '{"chat_id":"c1","to_event_id":${to}}');`;
  const lostRuns = async (sql: string) => {
    const folder = await makeChat(root(), { events: 10 });
    const { id } = await takeSnapshot(folder, 'rewind');
    run(folder, sql);
    const conversation = await openConversation(folder, id, null);
    const [{ no = 0 } = {}] = conversation.overview.chats;
    const { runs } = conversation.layout(no);
    await conversation.close();
    return runs?.filter(({ state }) => state === 'lost');
  };
  expect(await lostRuns('UPDATE event_log SET hidden = 1 WHERE id > 6')).toMatchObject([
    { from: 6, length: 4, rewind: null },
  ]);
  expect(
    await lostRuns(`${rewind(6)} UPDATE event_log SET superseded_by = 11 WHERE id BETWEEN 7 AND 10`),
  ).toMatchObject([{ from: 6, length: 4, rewind: { event: 11, ts: '2026-01-01T14:03:00Z' } }]);
  expect(await lostRuns(`DELETE FROM event_log WHERE id > 6; ${rewind(6)}`)).toMatchObject([
    { from: 6, length: 4, rewind: { ts: '2026-01-01T14:03:00Z' } },
  ]);
  expect(await lostRuns(rewind(6))).toMatchObject([{ from: 6, length: 4, rewind: { event: 11 } }]);
  // Two in a row: each took its own part.
  expect(
    await lostRuns(
      `${rewind(8)} UPDATE event_log SET hidden = 1, superseded_by = 11 WHERE id IN (9, 10);
       ${rewind(6)} UPDATE event_log SET hidden = 1, superseded_by = 12 WHERE id IN (7, 8)`,
    ),
  ).toMatchObject([
    { from: 6, length: 2, rewind: { event: 12 } },
    { from: 8, length: 2, rewind: { event: 11 } },
  ]);
});

test('where only the record of a rewind says that messages are lost, that is said; where flags do, it is certain', async () => {
  const record = `INSERT INTO event_log (ts, kind, payload_json) VALUES ('2026-01-01T14:03:00Z', 'rewind', '{"chat_id":"c1","to_event_id":6}');`;
  const ask = async (sql: string) => {
    const folder = await makeChat(root(), { events: 10 });
    const { id } = await takeSnapshot(folder, 'rewind');
    run(folder, sql);
    const conversation = await openConversation(folder, id, null);
    await conversation.close();
    const { lostByRecord, chats } = conversation.overview;
    return { lostByRecord, lost: chats[0]?.lost };
  };
  expect(await ask(record)).toEqual({ lostByRecord: true, lost: 4 });
  expect(await ask(`${record} UPDATE event_log SET hidden = 1 WHERE id BETWEEN 7 AND 10`)).toEqual({
    lostByRecord: false,
    lost: 4,
  });
  expect(await ask(say('since'))).toEqual({ lostByRecord: false, lost: 0 });
});

test('where ids were used again, the old message is lost and the new one newer, and both stand at their place', async () => {
  const folder = await makeChat(root(), { events: 4 });
  const { id } = await takeSnapshot(folder, 'rewind');
  run(
    folder,
    `DELETE FROM event_log WHERE id > 2; DELETE FROM sqlite_sequence; ${say('another 3')} ${say('another 4')}`,
  );
  const conversation = await openConversation(folder, id, null);
  expect(conversation.overview.lineage).toBe('other');
  const [{ no = 0 } = {}] = conversation.overview.chats;
  expect(conversation.page(no, WHOLE).map(({ event, state, text }) => [event, state, text])).toEqual([
    [1n, 'kept', 'line 1'],
    [2n, 'kept', 'line 2'],
    [3n, 'lost', 'line 3'],
    [4n, 'lost', 'line 4'],
    [3n, 'newer', 'another 3'],
    [4n, 'newer', 'another 4'],
  ]);
  await conversation.close();
});

test('an event is found by its key: the snapshot’s before a newer one, a note beside its message, else nothing', async () => {
  const folder = await makeChat(root(), { events: 4 });
  run(
    folder,
    `INSERT INTO event_log (branch_id, ts, kind, payload_json)
       VALUES ('main', '2026-01-01T10:00:00Z', 'note', '{"chat_id":"c1","event_id":2}'); ${say('last', 'c2')}`,
  );
  const { id } = await takeSnapshot(folder, 'rewind');
  run(
    folder,
    `DELETE FROM event_log WHERE id > 3; DELETE FROM sqlite_sequence; ${say('another 4')} ${say('new')}`,
  );
  run(folder, say('newest', 'c2'));
  const conversation = await openConversation(folder, id, null);
  const textAt = (key: string) => {
    const found = conversation.find(key);
    if (found === null) return null;
    const [message] = conversation.page(found.chat, { ...WHOLE, from: found.place, limit: 1 });
    return [message?.event, message?.text, message?.state];
  };
  expect(textAt('2')).toEqual([2n, 'line 2', 'kept']);
  expect(textAt('4')).toEqual([4n, 'line 4', 'lost']);
  expect(textAt('5')).toEqual([2n, 'line 2', 'kept']);
  expect(textAt('6')).toEqual([6n, 'last', 'lost']);
  expect(textAt('7')).toBeNull();
  expect(textAt('two')).toBeNull();
  expect(conversation.overview.keyedLog).toBe('event_log');
  await conversation.close();
});

test('each branch of a chat is a conversation of its own, and a chat that was deleted since keeps its name', async () => {
  const place = await makePlace(
    root(),
    `${CHATS} ${say('one')} ${say('two', 'c1', 'other')} ${say('three')}`,
  );
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, "DELETE FROM chats; DELETE FROM event_log WHERE branch_id = 'other'");
  const conversation = await openConversation(folder, id, null);
  const { chats } = conversation.overview;
  expect(chats.map(({ name, branch, kept, lost }) => [name, branch, kept, lost])).toEqual([
    ['Harbour', 'other', 0, 1],
    ['Harbour', 'main', 2, 0],
  ]);
  const whole = [...conversation.walk(chats, 1)];
  expect(whole.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  await conversation.close();
});

test('a chat of 100,000 messages is read in pages, whatever a single message holds', async () => {
  const folder = await makeChat(root(), { events: 100_000 });
  const big = JSON.stringify({ chat_id: 'c1', text: 'x'.repeat(5_000_000) });
  run(folder, `UPDATE event_log SET payload_json = '${big}' WHERE id = 50000`);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(folder, 'UPDATE event_log SET hidden = 1 WHERE id > 90000');
  const conversation = await openConversation(folder, id, null);
  const [chat] = conversation.overview.chats;
  expect(chat).toMatchObject({ kept: 90_000, lost: 10_000, newer: 0, places: 100_000 });
  const page = conversation.page(chat?.no ?? 0, { from: 49_998, limit: 4, longest: 200 });
  expect(page.map(({ event, text, cut }) => [event, text?.length, cut])).toEqual([
    [49_999n, 10, false],
    [50_000n, 200, true],
    [50_001n, 10, false],
    [50_002n, 10, false],
  ]);
  await conversation.close();
});

test('a payload that is nested deeply keeps no chat from being read', async () => {
  const folder = await makeChat(root(), { events: 3 });
  const deep = `${'['.repeat(50_000)}"x"${']'.repeat(50_000)}`;
  asHost(folder, (db) =>
    db
      .prepare(
        "INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES ('main', '2026-01-01T10:00:00Z', 'message', ?)",
      )
      .run(`{"chat_id": "c1", "n": 9007199254740993, "list": ${deep}, "text": "deep"}`),
  );
  const { id } = await takeSnapshot(folder, 'rewind');
  const conversation = await openConversation(folder, id, null);
  const [{ no = 0 } = {}] = conversation.overview.chats;
  const texts = conversation.page(no, { from: 0, limit: 10, longest: 100 }).map(({ text }) => text);
  await conversation.close();
  expect(texts).toEqual(['line 1', 'line 2', 'line 3', 'deep']);
});
