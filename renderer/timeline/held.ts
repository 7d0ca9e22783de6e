import type { ListedSnapshot } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { Timeline } from '../../src/model/timeline.ts';
import type { Held } from '../../words/listing.ts';

/** The host takes a snapshot right before a rewind. One that is older than this was taken for something else. */
const LONGEST_BEFORE_MS = 10 * 60_000;

/** What is told about each snapshot of a list. `timeline`: null while it is not known. */
type HeldBySnapshots = (
  timeline: Timeline | null,
  snapshots: readonly ListedSnapshot[],
) => ReadonlyMap<SnapshotId, Held>;

/**
 * For one folder. Which chat was rewound is told from then on, even if the timeline tells it no more: a restore takes the
 * record of the rewind out of the log, and it is as true as before.
 */
export function rememberHeld(): HeldBySnapshots {
  const chats = new Map<SnapshotId, string>();
  return (timeline, snapshots) => {
    if (timeline === null && chats.size === 0) return new Map();
    const messages = new Map(timeline?.held.map((one) => [one.snapshotId, one.messages]));
    return new Map(
      snapshots.map((snapshot) => {
        const { id } = snapshot;
        const chat = timeline === null ? null : findRewoundChat(timeline, snapshot);
        if (chat !== null) chats.set(id, chat);
        return [id, { rewoundChat: chats.get(id) ?? null, messages: messages.get(id) ?? null }];
      }),
    );
  };
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
