import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  defaultRestoreOptions,
  findLikely,
  findOnlyCopies,
  type SnapshotId,
  takeSnapshot,
} from '../../src/index.ts';
import { addEvents, makePlace, makeRoot, open, type Place, run } from '../support/place.ts';
import { NOW } from '../support/story.ts';

/** The snapshot that is shown first is the one that brings back what was lost, however many were taken later. */
const root = makeRoot();

type Rewinds = {
  /** How the host takes the last events away. */
  readonly sql: (from: number) => string;
};

const RECORD =
  "INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES ('main', '2026-01-01T00:00:00Z', 'rewind', '{\"chat_id\":\"c1\"}');";

const HOSTS: Readonly<Record<string, Rewinds>> = {
  'hides events and records that': {
    sql: (from) => `UPDATE event_log SET hidden = 1 WHERE id > ${from}; ${RECORD}`,
  },
  'hides events and records nothing': {
    sql: (from) => `UPDATE event_log SET hidden = 1 WHERE id > ${from};`,
  },
  'deletes events and records that': {
    sql: (from) => `DELETE FROM event_log WHERE id > ${from}; ${RECORD}`,
  },
  'deletes events and records nothing': { sql: (from) => `DELETE FROM event_log WHERE id > ${from};` },
};

async function begin() {
  const place = await makePlace(root(), 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);');
  run(place, addEvents(10));
  const early = await take(place, 'periodic');
  run(place, addEvents(10, 'lost'));
  const before = await take(place, 'rewind');
  return { place, early, before };
}

async function take(place: Place, kind: 'rewind' | 'periodic'): Promise<SnapshotId> {
  return (await takeSnapshot(await open(place), kind)).id;
}

describe.concurrent('the likely snapshot', () => {
  test.each(Object.entries(HOSTS))('is the one from before the rewind if the host %s', async (_, { sql }) => {
    const { place, before } = await begin();
    run(place, sql(12));
    expect(await findLikely(await open(place))).toBe(before);
    await take(place, 'rewind');
    expect(await findLikely(await open(place)), 'after one taken to be safe').toBe(before);
    run(place, addEvents(3, 'later'));
    await take(place, 'rewind');
    await take(place, 'periodic');
    run(place, addEvents(1, 'later'));
    expect(await findLikely(await open(place)), 'after several').toBe(before);
  });

  test('is the next best one if the best is gone, and none if nothing is lost', async () => {
    const { place, early } = await begin();
    expect(await findLikely(await open(place))).toBe(null);
    const folder = await open(place);
    run(place, HOSTS['hides events and records that']?.sql(5) ?? '');
    await rm(`${place.dir}/snapshots/rewind`, { recursive: true });
    expect(await findLikely(folder)).toBe(early);
  });

  test('is the restored one while the database holds it, and after an undo the one with what is lost again', async () => {
    const { place, before, early } = await begin();
    const folder = await open(place);
    run(place, HOSTS['hides events and records that']?.sql(5) ?? '');
    await take(place, 'rewind');
    const request = { ...defaultRestoreOptions, snapshotId: early, action: 'restore' as const };
    await applyRestore(folder, request, NOW);
    expect(await findLikely(folder)).toBe(early);
    await applyUndo(folder, { acceptDrift: false }, NOW);
    expect(await findLikely(folder)).toBe(before);
  });
});

describe.concurrent('what is lost with a snapshot', () => {
  test('is what no other snapshot holds, minus what the next one holds', async () => {
    const { place, early, before } = await begin();
    run(place, HOSTS['hides events and records that']?.sql(5) ?? '');
    const folder = await open(place);
    expect(await findOnlyCopies(folder, [early])).toEqual([]);
    expect(await findOnlyCopies(folder, [before])).toMatchObject([{ id: before, events: 10, messages: 10 }]);
    expect(await findOnlyCopies(folder, [before, early])).toMatchObject([
      { id: before, events: 15, messages: 15, chat: 'c1' },
    ]);
  });

  test('is nothing if another snapshot of the same state stays', async () => {
    const { place, before } = await begin();
    const twin = await take(place, 'periodic');
    run(place, HOSTS['hides events and records that']?.sql(5) ?? '');
    expect(await findOnlyCopies(await open(place), [before])).toEqual([]);
    expect(await findOnlyCopies(await open(place), [before, twin])).toHaveLength(1);
  });
});
