import { readLoss, type Weight, weighSnapshot } from '../compare/loss.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { withLiveLog } from '../log/live-log.ts';
import { unlessUnreadable } from '../model/errors.ts';
import type { Happened, Loss, Way } from '../model/happened.ts';
import type { RestoredState } from '../model/receipt.ts';
import type { SnapshotSummary } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { readRestoredState } from '../recovery/restored-state.ts';
import { lookAtSnapshots } from '../snapshots/files.ts';
import { REWIND_KIND, SAFETY_KIND } from '../snapshots/kinds.ts';
import { listSnapshots } from './catalog.ts';
import { type Placed, readPlaced, readUnplaced } from './placed.ts';
import { countBack, findEarlier, isOnlyRecorded, lacksRewind, sumOf } from './ways.ts';

/*
 * What happened to the chats. The answer is chosen by what would come back, never by the name or kind of a file: those
 * only say which snapshots are worth reading first, because only a few are read.
 *
 * A rewind takes messages away, and only what is there is in a snapshot. So of all snapshots from before the newest
 * rewind, the latest one holds most of what it took. Snapshots are put in order by their last event. If several end with
 * the same event, the one that brings back less is the later one: something had already been taken away. Of equal ones
 * the first is named, so that the answer does not change when another one is taken. A safety copy may be of a timeline that
 * an undo left, and end later than what it brings back: it counts only where it brings back more than all others.
 */

/** Bounds on what is read: snapshots, and bytes in all of them. At least one is read. */
const MOST_READ = 8;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Tells what happened to the chats: which messages are gone, and which snapshot brings back most of what the newest rewind
 * took. Reads the log and at most eight snapshots, and eight more where the place of some in the log is not known.
 * @throws as `listSnapshots`, `withLiveLog` and `diffSnapshot`
 */
export async function readHappened(folder: DataFolder, task: TaskOptions = {}): Promise<Happened> {
  const live = await withLiveLog(folder, 'patient', task, async (log) => ({
    lastId: await log.lastId(),
    rewinds: await log.rewinds(),
    reusesIds: await log.reusesIds(),
  }));
  // Only after the log was read: then no snapshot is overlooked of what the log had lost by that time.
  const look = await lookAtSnapshots(folder);
  const restored = await readRestoredState(folder, task, look);
  // A part that was brought back does not say that the rest is missing on purpose.
  const isRestored = restored?.holds.state === 'restored' && restored.holds.isPart !== true;
  const all = await listSnapshots(folder, { look }, task);
  const news = isRestored ? all.filter((one) => isNewsFor(one, restored)) : all;
  const placed = readPlaced(news);
  const { ways, recorded } = await weighInTurn(folder, inReadingOrder(placed, live), live.lastId, task);
  const [newest, ...others] = ways;
  if (newest !== undefined) {
    const loss = await readLoss(folder, newest.snapshotId, task).catch(unlessUnreadable);
    if (loss !== null) return tell(loss, others);
  }
  const unplaced = await weighUnplaced(folder, readUnplaced(news), task);
  if (unplaced !== null) return unplaced;
  if (!isRestored) return recorded === null ? { state: 'nothing' } : { state: 'recorded', way: recorded };
  const undo = await weighSnapshot(folder, restored.safetyCopyId, task).catch(unlessUnreadable);
  return {
    state: 'undone',
    holds: restored.holds,
    undo: undo && { returningEvents: undo.way.returningEvents, newerEvents: undo.way.newerEvents },
  };
}

/**
 * After a restore, everything that it took away is missing on purpose. Only the restored snapshot and those from after the
 * restore can show that something else was lost. A renamed file is still as old as its content.
 */
function isNewsFor(
  { id, takenAt, modifiedAt }: SnapshotSummary,
  { holds, finishedAt }: RestoredState,
): boolean {
  if (id === holds.snapshotId) return true;
  return finishedAt !== null && takenAt > finishedAt && modifiedAt > finishedAt;
}

type LiveEnd = {
  readonly lastId: bigint;
  readonly rewinds: readonly bigint[];
  readonly reusesIds: boolean;
};

/**
 * In which order snapshots are read. The groups are read one after the other, each only until a snapshot brings something
 * back, because later ones of the same group bring back less; `rest` only if no group has one; the first of the safety
 * copies at the end.
 */
type ReadingOrder = {
  readonly groups: readonly (readonly Placed[])[];
  readonly rest: readonly Placed[];
  readonly safetyCopies: readonly Placed[];
};

const MOST_GROUPS = 4;
const MOST_ENDINGS = 2;
const MOST_SAFETY_COPIES = 2;

