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

test.each([
  ['wal', false],
  ['delete', true],
] as const)('in journal mode %s, whether it copies the database first: %s', async (journalMode, copies) => {
  const place = await makeChats(5);
  run(place, `PRAGMA journal_mode = ${journalMode}`);
  const phases = new Set<string>();
  await takeSnapshot(await open(place), 'rewind', { onProgress: ({ phase }) => phases.add(phase) });
  expect(phases.has('copy-database')).toBe(copies);
});

test('what the host writes to a WAL meanwhile is not in the snapshot', async () => {
  const place = await makeChats(9000);
  run(place, 'PRAGMA journal_mode = wal');
  const before = readState(place.databaseFile);
  let written = false;
  const taken = await takeSnapshot(await open(place), 'rewind', {
    onProgress({ phase, done }) {
      if (written || phase !== 'take' || done > 9000) return;
      written = true;
      run(place, `${addEvents(1, 'meanwhile')} UPDATE t SET title = 'Two'; PRAGMA wal_checkpoint(PASSIVE);`);
    },
  });
  expect(written).toBe(true);
  expect(JSON.parse(await readFile(taken.file, 'utf8'))).toMatchObject({
    event_log: { length: 9000 },
    t: [{ id: 1, title: 'One' }],
  });
  expect(readState(place.databaseFile)).not.toStrictEqual(before);
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

test.each([
  ['delete', 'copy-database'],
  ['delete', 'take'],
  ['wal', 'take'],
] as const)(
  'in journal mode %s, taking leaves no file behind if it is cancelled in phase %s',
  async (journalMode, phase) => {
    const place = await makeChats(3000);
    run(place, `PRAGMA journal_mode = ${journalMode}`);
    const folder = await open(place);
    const abort = new AbortController();
    const taking = takeSnapshot(folder, 'rewind', {
      signal: abort.signal,
      onProgress: (progress) => {
        if (progress.phase === phase) abort.abort();
      },
    });
    await expect(taking).rejects.toMatchObject({ code: 'cancelled' });
    const rewinds = dirname(join(folder.dir, 'snapshots', 'rewind', 'x'));
    expect(await readdir(rewinds).catch(() => [])).toStrictEqual([]);
  },
);
