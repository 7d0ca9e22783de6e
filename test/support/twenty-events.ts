import { type SnapshotId, takeSnapshot } from '../../src/index.ts';
import { addEvents, makePlace, open, type Place, run } from './place.ts';

/** SQL: the record of a rewind, as most hosts write it. */
export const RECORD =
  "INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES ('main', '2026-01-01T00:00:00Z', 'rewind', '{\"chat_id\":\"c1\"}');";
export const hide = (from: number) => `UPDATE event_log SET hidden = 1 WHERE id > ${from};`;
/** SQL: hides the events after one of them, and records that. */
export const rewind = (from: number) => hide(from) + RECORD;

/** Takes a snapshot of what is there now. */
export async function take(place: Place, kind: 'rewind' | 'periodic'): Promise<SnapshotId> {
  return (await takeSnapshot(await open(place), kind)).id;
}

/** Ten messages and a checkpoint, then ten more and a snapshot of them. */
export async function beginTwenty(root: string, schema: string) {
  const place = await makePlace(root, schema);
  run(place, addEvents(10));
  const early = await take(place, 'periodic');
  run(place, addEvents(10, 'lost'));
  const before = await take(place, 'rewind');
  return { place, early, before };
}
