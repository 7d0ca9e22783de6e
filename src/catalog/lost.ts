import { diffSnapshot } from '../compare/diff.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { withLiveLog } from '../log/live-log.ts';
import type { Diff } from '../model/diff.ts';
import { SnapbackError } from '../model/errors.ts';
import type { OnlyCopy } from '../model/prune.ts';
import type { SnapshotId, SnapshotSummary } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { readRestoredState } from '../recovery/undo.ts';
import { REWIND_KIND, SAFETY_KIND } from '../snapshots/kinds.ts';
import { listSnapshots } from './catalog.ts';

/*
 * Which snapshots hold what a rewind took away. The host records each rewind in its log. Snapshots from before that
 * record hold what was lost, and the last of them holds the most: that is known without reading any of them. A snapshot
 * is read and compared only where the log has no such record.
 */

/** A readable snapshot whose last event is known. */
type Placed = SnapshotSummary & { readonly lastEventId: bigint };

/** Bounds on what is read where the log alone does not tell: snapshots, and bytes in all of them. */
const MOST_READ = 6;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Finds the snapshot that a person is most likely looking for: the one from before the newest rewind that holds the most.
 * Where no rewind is recorded, it is the first of a few that brings anything back. Null: nothing seems to be lost. Reads
 * the log and at most six snapshots. @throws as `listSnapshots`, `withLiveLog` and `diffSnapshot`
 */
export async function findLikely(folder: DataFolder, task: TaskOptions = {}): Promise<SnapshotId | null> {
  const restored = await readRestoredState(folder, task);
  const { ages, live } = await readAges(folder, task);
  // Then nothing is lost: what is missing is what the restore was meant to remove.
  if (restored?.holds.state === 'restored')
    return [...ages.values()].flat().find(({ id }) => id === restored.holds.snapshotId)?.id ?? null;
  for (const [age, [holder]] of ages) if (age > 0 && holder !== undefined) return holder.id;
  const cut = [...ages.values()].flat().filter((one) => one.lastEventId > live.lastId);
  const rest = [...ages.values()].flat().filter((one) => one.lastEventId <= live.lastId);
  let bytes = 0;
  for (const { id, sizeBytes } of [...cut, ...rest].slice(0, MOST_READ)) {
    bytes += sizeBytes;
    if (bytes > MOST_BYTES) break;
    const diff = await unlessUnreadable(() => diffSnapshot(folder, id, task));
    if (diff !== null && countBack(diff).events > 0) return id;
  }
  return null;
}

/**
 * Finds those of `going` that hold what no remaining snapshot brings back. Candidates are the last snapshots before each
 * of the newest three rewinds, unless one that ends at the same event stays. Reads these few, and for each the next one
 * that stays, to subtract what that holds. @throws as `findLikely`
 */
export async function findOnlyCopies(
  folder: DataFolder,
  going: readonly SnapshotId[],
  task: TaskOptions = {},
): Promise<readonly OnlyCopy[]> {
  const { ages } = await readAges(folder, task);
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
  const live = await withLiveLog(folder, 'patient', task, async (log) => ({
    lastId: await log.lastId(),
    rewinds: await log.rewinds(),
  }));
  const placed = list.filter(isPlaced).toSorted(holdsMore);
  const ages = Map.groupBy(placed, ({ lastEventId }) => live.rewinds.filter((id) => id > lastEventId).length);
  return { live, ages: new Map([...ages].toSorted(([a], [b]) => a - b)) };
}

function isPlaced(one: SnapshotSummary): one is Placed {
  const readable = one.health === 'good' || one.health === 'unchecked';
  return readable && one.lastEventId !== null && one.kind !== SAFETY_KIND && one.lineage !== 'other';
}

function holdsMore(a: Placed, b: Placed): number {
  if (a.lastEventId !== b.lastEventId) return a.lastEventId > b.lastEventId ? -1 : 1;
  return (
    Number(b.kind === REWIND_KIND) - Number(a.kind === REWIND_KIND) || b.takenAt.localeCompare(a.takenAt)
  );
}

async function unlessUnreadable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SnapbackError && error.code.startsWith('snapshot-')) return null;
    throw error;
  }
}
