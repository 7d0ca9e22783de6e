import type { DataFolder } from '../host/data-folder.ts';
import { readJournalIfAllowed } from '../journal/journal.ts';
import { replayJournal } from '../journal/replay.ts';
import { type LiveLog, withLiveLog } from '../log/live-log.ts';
import type { LogPoint, RewindRecord, RewoundEvent } from '../log/log-times.ts';
import type { TaskOptions } from '../model/task.ts';
import type { Timeline, TimelineRestore, TimelineRewind } from '../model/timeline.ts';
import { parseSnapshotId, snapshotTime } from '../snapshots/names.ts';

/** How many places of the log are read for its density: about one for each pixel of a window. */
const MOST_POINTS = 1_200;
const MOST_REWINDS = 500;

/**
 * Reads the life of a data folder: how busy it was when, its rewinds and what they took, and our restores. Reads the log
 * in short steps, and no snapshot. @throws as `withLiveLog`
 */
export async function readTimeline(folder: DataFolder, task: TaskOptions = {}): Promise<Timeline> {
  const told = await withLiveLog(folder, 'patient', task, async (log) => ({
    points: await log.points(MOST_POINTS),
    chats: await log.chatNames(),
    ...(await readRewinds(log)),
  }));
  const { points, chats, records, rewound, leftOut } = told;
  return {
    density: densityOf(points),
    rewinds: records.flatMap((record) => describeRewind(record, rewound, chats)),
    restores: await readRestores(folder),
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
