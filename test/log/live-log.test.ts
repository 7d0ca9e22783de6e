import { describe, expect, test } from 'vitest';
import { readFacts } from '../../src/catalog/facts.ts';
import { readLiveLogFacts } from '../../src/catalog/lineage.ts';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { type LiveLog, withLiveLog } from '../../src/log/live-log.ts';
import { openSnapshotFile } from '../../src/snapshots/open-file.ts';
import { takeSnapshot } from '../../src/snapshots/take.ts';
import {
  addEvents,
  asHost,
  codeOf,
  dumpChat,
  makeChat,
  makeRoot,
  putSnapshot,
  run,
} from '../support/place.ts';
import { start } from '../support/process.ts';

const root = makeRoot();

function ask<T>(folder: DataFolder, question: (log: LiveLog) => Promise<T>): Promise<T> {
  return withLiveLog(folder, 'patient', {}, question);
}

/** The chain of a snapshot's log, read from its bytes. */
async function readChain(folder: DataFolder, id: string) {
  const file = await openSnapshotFile(folder, id);
  try {
    return (await readFacts(folder, file, await readLiveLogFacts(folder, {}), {})).log;
  } finally {
    await file.handle.close();
  }
}

test.each([0, 1, 1999, 2000, 2001, 4000])(
  'the chain of %i events equals that of their snapshot',
  async (events) => {
    const folder = await makeChat(root(), { events });
    await putSnapshot(folder, 'rewind/20260301T000000Z', dumpChat(folder));
    const log = await readChain(folder, 'rewind/20260301T000000Z');
    run(folder, addEvents(3));
    const chains = await ask(folder, (live) => live.chains([events]));
    expect(log?.events).toBe(events);
    expect(chains?.at.get(events)).toBe(log?.chain);
    expect(chains?.end).toMatchObject({ events: events + 3, lastId: BigInt(events + 3) });
  },
);

test('an event with invalid UTF-8 is counted by its bytes', async () => {
  const folder = await makeChat(root(), { events: 3 });
  run(folder, "UPDATE event_log SET payload_json = CAST(x'22ff22' AS TEXT) WHERE id = 2");
  const log = await readChain(folder, (await takeSnapshot(folder, 'rewind')).id);
  expect((await ask(folder, (live) => live.chains([3])))?.at.get(3)).toBe(log?.chain);
  const before = await ask(folder, (live) => live.fingerprint(2n));
  run(folder, "UPDATE event_log SET payload_json = CAST(x'22fe22' AS TEXT) WHERE id = 2");
  expect(await ask(folder, (live) => live.fingerprint(2n))).not.toBe(before);
});

/** A log with a rollback journal that takes so many milliseconds to be read, as large events do on a slow disk. */
async function makeSlowLog(milliseconds: number): Promise<DataFolder> {
  const folder = await makeChat(root(), { journalMode: 'delete' });
  asHost(folder, (db) => {
    db.exec(`DROP TABLE event_log;
      CREATE TABLE event_log (id INTEGER PRIMARY KEY, ts TEXT AS (length(hex(zeroblob(400000 + id)))), kind TEXT, payload_json TEXT);
      CREATE TABLE chat_state (events INTEGER);
      INSERT INTO chat_state VALUES (0)`);
    const insert = db.prepare("INSERT INTO event_log (kind, payload_json) VALUES ('message', '{}')");
    const append = db.transaction((events: number) => {
      for (let event = 0; event < events; event += 1) insert.run();
    });
    append(100);
    const began = performance.now();
    db.prepare('SELECT ts FROM event_log').all();
    append((milliseconds / (performance.now() - began)) * 100);
  });
  return folder;
}

test('however long it takes to read a log, a host with a rollback journal can commit within half a second', async () => {
  const folder = await makeSlowLog(1500);
  const host = start('write-on.ts', { args: [folder.databaseFile, '500'] });
  expect(await host.said('busy')).toBe(true);
  const chains = await ask(folder, (live) => live.chains([]));
  host.process.stdin?.write('stop');
  expect((await host.ended).at(-1)).toMatch(/^stopped \d+$/);
  expect(chains?.end.events).toBeGreaterThan(100);
});

