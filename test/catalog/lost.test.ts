import { describe, expect, test } from 'vitest';
import { findOnlyCopies } from '../../src/index.ts';
import { makeRoot, open, run } from '../support/place.ts';
import { beginTwenty, rewind, take } from '../support/twenty-events.ts';

/** What would be lost for good with a snapshot. */
const root = makeRoot();

const begin = () => beginTwenty(root(), 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);');

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
