import type { ListedSnapshot } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { Timeline } from '../../src/model/timeline.ts';
import type { Held } from '../../words/listing.ts';

/** The host takes a snapshot right before a rewind. One that is older than this was taken for something else. */
const LONGEST_BEFORE_MS = 10 * 60_000;

/** What the timeline tells about each snapshot of a list. Empty while it is not known. */
export function heldBySnapshots(
  timeline: Timeline | null,
  snapshots: readonly ListedSnapshot[],
): ReadonlyMap<SnapshotId, Held> {
  if (timeline === null) return new Map();
  const messages = new Map(timeline.held.map((one) => [one.snapshotId, one.messages]));
  return new Map(
    snapshots.map((snapshot) => [
      snapshot.id,
      { rewoundChat: findRewoundChat(timeline, snapshot), messages: messages.get(snapshot.id) ?? null },
    ]),
  );
}

function findRewoundChat(
  { rewinds }: Timeline,
  { kind, lastEventId, takenAt }: ListedSnapshot,
): string | null {
  if (kind !== 'rewind' || lastEventId === null) return null;
  const next = rewinds.find(({ event }) => event > lastEventId);
  if (next === undefined || Math.abs(next.at - Date.parse(takenAt)) > LONGEST_BEFORE_MS) return null;
  return next.chatName ?? next.chat;
}
