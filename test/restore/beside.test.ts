import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { hashLiveTables } from '../../src/host/content-hash.ts';
import { applyRestore, applyUndo, finishInterrupted, planRestore } from '../../src/index.ts';
import { openWriteDatabase } from '../../src/sqlite/database.ts';
import { readSchema } from '../../src/sqlite/schema.ts';
import { codeOf, makeRoot, open, type Place } from '../support/place.ts';
import { start } from '../support/process.ts';
import { NOW, restoring } from '../support/requests.ts';
import { findFaults, readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** A restore of a database that is so large that a thread beside it helps, and what may happen to that thread. */
const root = makeRoot();

const story: Story = {
  schema: 'CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT); CREATE TABLE attachments (data BLOB);',
  before: "INSERT INTO chats VALUES (1, 'One'); INSERT INTO attachments VALUES (zeroblob(17000000));",
  since: "UPDATE chats SET title = 'Two';",
};

async function lived(journalMode: 'wal' | 'delete' = 'wal') {
  const { place, id, before, since } = await live(root(), { ...story, journalMode });
  const request = restoring(id);
  return { place, before, since, request, folder: await open(place) };
}

const copiesOf = ({ dir }: Place) => readdir(join(dir, 'snapshots/restore')).catch(() => []);

/** Does something to the next thread that is started, as soon as it runs. */
function toNextThread(mischief: (worker: Worker) => void): void {
  process.once('worker', (worker: Worker) => worker.once('online', () => mischief(worker)));
}

describe('a restore with a thread beside it', () => {
  test.each(['wal', 'delete'] as const)(
    'ends as the snapshot says, with or without a plan, and so does its undo (journal mode %s)',
    async (journalMode) => {
      const { place, folder, request, before, since } = await lived(journalMode);
      let threads = 0;
      process.on('worker', () => {
        threads += 1;
      });
      await applyRestore(folder, request, NOW);
      expect(threads).toBe(1);
      expect(readState(place.databaseFile)).toEqual({ ...since, tables: before.tables });
      await applyUndo(folder, {}, NOW);
      expect(readState(place.databaseFile)).toEqual(since);
      const { planId, refusals } = await planRestore(folder, request);
      expect(refusals).toEqual([]);
      await applyRestore(folder, request, { ...NOW, planId });
      expect(readState(place.databaseFile)).toEqual({ ...since, tables: before.tables });
      expect(findFaults(place.databaseFile)).toEqual([]);
    },
  );

  test('changes nothing if the thread dies, and can be made again', async () => {
    const { place, folder, request, before, since } = await lived();
    toNextThread((worker) => void worker.terminate());
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('core-stopped');
    expect(readState(place.databaseFile)).toEqual(since);
    expect(await copiesOf(place)).toEqual([]);
    await applyRestore(folder, request, NOW);
    expect(readState(place.databaseFile).tables).toEqual(before.tables);
  });

  test('changes nothing if it is cancelled while the thread works', async () => {
    const { place, folder, request, since } = await lived();
    const cancel = new AbortController();
    toNextThread(() => cancel.abort());
    expect(await codeOf(applyRestore(folder, request, NOW, { signal: cancel.signal }))).toBe('cancelled');
    expect(readState(place.databaseFile)).toEqual(since);
    expect(await copiesOf(place)).toEqual([]);
  });

  test('a plan of it that is cancelled while the thread works ends at once', async () => {
    const { folder, request } = await lived();
    const cancel = new AbortController();
    toNextThread(() => cancel.abort());
    expect(await codeOf(planRestore(folder, request, { signal: cancel.signal }))).toBe('cancelled');
  });

  test.each([
    [1, []],
    [2, [{ outcome: 'not-committed' }]],
  ])('changes nothing if the process is killed while the thread does job %i', async (at, outcome) => {
    const { place, folder, request, before, since } = await lived();
    const child = start('die-beside.ts', { args: [place.dir, request.snapshotId, String(at)] });
    expect(await child.ended).toEqual(Array(at).fill('working'));
    expect(await finishInterrupted(folder)).toMatchObject(outcome);
    expect(readState(place.databaseFile)).toEqual(since);
    await applyRestore(folder, request, NOW);
    expect(readState(place.databaseFile).tables).toEqual(before.tables);
  });

  test.each([
    ['adds it up', false],
    ['cannot add it up', true],
  ])('names a large table of which every row differs by its rows, where the thread %s', async (_, fails) => {
    const rows = 'WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)';
    const { place, id, before } = await live(root(), {
      schema: `CREATE TABLE attachments (data BLOB); CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT);
        INSERT INTO attachments VALUES (zeroblob(17000000));`,
      before: `INSERT INTO chats ${rows} SELECT i, 'chat ' || i FROM n;`,
      since: "UPDATE chats SET title = 'mistaken';",
    });
    const asked: string[] = [];
    process.once('worker', (worker: Worker) => {
      const send = worker.postMessage;
      worker.postMessage = (message) => {
        asked.push(message.name);
        const isSpoilt = fails && message.name === 'add-up-rows';
        send.call(worker, isSpoilt ? { ...message, input: { ...message.input, file: 'none' } } : message);
      };
    });
    const folder = await open(place);
    const { tables } = await applyRestore(folder, restoring(id), NOW);
    expect(asked).toContain('add-up-rows');
    expect(readState(place.databaseFile).tables).toEqual(before.tables);
    const db = openWriteDatabase(place.databaseFile, { nativeBinding: undefined });
    const schema = readSchema(db);
    const hashes = await hashLiveTables({ db, schema }, ['chats'], {});
    db.close();
    expect(tables.find(({ name }) => name === 'chats')?.afterHash).toBe(hashes.get('chats'));
  });
});
