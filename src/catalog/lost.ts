import { diffSnapshot } from '../compare/diff.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { withLiveLog } from '../log/live-log.ts';
import type { Diff } from '../model/diff.ts';
import { SnapbackError, unlessUnreadable } from '../model/errors.ts';
import type { OnlyCopy } from '../model/prune.ts';
import type { SnapshotId, SnapshotSummary } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { REWIND_KIND, SAFETY_KIND } from '../snapshots/kinds.ts';
import { kindBeforeTrash, parseSnapshotId } from '../snapshots/names.ts';
import { mapInBatches } from '../system/batches.ts';
import { listSnapshots } from './catalog.ts';
import { glanceAt } from './glance.ts';
import { type Placed, readPlaced, readUnplaced } from './placed.ts';

/*
 * Which snapshots alone hold what a rewind took away. The host records each rewind in its log. Snapshots from before that
 * record hold what was lost, and the last of them holds the most.
 */

/**
 * Finds those of `going` that hold what no remaining snapshot brings back. Candidates are the last snapshots before each
 * of the newest three rewinds, unless one that ends at the same event stays. Reads these few, and for each the next one
 * that stays, to subtract what that holds.
 * @throws `event-ids-unsupported` where the last event of one that goes is not known by its number; as `listSnapshots`,
 * `withLiveLog` and `diffSnapshot`
 */
export async function findOnlyCopies(
  folder: DataFolder,
  going: readonly SnapshotId[],
  task: TaskOptions = {},
): Promise<readonly OnlyCopy[]> {
  return (await findAmong(folder, { gone: new Set(going), inTrash: [] }, task)).found;
}

/**
 * Those of `going` that hold what no remaining snapshot brings back, or of which that was not found out: they are of another
 * timeline, end with an event that was deleted, or are the last ones before an earlier rewind. @throws as `findOnlyCopies`
 */
export async function findPerhapsOnlyCopies(
  folder: DataFolder,
  going: readonly SnapshotId[],
  task: TaskOptions = {},
): Promise<readonly SnapshotId[]> {
  const { found, unknown } = await findAmong(folder, { gone: new Set(going), inTrash: [] }, task);
  return [...found.map(({ id }) => id), ...unknown];
}

/**
 * The same of what would be deleted from the trash: only the snapshots in the list stay. Reads the ends of these as well,
 * and at most three of them whole. @throws as `findOnlyCopies`
 */
export async function findOnlyTrashedCopies(
  folder: DataFolder,
  trashed: readonly Trashed[],
  task: TaskOptions = {},
): Promise<readonly OnlyCopy[]> {
  const inTrash = await mapInBatches(trashed, (one) => glanceAtTrashed(folder, one));
  const gone = new Set(trashed.map(({ id }) => id));
  return (await findAmong(folder, { gone, inTrash: inTrash.flat() }, task)).found;
}

/** A snapshot in the trash, by its id there. */
export type Trashed = Pick<SnapshotSummary, 'id' | 'takenAt'>;

/** What is asked of a snapshot, be it in the list or in the trash. */
type Looked = Pick<
  SnapshotSummary,
  'id' | 'kind' | 'takenAt' | 'lastEventId' | 'lineage' | 'health' | 'salvagedFrom'
>;
type Candidate = Placed<Looked>;

/** Empty where it has disappeared. */
async function glanceAtTrashed(folder: DataFolder, { id, takenAt }: Trashed) {
  const known = await glanceAt(folder, id);
  const kind = kindBeforeTrash(parseSnapshotId(id).kind);
  return known === null ? [] : [{ ...known, id, kind, takenAt, lineage: 'unknown' as const }];
}

/** Of so many rewinds it is looked what their snapshots hold. */
const MOST_LOOKED_AT = 3;

type Going = { readonly gone: ReadonlySet<SnapshotId>; readonly inTrash: readonly Looked[] };

async function findAmong(
  folder: DataFolder,
  { gone, inTrash }: Going,
  task: TaskOptions,
): Promise<{ readonly found: readonly OnlyCopy[]; readonly unknown: readonly SnapshotId[] }> {
  const all = [...(await listSnapshots(folder, { check: false }, task)), ...inTrash].filter(
    ({ kind }) => kind !== SAFETY_KIND,
  );
  const unplaced = readUnplaced(all).find(({ id }) => gone.has(id));
  if (unplaced !== undefined) throw unknownPlace(unplaced.id);
  const { ages, cutOff } = await readAges(folder, readPlaced(all), task);
  const found: OnlyCopy[] = [];
  const others = all.filter(({ lineage }) => lineage === 'other');
  const unknown = [...others, ...cutOff].flatMap(({ id }) => (gone.has(id) ? [id] : []));
  const rewound = [...ages].filter(([age]) => age > 0 || ages.size === 1);
  for (const [index, [, [holder, ...lesser]]] of rewound.entries()) {
    if (holder === undefined || !gone.has(holder.id)) continue;
    const next = lesser.find(({ id }) => !gone.has(id));
    if (next?.lastEventId === holder.lastEventId) continue;
    if (index >= MOST_LOOKED_AT) {
      unknown.push(holder.id);
      continue;
    }
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
  return { found, unknown };
}

/** Where it stands among the others is not known, so neither is what only it holds. */
function unknownPlace(id: SnapshotId): SnapbackError {
  return new SnapbackError(
    'event-ids-unsupported',
    `The last event of “${id}” has no whole number as its id, so it cannot be told what only this snapshot holds.`,
    { id },
  );
}

type Back = Pick<OnlyCopy, 'events' | 'messages' | 'chat'>;
const NOTHING: Back = { events: 0, messages: 0, chat: null };

async function lookAt(folder: DataFolder, { id }: Candidate, task: TaskOptions): Promise<Back> {
  const diff = await diffSnapshot(folder, id, task).catch(unlessUnreadable);
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

type Ages = {
  /** Snapshots by the number of rewinds since, fewest first; within one number, those that hold more of the log first. */
  readonly ages: ReadonlyMap<number, readonly Candidate[]>;
  /**
   * Those that need not be part of the one that holds the most: the log lacks their last event, and the record of the rewind
   * that took it may have been deleted by a later one.
   */
  readonly cutOff: readonly Candidate[];
};

function readAges(folder: DataFolder, all: readonly Candidate[], task: TaskOptions): Promise<Ages> {
  return withLiveLog(folder, 'patient', task, async (log) => {
    const rewinds = await log.rewinds();
    const placed = all.filter(({ lineage }) => lineage !== 'other').toSorted(holdsMore);
    const grouped = Map.groupBy(placed, ({ lastEventId }) => rewinds.filter((id) => id > lastEventId).length);
    const ages = new Map([...grouped].toSorted(([a], [b]) => a - b));
    const lesser = [...ages.values()].flatMap(([holder, ...rest]) =>
      rest.filter(({ lastEventId }) => lastEventId > 0n && lastEventId !== holder?.lastEventId),
    );
    const live = await log.fingerprints([...new Set(lesser.map(({ lastEventId }) => lastEventId))]);
    return { ages, cutOff: lesser.filter(({ lastEventId }) => !live.has(lastEventId)) };
  });
}

function holdsMore(a: Candidate, b: Candidate): number {
  if (a.lastEventId !== b.lastEventId) return a.lastEventId > b.lastEventId ? -1 : 1;
  return (
    Number(b.kind === REWIND_KIND) - Number(a.kind === REWIND_KIND) || b.takenAt.localeCompare(a.takenAt)
  );
}
