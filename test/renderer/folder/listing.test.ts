import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  afterListingEvent,
  type Listing,
  type ListingEvent,
  NONE,
} from '../../../renderer/folder/listing.ts';
import { listedSnapshot } from '../../support/listed-snapshot.ts';

const IDS = ['rewind/1', 'rewind/2', 'periodic/1'];

const read = (...ids: readonly string[]): ListingEvent => ({
  type: 'read',
  snapshots: ids.map((id) => listedSnapshot(id)),
});
const showing = (...ids: readonly string[]): Listing => ({
  snapshots: IDS.map((id) => listedSnapshot(id)),
  chosen: new Set(ids),
  leaving: NONE,
});
const after = (listing: Listing, ...events: readonly ListingEvent[]) =>
  events.reduce(afterListingEvent, listing);
const ids = (listing: Listing) => listing.snapshots?.map(({ id }) => id);

test('a chosen snapshot that another program removes stays chosen, so that the page says that it is gone', () => {
  const listing = after(showing('rewind/1'), read('rewind/2', 'periodic/1'));
  expect([...listing.chosen]).toEqual(['rewind/1']);
});

test('what we moved is not chosen any more and not reported as gone, in whatever order list and reply arrive, or without a reply', () => {
  const leaving: ListingEvent = { type: 'leaving', ids: new Set(['rewind/1']) };
  const moved: ListingEvent = { type: 'moved', ids: new Set(['rewind/1']) };
  const list = read('rewind/2', 'periodic/1');
  for (const events of [[moved], [moved, list], [list, moved], [list]]) {
    const listing = after(showing('rewind/1'), leaving, ...events);
    expect(listing.chosen.size).toBe(0);
    expect(ids(listing)).toEqual(['rewind/2', 'periodic/1']);
  }
});

test('what we set out to move and did not stays chosen, and is reported if another program removes it later', () => {
  const leaving: ListingEvent = { type: 'leaving', ids: new Set(['rewind/1']) };
  const refused = after(showing('rewind/1'), leaving, read(...IDS));
  expect([...refused.chosen]).toEqual(['rewind/1']);
  expect([...after(refused, read('rewind/2')).chosen]).toEqual(['rewind/1']);
});

test('whatever is moved or removed, a choice loses only what we moved, and nothing is chosen that was not', () => {
  const some = fc.subarray(IDS);
  fc.assert(
    fc.property(some, some, some, fc.boolean(), (chosen, ours, others, replyFirst) => {
      const left = IDS.filter((id) => !ours.includes(id) && !others.includes(id));
      const moved: ListingEvent = { type: 'moved', ids: new Set(ours) };
      const events = replyFirst ? [moved, read(...left)] : [read(...left), moved];
      const listing = after(showing(...chosen), { type: 'leaving', ids: new Set(ours) }, ...events);
      expect([...listing.chosen]).toEqual(chosen.filter((id) => !ours.includes(id)));
    }),
    { numRuns: 200 },
  );
});

test('a choice that loses nothing stays the same set, in which the list remembers where a range began', () => {
  const listing = showing('rewind/2');
  const moved: ListingEvent = { type: 'moved', ids: new Set(['rewind/1']) };
  expect(after(listing, moved, read('rewind/2')).chosen).toBe(listing.chosen);
});

test('a proposal counts only while nothing is chosen', () => {
  expect([...after(showing(), { type: 'proposed', id: 'rewind/1' }).chosen]).toEqual(['rewind/1']);
  expect([...after(showing('rewind/2'), { type: 'proposed', id: 'rewind/1' }).chosen]).toEqual(['rewind/2']);
});
