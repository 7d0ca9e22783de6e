import { diffSnapshot } from '../compare/diff.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { withLiveLog } from '../log/live-log.ts';
import type { Diff } from '../model/diff.ts';
import type { OnlyCopy } from '../model/prune.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { REWIND_KIND, SAFETY_KIND } from '../snapshots/kinds.ts';
import { listSnapshots } from './catalog.ts';
import { type Placed, readPlaced, unlessUnreadable } from './placed.ts';

/*
 * Which snapshots alone hold what a rewind took away. The host records each rewind in its log. Snapshots from before that
 * record hold what was lost, and the last of them holds the most.
 */

/**
 * Finds those of `going` that hold what no remaining snapshot brings back. Candidates are the last snapshots before each
 * of the newest three rewinds, unless one that ends at the same event stays. Reads these few, and for each the next one
 * that stays, to subtract what that holds.
 * @throws as `listSnapshots`, `withLiveLog` and `diffSnapshot`
 */
export async function findOnlyCopies(
  folder: DataFolder,
  going: readonly SnapshotId[],
  task: TaskOptions = {},
): Promise<readonly OnlyCopy[]> {
  const ages = await readAges(folder, task);
  const gone = new Set(going);
  const found: OnlyCopy[] = [];
  const rewound = [...ages].filter(([age]) => age > 0 || ages.size === 1).slice(0, 3);
  for (const [, [holder, ...others]] of rewound) {
    if (holder === undefined || !gone.has(holder.id)) continue;
    const next = others.find(({ id }) => !gone.has(id));
    if (next?.lastEventId === holder.lastEventId) continue;
    const held = await lookAt(folder, holder, task);
    const stays = next === undefined ? NOTHING : await lookAt(folder, next, task);
    const events = held.events - stays.events;
    if (events > 0)
      found.push({
        id: holder.id,
        takenAt: holder.takenAt,
        events,
        messages: Math.max(0, held.messages - stays.messages),
        chat: held.chat,
      });
  }
  return found;
}

type Back = Pick<OnlyCopy, 'events' | 'messages' | 'chat'>;
const NOTHING: Back = { events: 0, messages: 0, chat: null };

async function lookAt(folder: DataFolder, { id }: Placed, task: TaskOptions): Promise<Back> {
  const diff = await unlessUnreadable(() => diffSnapshot(folder, id, task));
  return diff === null ? NOTHING : countBack(diff);
}

/** What somebody who reads the chats would see again. */
function countBack({ returningEvents }: Diff): Back {
  const seen = returningEvents.filter(({ events, hidden }) => events > hidden);
  const events = seen.reduce((sum, one) => sum + one.events - one.hidden, 0);
  const messages = seen.reduce((sum, one) => sum + Math.min(one.spoken, one.events - one.hidden), 0);
  const [only, ...more] = seen;
  return { events, messages, chat: more.length === 0 ? (only?.chatName ?? only?.chat ?? null) : null };
}

/** Snapshots by the number of rewinds since, fewest first; within one number, those that hold more of the log first. */
async function readAges(folder: DataFolder, task: TaskOptions) {
  const list = await listSnapshots(folder, { check: false }, task);
  const rewinds = await withLiveLog(folder, 'patient', task, (log) => log.rewinds());
  const placed = readPlaced(list)
    .filter(({ kind, lineage }) => kind !== SAFETY_KIND && lineage !== 'other')
    .toSorted(holdsMore);
  const ages = Map.groupBy(placed, ({ lastEventId }) => rewinds.filter((id) => id > lastEventId).length);
  return new Map([...ages].toSorted(([a], [b]) => a - b));
}

function holdsMore(a: Placed, b: Placed): number {
  if (a.lastEventId !== b.lastEventId) return a.lastEventId > b.lastEventId ? -1 : 1;
  return (
    Number(b.kind === REWIND_KIND) - Number(a.kind === REWIND_KIND) || b.takenAt.localeCompare(a.takenAt)
  );
}
