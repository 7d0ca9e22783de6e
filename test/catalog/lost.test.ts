import { describe, expect, test } from 'vitest';
import { findOnlyCopies, type SnapshotId, takeSnapshot } from '../../src/index.ts';
import { addEvents, makePlace, makeRoot, open, type Place, run } from '../support/place.ts';

/** What would be lost for good with a snapshot. */
const root = makeRoot();

/** How a host takes the last events away. */
const rewind = (from: number) => `UPDATE event_log SET hidden = 1 WHERE id > ${from};
  INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES ('main', '2026-01-01T00:00:00Z', 'rewind', '{"chat_id":"c1"}');`;

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

describe.concurrent('what is lost with a snapshot', () => {
  test('is what no other snapshot holds, minus what the next one holds', async () => {
    const { place, early, before } = await begin();
    run(place, rewind(5));
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
    run(place, rewind(5));
    expect(await findOnlyCopies(await open(place), [before])).toEqual([]);
    expect(await findOnlyCopies(await open(place), [before, twin])).toHaveLength(1);
  });
});