describe('a log whose ids can be found only by reading all of it', () => {
  async function makeLog(): Promise<DataFolder> {
    const folder = await makeChat(root(), { journalMode: 'delete' });
    run(folder, `ALTER TABLE event_log RENAME TO rows; CREATE TABLE event_log AS SELECT * FROM rows`);
    return folder;
  }

  test('is read in a copy, with the same results', async () => {
    const folder = await makeLog();
    await putSnapshot(folder, 'rewind/20260301T000000Z', dumpChat(folder));
    const phases = new Set<string>();
    const task = { onProgress: ({ phase }: { readonly phase: string }) => phases.add(phase) };
    const answers = await withLiveLog(folder, 'patient', task, async (live) => [
      await live.countAfter(null),
      await live.countAfter(1n),
      await live.lastId(),
      (await live.chains([3]))?.at.get(3),
      live.journalMode,
      live.viewingCopy,
    ]);
    const chain = (await readChain(folder, 'rewind/20260301T000000Z'))?.chain;
    expect(answers).toEqual([3, 2, 3n, chain, 'delete', false]);
    expect([...phases]).toEqual(['copy-database']);
  });

  test('gives no answer at a glance', async () => {
    const folder = await makeLog();
    const glance = withLiveLog(folder, 'glance', {}, (live) => live.countAfter(null));
    expect(await codeOf(glance)).toBe('database-unreadable');
  });
});

test('an index of the host does not change the order in which its log is read', async () => {
  const folder = await makeChat(root(), { events: 500 });
  run(folder, 'CREATE INDEX by_payload ON event_log (payload_json, kind, ts); ANALYZE');
  await putSnapshot(folder, 'rewind/20260301T000000Z', dumpChat(folder));
  const chains = await ask(folder, (live) => live.chains([500]));
  expect(chains?.at.get(500)).toBe((await readChain(folder, 'rewind/20260301T000000Z'))?.chain);
});

test('a log that loses an event while it is read has no chain', async () => {
  const folder = await makeChat(root(), { events: 30_000 });
  const chains = await ask(folder, async (live) => {
    const reading = live.chains([]);
    setImmediate(() => run(folder, 'DELETE FROM event_log WHERE id = 1'));
    return reading;
  });
  expect(chains).toBeNull();
});

test('a log that grows while it is read has the chain of its events until then', async () => {
  const folder = await makeChat(root(), { events: 30_000 });
  const whole = await ask(folder, (live) => live.chains([]));
  const chains = await ask(folder, async (live) => {
    const reading = live.chains([]);
    setImmediate(() => run(folder, addEvents(1)));
    return reading;
  });
  expect(chains?.end).toEqual(whole?.end);
});

describe('a mark is valid', () => {
  test('while the log only grows, whatever its flags, but not if an earlier event disappears or changes', async () => {
    const folder = await makeChat(root(), { events: 5 });
    const mark = (await ask(folder, (live) => live.chains([])))?.end;
    if (mark === undefined) throw new TypeError('There is no mark.');
    const holds = () => ask(folder, (live) => live.has(mark));
    run(folder, addEvents(5));
    run(folder, 'UPDATE event_log SET hidden = 1');
    expect(await holds()).toBe(true);
    run(folder, 'DELETE FROM event_log WHERE id = 2');
    expect(await holds()).toBe(false);
  });

  test('always at the start of the log', async () => {
    const folder = await makeChat(root(), { events: 0 });
    const start = (await ask(folder, (live) => live.chains([])))?.end;
    if (start === undefined) throw new TypeError('There is no mark.');
    run(folder, addEvents(1));
    expect(await ask(folder, (live) => live.has(start))).toBe(true);
  });
});

test('counts and ids are exact even beyond what a double can hold', async () => {
  const folder = await makeChat(root(), { events: 1 });
  const large = 2n ** 62n + 1n;
  asHost(folder, (db) => db.prepare('INSERT INTO event_log (id) VALUES (?)').run(large));
  expect(await ask(folder, (live) => live.lastId())).toBe(large);
  expect(await ask(folder, (live) => live.countAfter(large - 1n))).toBe(1);
  expect(await ask(folder, (live) => live.countAfter(large))).toBe(0);
  expect(await ask(folder, (live) => live.countAfter(null))).toBe(2);
});

test('an error names the log table if the database has lost it', async () => {
  const folder = await makeChat(root());
  run(folder, 'DROP TABLE event_log');
  expect(await codeOf(ask(folder, (live) => live.chains([])))).toBe('database-missing');
});

test('the records of rewinds are found by their exact kind, whatever the column compares as equal', async () => {
  const folder = await makeChat(root(), { events: 3000 });
  const [kind = ''] = folder.profile.chat.rewindKinds;
  run(
    folder,
    `ALTER TABLE event_log RENAME TO rows;
     CREATE TABLE event_log (id INTEGER PRIMARY KEY, ts TEXT, kind TEXT COLLATE NOCASE, payload_json TEXT);
     INSERT INTO event_log SELECT id, ts, kind, payload_json FROM rows;
     UPDATE event_log SET kind = '${kind}' WHERE id IN (1, 2000, 2001, 3000);
     UPDATE event_log SET kind = upper('${kind}') WHERE id = 5;
     UPDATE event_log SET kind = CAST('${kind}' AS BLOB) WHERE id = 6`,
  );
  expect(await ask(folder, (live) => live.rewinds())).toEqual([1n, 2000n, 2001n, 3000n]);
});