/** Groups by the number of rewinds that are recorded since, fewest first, and within one the latest first. */
function inReadingOrder(placed: readonly Placed[], { lastId, rewinds, reusesIds }: LiveEnd): ReadingOrder {
  const sorted = placed.toSorted(
    (a, b) =>
      compare(b.lastEventId, a.lastEventId) ||
      Number(b.kind === REWIND_KIND) - Number(a.kind === REWIND_KIND) ||
      compare(a.takenAt, b.takenAt),
  );
  const [safetyCopies, others] = [sorted.filter(isSafetyCopy), sorted.filter((one) => !isSafetyCopy(one))];
  const ageOf = ({ lastEventId, lineage }: Placed) =>
    lineage === 'other' || lastEventId > lastId ? 1 : rewinds.filter((id) => id > lastEventId).length;
  const ages = Map.groupBy(others, ageOf);
  const rest = ages.get(0) ?? [];
  // Nothing was written since these. If they bring something back all the same, it was hidden a moment ago.
  const endings = rest.filter(({ lastEventId }) => lastEventId === lastId).slice(0, MOST_ENDINGS);
  const groups = [...ages].filter(([age]) => age > 0).toSorted(([a], [b]) => a - b);
  const before = groups.map(([, group]) => group);
  // Without records, or where an id can be used twice, ids alone do not tell what was taken before the rewind.
  if (reusesIds || rewinds.length === 0) {
    const [near, far] = [before.flat().slice(0, MOST_GROUPS), before.flat().slice(MOST_GROUPS)];
    return { groups: [...near, ...rest, ...far].map((one) => [one]), rest: [], safetyCopies };
  }
  return {
    groups: [endings, ...before.slice(0, MOST_GROUPS)],
    rest: rest.filter((one) => !endings.includes(one)),
    safetyCopies,
  };
}

type Unplaced = Extract<Happened, { readonly state: 'unplaced' }>;

/**
 * Weighs snapshots whose place in the log is not known, by the time when they were taken: the latest that brings something
 * back is the last one from before the newest loss. Null: none does.
 */
async function weighUnplaced(
  folder: DataFolder,
  unplaced: readonly SnapshotSummary[],
  task: TaskOptions,
): Promise<Unplaced | null> {
  let [bytes, unread] = [0, 0];
  for (const [read, one] of unplaced.toSorted((a, b) => compare(b.takenAt, a.takenAt)).entries()) {
    bytes += one.sizeBytes;
    if (read === MOST_READ || (read > 0 && bytes > MOST_BYTES)) return { state: 'unplaced', way: null };
    const weight = await weighSnapshot(folder, one.id, task).catch(unlessUnreadable);
    if (weight === null) unread += 1;
    else if (countBack(weight.way).events > 0) return { state: 'unplaced', way: weight.way };
  }
  return unread === 0 ? null : { state: 'unplaced', way: null };
}

type Weighed = Weight & Pick<Placed, 'kind' | 'lastEventId'>;

/** `ways`: those that bring something back, the latest first. `recorded`: the one from before a record that took nothing. */
type Found = { readonly ways: readonly Way[]; readonly recorded: Way | null };

/** Weighs snapshots, the latest first. */
async function weighInTurn(
  folder: DataFolder,
  { groups, rest, safetyCopies }: ReadingOrder,
  lastId: bigint,
  task: TaskOptions,
): Promise<Found> {
  const weighed: Weighed[] = [];
  let recorded: Way | null = null;
  let [bytes, read] = [0, 0];
  const weigh = async ({ id, kind, lastEventId, sizeBytes }: Placed): Promise<boolean> => {
    bytes += sizeBytes;
    if (read === MOST_READ || (read > 0 && bytes > MOST_BYTES)) return false;
    read += 1;
    const weight = await weighSnapshot(folder, id, task).catch(unlessUnreadable);
    if (weight !== null && isOnlyRecorded(weight.way)) recorded ??= weight.way;
    if (weight === null || countBack(weight.way).events === 0) return false;
    weighed.push({ ...weight, kind, lastEventId });
    return true;
  };
  for (const group of groups) for (const one of group) if (await weigh(one)) break;
  if (weighed.length === 0) for (const one of rest) await weigh(one);
  for (const one of safetyCopies.slice(0, MOST_SAFETY_COPIES)) if (await weigh(one)) break;
  const talks = weighed.some(({ way }) => countBack(way).messages > 0);
  // What else brings something back may be from before an edit, which takes no message away.
  const isBefore = ({ way, lastEventId }: Weighed) => lacksRewind(way) || lastEventId >= lastId;
  const size = ({ way }: Weighed) => countBack(way)[talks ? 'messages' : 'events'];
  const inOrder = weighed
    .filter((one) => size(one) > 0)
    .toSorted(
      (a, b) =>
        Number(isBefore(b)) - Number(isBefore(a)) ||
        compare(b.lastEventAt ?? '', a.lastEventAt ?? '') ||
        compare(b.lastEventId, a.lastEventId) ||
        size(a) - size(b) ||
        compare(a.way.takenAt, b.way.takenAt),
    );
  const most = Math.max(0, ...inOrder.filter((one) => !isSafetyCopy(one)).map(size));
  const isLast = (one: Weighed) => isSafetyCopy(one) && size(one) <= most;
  const ways = [...inOrder.filter((one) => !isLast(one)), ...inOrder.filter(isLast)].map(({ way }) => way);
  return { ways, recorded };
}

function isSafetyCopy({ kind }: Pick<Placed, 'kind'>): boolean {
  return kind === SAFETY_KIND;
}

function tell(loss: Loss, ways: readonly Way[]): Happened {
  const earlier = findEarlier(loss, ways);
  if (earlier.length > 0) return { state: 'several', loss, earlier };
  if (sumOf(loss.newerEvents, (one) => one.events - one.rewindRecords) > 0)
    return { state: 'written-since', loss };
  const isOnlyHidden = loss.tables.every(({ role, added }) => role !== 'log' || added === 0);
  return { state: isOnlyHidden && !lacksRewind(loss) ? 'staged' : 'rewound', loss };
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
