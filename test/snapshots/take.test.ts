import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { diffSnapshot, takeSnapshot, verifySnapshots } from '../../src/index.ts';
import { addEvents, makePlace, makeRoot, open, type Place, run } from '../support/place.ts';
import { readState } from '../support/state.ts';

const root = makeRoot();

async function makeChats(events: number): Promise<Place> {
  const place = await makePlace(root(), 'CREATE TABLE t (id INTEGER PRIMARY KEY, title TEXT);', {
    tables: ['t'],
  });
  run(place, `${events === 0 ? '' : addEvents(events)} INSERT INTO t VALUES (1, 'One');`);
  return place;
}

test('a snapshot is good, has the id of the last event, and equals the state it was taken of', async () => {
  const folder = await open(await makeChats(5));
  const taken = await takeSnapshot(folder, 'rewind');
  expect(taken).toMatchObject({ taken: true, lastEventId: 5n, sizeBytes: (await stat(taken.file)).size });
  expect(taken.id).toMatch(/^rewind\/\d{8}T\d{6}Z$/);
  expect(await verifySnapshots(folder, [taken.id])).toMatchObject([{ health: 'good', lastEventId: 5n }]);
  const { tables, newerEvents } = await diffSnapshot(folder, taken.id);
  expect(tables.map(({ added, removed, changed }) => added + removed + changed)).toStrictEqual([0, 0]);
  expect(newerEvents).toStrictEqual([]);
});

test('progress says that a snapshot is being taken, and nothing else', async () => {
  const phases = new Set<string>();
  const onProgress = ({ phase }: { readonly phase: string }) => phases.add(phase);
  await takeSnapshot(await open(await makeChats(50)), 'rewind', { onProgress });
  expect(phases).toContain('take');
  expect(phases).not.toContain('build');
});

test('two snapshots taken at once are two files, and neither replaces the other', async () => {
  const folder = await open(await makeChats(2));
  const taken = await Promise.all([1, 2, 3].map(() => takeSnapshot(folder, 'periodic')));
  expect(new Set(taken.map(({ id }) => id)).size).toBe(3);
  const health = await verifySnapshots(
    folder,
    taken.map(({ id }) => id),
  );
  expect(health.map((one) => one.health)).toStrictEqual(['good', 'good', 'good']);
});

test('the last event of an empty log is 0, as in the host’s snapshots', async () => {
  const taken = await takeSnapshot(await open(await makeChats(0)), 'rewind');
  expect(taken.lastEventId).toBe(0n);
  expect(await readFile(taken.file, 'latin1')).toMatch(/^\{"last_event_id": 0, "event_log": \[\], "t": \[\{/);
});

test('taking changes nothing in the database', async () => {
  const place = await makeChats(3);
  const [before, bytes] = [readState(place.databaseFile), await readFile(place.databaseFile)];
  await takeSnapshot(await open(place), 'rewind');
  expect(readState(place.databaseFile)).toStrictEqual(before);
  expect((await readFile(place.databaseFile)).equals(bytes)).toBe(true);
});

test('taking leaves no file behind if it is cancelled at any step', async () => {
  const folder = await open(await makeChats(3000));
  for (const phase of ['copy-database', 'take']) {
    const abort = new AbortController();
    const taking = takeSnapshot(folder, 'rewind', {
      signal: abort.signal,
      onProgress: (progress) => {
        if (progress.phase === phase) abort.abort();
      },
    });
    await expect(taking).rejects.toMatchObject({ code: 'cancelled' });
    const place = dirname(join(folder.dir, 'snapshots', 'rewind', 'x'));
    expect(await readdir(place).catch(() => [])).toStrictEqual([]);
  }
});
