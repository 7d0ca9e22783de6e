import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { takeSnapshot } from '../../src/index.ts';
import { ask, fingerprint, pristine, run, start } from '../support/cli.ts';
import { addEvents, CHATS, run as change, makePlace, makeRoot, open } from '../support/place.ts';

const placeRoot = makeRoot();

type Shown = {
  readonly messages: readonly {
    readonly event: number;
    readonly speaker: string;
    readonly text: string;
    readonly ts: string;
    readonly state: 'kept' | 'lost' | 'newer';
  }[];
  readonly beside: readonly {
    readonly event: number;
    readonly rows: readonly unknown[];
    readonly more: number;
  }[];
};
type Chats = {
  readonly chats: readonly {
    readonly chat: string | null;
    readonly name: string | null;
    readonly kept: number;
    readonly lost: number;
    readonly newer: number;
  }[];
};

test('show --chat gives the messages of a chat, named by id or by name, and changes nothing', async () => {
  const before = await fingerprint(pristine);
  const { messages } = await ask<Shown>(pristine, 'show', 'latest-rewind', '--chat', 'lighthouse');
  const count = (state: string) => messages.filter((one) => one.state === state).length;
  expect([count('lost'), count('newer')]).toEqual([20, 0]);
  expect(messages.map(({ event }) => event)).toEqual(
    messages.map(({ event }) => event).toSorted((a, b) => a - b),
  );
  const db = new Database(join(pristine, 'chat.db'), { readonly: true });
  const hidden = db
    .prepare(
      `SELECT id AS event, payload_json ->> 'speaker' AS speaker, payload_json ->> 'text' AS text, ts, 'lost' AS state
         FROM event_log WHERE kind = 'message' AND hidden AND payload_json ->> 'chat_id' = 'lighthouse' ORDER BY id`,
    )
    .all();
  db.close();
  expect(messages.filter(({ state }) => state === 'lost')).toEqual(hidden);
  expect(await ask(pristine, 'show', 'latest-rewind', '--chat', 'Lighthouse')).toEqual(
    await ask(pristine, 'show', 'latest-rewind', '--chat', 'lighthouse'),
  );
  const harbour = await ask<Shown>(pristine, 'show', 'latest-rewind', '--chat', 'Harbour');
  expect(harbour.messages.filter(({ state }) => state === 'newer')).toHaveLength(3);
  expect(await fingerprint(pristine)).toEqual(before);
});

test('show lists the chats of a snapshot, those with something lost first', async () => {
  const { chats } = await ask<Chats>(pristine, 'show', 'latest-rewind');
  expect(chats[0]).toMatchObject({ chat: 'lighthouse', name: 'Lighthouse', lost: 20, newer: 0 });
  expect(chats[1]).toMatchObject({ chat: 'harbour', lost: 0, newer: 3 });
  const { stdout } = await run(['show', 'latest-rewind', '--data', pristine]);
  expect(stdout).toMatch(/^lighthouse +Lighthouse +\d+ +20 +0$/m);
});

test('show --chat for people names the state of each message', async () => {
  const { stdout, status } = await run(['show', 'latest-rewind', '--chat', 'lighthouse', '--data', pristine]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^lighthouse \(Lighthouse\): \d+ messages kept, 20 lost, 0 newer$/m);
  expect(stdout.match(/^lost {3}\S+ {2}[^(:]+: /gm)).toHaveLength(20);
  expect(stdout).toMatch(/^lost {3}\S+ {2}\(memory_kept\) \{/m);
});

test('show --chat gives the rows that belong to each message, beside what it gave before', async () => {
  const place = await makePlace(
    placeRoot(),
    `${CHATS} ${addEvents(5)}
     CREATE TABLE memories (id INTEGER PRIMARY KEY, born INTEGER REFERENCES event_log(id), text TEXT);
     INSERT INTO memories VALUES (1, 3, 'kept one'), (2, 5, 'lost one')`,
    { tables: ['memories', 'chats'] },
  );
  const { id } = await takeSnapshot(await open(place), 'rewind');
  change(place, 'DELETE FROM memories WHERE id = 2; DELETE FROM event_log WHERE id > 4');
  const { messages, beside } = await ask<Shown>(place.dir, 'show', id, '--chat', 'c1');
  expect(messages.map(({ event, state }) => [event, state])).toEqual([
    ...[1, 2, 3, 4].map((event) => [event, 'kept']),
    [5, 'lost'],
  ]);
  expect(beside).toEqual([
    { event: 3, rows: [{ table: 'memories', state: 'kept', values: { id: 1, text: 'kept one' } }], more: 0 },
    { event: 5, rows: [{ table: 'memories', state: 'lost', values: { id: 2, text: 'lost one' } }], more: 0 },
  ]);
  const { stdout } = await run(['show', id, '--chat', 'c1', '--data', place.dir]);
  expect(stdout).toMatch(/^lost {3}\S+ {2}.*\nlost {5}memory: text: lost one · id: 2\n$/m);
});

test('what only the record of a rewind took is called rewound, not lost, and “status” says the same', async () => {
  const place = await makePlace(placeRoot(), `${CHATS} ${addEvents(5)}`, { tables: ['chats'] });
  const { id } = await takeSnapshot(await open(place), 'rewind');
  change(
    place,
    `INSERT INTO event_log (ts, kind, payload_json) VALUES ('2026-01-01T14:03:00Z', 'rewind', '{"chat_id":"c1","to_event_id":3}')`,
  );
  const lines = async (...args: readonly string[]) => (await run([...args, '--data', place.dir])).stdout;
  const told = 'If your chat app doesn’t show them, restoring this snapshot removes the record.';
  const shown = await lines('show', id, '--chat', 'c1');
  expect(shown).toMatch(
    /: 3 messages kept, 2 rewound, 0 newer\nThe messages marked “rewound” are still in the log/,
  );
  expect(shown).toMatch(/^rewound {2}/m);
  expect(await lines('show', id)).toMatch(/Kept +Rewound +Newer/);
  const status = await lines('status');
  expect(status).toContain('All messages are still in the log.');
  for (const text of [shown, status]) expect(text).toContain(told);
});

test('a chat that the snapshot does not have is a wrong usage, and the answer names those that it has', async () => {
  const { status, stderr } = await run(['show', 'latest-rewind', '--chat', 'nobody', '--data', pristine]);
  expect(status).toBe(2);
  expect(stderr).toContain('lighthouse (Lighthouse)');
});

test('whoever stops reading a chat ends the command', async () => {
  const { child, outcome } = start([
    'show',
    'latest-rewind',
    '--chat',
    'lighthouse',
    '--json',
    '--data',
    pristine,
  ]);
  child.stdout?.once('data', () => child.stdout?.destroy());
  expect((await outcome).status).toBe(0);
});
