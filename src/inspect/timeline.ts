import { listSnapshots } from '../catalog/catalog.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { readJournalIfAllowed } from '../journal/journal.ts';
import { replayJournal } from '../journal/replay.ts';
import { type LiveLog, withLiveLog } from '../log/live-log.ts';
import type { LogPoint, RewindRecord, RewoundEvent } from '../log/log-times.ts';
import type { SnapshotSummary } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { Timeline, TimelineRestore, TimelineRewind } from '../model/timeline.ts';
import { parseSnapshotId, snapshotTime } from '../snapshots/names.ts';

/** How many places of the log are read for its density: about one for each pixel of a window. */
const MOST_POINTS = 1_200;
const MOST_REWINDS = 500;

/**
 * Reads the life of a data folder: how busy it was when, its rewinds and what they took, and our restores. Reads the log
 * in short steps, and of snapshots no more than a list does. @throws as `withLiveLog` and `listSnapshots`
 */
export async function readTimeline(folder: DataFolder, task: TaskOptions = {}): Promise<Timeline> {
  const told = await withLiveLog(folder, 'patient', task, async (log) => ({
    points: await log.points(MOST_POINTS),
    chats: await log.chatNames(),
    ...(await readRewinds(log)),
  }));
  const { points, chats, records, rewound, leftOut } = told;
  const snapshots = await listSnapshots(folder, { check: false }, task);
  return {
    density: densityOf(points),
    rewinds: records.flatMap((record) => describeRewind(record, rewound, chats)),
    restores: await readRestores(folder),
    held: countHeld(snapshots, [...rewound.values()].flat()),
    rewindsLeftOut: leftOut,
  };
}

async function readRewinds(log: LiveLog) {
  const all = await log.rewinds();
  const newest = all.slice(-MOST_REWINDS);
  const records = newest.length === 0 ? [] : await log.records(newest);
  const rewound = newest.length === 0 ? [] : await log.rewound();
  return {
    records,
    rewound: Map.groupBy(rewound, ({ by }) => by),
    leftOut: all.length - newest.length,
  };
}

/** A clock may have been set back: then what was written until it had caught up counts at one moment. */
function densityOf(points: readonly LogPoint[]): Timeline['density'] {
  const spans: { from: number; to: number; events: number }[] = [];
  let from = points[0]?.time ?? 0;
  for (const { time, events } of points) {
    const to = Math.max(from, time);
    spans.push({ from, to, events });
    from = to;
  }
  return spans;
}

function describeRewind(
  { id, time, chat }: RewindRecord,
  rewound: ReadonlyMap<bigint, readonly RewoundEvent[]>,
  names: ReadonlyMap<string, string>,
): readonly TimelineRewind[] {
  if (time === null) return [];
  const took = rewound.get(id) ?? [];
  const times = took.flatMap((event) => event.time ?? []);
  return [
    {
      event: id,
      at: time,
      from: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
      chat,
      chatName: chat === null ? null : (names.get(chat) ?? null),
      took:
        took.length === 0
          ? null
          : { events: took.length, messages: took.filter(({ isMessage }) => isMessage).length },
    },
  ];
}

/** A snapshot holds what was written before its last event and rewound after it. */
function countHeld(
  snapshots: readonly SnapshotSummary[],
  rewound: readonly RewoundEvent[],
): Timeline['held'] {
  const messages = rewound.filter(({ isMessage, id, by }) => isMessage && by > id);
  const written = messages.map(({ id }) => id).toSorted(byNumber);
  const gone = messages.map(({ by }) => by).toSorted(byNumber);
  return snapshots.flatMap(({ id, lastEventId, lineage }) => {
    if (lastEventId === null || lineage === 'other') return [];
    const held = countUpTo(written, lastEventId) - countUpTo(gone, lastEventId);
    return held > 0 ? [{ snapshotId: id, messages: held }] : [];
  });
}

function byNumber(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many of the ascending `ids` are at most `limit`. */
function countUpTo(ids: readonly bigint[], limit: bigint): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] ?? 0n) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function readRestores(folder: DataFolder): Promise<readonly TimelineRestore[]> {
  const { committed } = replayJournal((await readJournalIfAllowed(folder)) ?? []);
  return committed.flatMap(({ receipt }) => {
    if (receipt === null) return [];
    const { action, snapshotId, finishedAt } = receipt;
    const to = snapshotTime(parseSnapshotId(snapshotId).name)?.getTime();
    const at = Date.parse(finishedAt);
    return to === undefined || Number.isNaN(at) ? [] : [{ at, to, action, snapshotId }];
  });
}
