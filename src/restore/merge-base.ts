import type { HostDatabase } from '../host/host-database.ts';
import { createLogChain, type LogExtent } from '../log/chain.ts';
import { createIdentifier, findLogTable, identityOf } from '../log/events.ts';
import { type ErrorCode, SnapbackError } from '../model/errors.ts';
import type { MergedPart } from '../model/selection.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { readSnapshotEnds } from '../snapshot-file/ends.ts';
import { FORMAT_VERSION } from '../snapshot-file/notes.ts';
import { listSnapshotFiles, type SnapshotFile } from '../snapshots/files.ts';
import { takenAt } from '../snapshots/kinds.ts';
import { compareNames } from '../snapshots/names.ts';
import { withSnapshotFile } from '../snapshots/open-file.ts';
import { placeOfName } from '../sqlite/names.ts';
import { readRows } from '../sqlite/rows.ts';
import type { Stage } from '../stage/stage.ts';
import { columnInStage } from '../stage/staged-table.ts';
import { stageById } from '../stage/staged-view.ts';
import { createYielder } from '../system/yielder.ts';
import { continuesLog } from './logs-around.ts';
import type { RewindSince } from './rewind-since.ts';
import type { Source } from './selected-stage.ts';
import { readStagedTablesAt } from './tables-at.ts';

/** The state that both sides are compared with. Its opener closes the stage. */
export type MergeBase = {
  readonly snapshot: SnapshotId;
  readonly takenAt: string;
  readonly stage: Stage;
  /** It was taken before the rewind, after the last event that the rewind left. */
  readonly inferred: boolean;
};

type Sought = { readonly baseId: SnapshotId | null; readonly rewind: RewindSince };

/** `unread`: the snapshot that may be the base and cannot be read; else null. `others`: what can take its place. */
export type FoundBase = {
  readonly base: MergeBase | null;
  readonly unread: SnapshotId | null;
  readonly others: MergedPart['otherBases'];
};

/** So many snapshots are looked at to find what can take the place of one that cannot be read. */
const MOST_OTHERS = 10;

/**
 * Finds the snapshot or safety copy of the state just after the rewind: the earliest one whose log is the live one up to the
 * rewind’s record, because later ones may hold what was written since in the tables alone; or, failing that, the newest one
 * that ends with the last event that the rewind left. With `baseId`, only that one is looked at. Never the snapshot itself.
 * No other one takes the place of one that cannot be read: it could give another answer to who changed a row.
 * @throws as `stageById` for the one that was named, `cancelled`, database errors
 */
export async function findMergeBase(
  source: Source,
  database: HostDatabase,
  { baseId, rewind }: Sought,
  task: TaskOptions,
): Promise<FoundBase> {
  const open = (id: SnapshotId) => openBase(source, database, { id, rewind }, task);
  if (baseId !== null) return found(baseId === source.snapshot.id ? null : await open(baseId));
  const { exact, others } = await listCandidates(source, rewind);
  const instead = async (unread: SnapshotId): Promise<FoundBase> => {
    const files = [...exact, ...others.toSorted(earliestFirst).reverse()].filter(({ id }) => id !== unread);
    const bases: MergedPart['otherBases'][number][] = [];
    for (const { id } of files.slice(0, MOST_OTHERS)) {
      const other = await unlessUnread(() => open(id));
      if (other === UNREAD || other === null) continue;
      const { takenAt, inferred } = other;
      bases.push({ snapshot: id, takenAt, inferred });
      await other.stage.close();
    }
    return { base: null, unread, others: bases };
  };
  const inferred = [...others];
  for (const file of exact) {
    const base = await unlessUnread(() => open(file.id));
    if (base === UNREAD) return instead(file.id);
    if (base?.inferred === false) return found(base);
    await base?.stage.close();
    if (base !== null) inferred.push(file);
  }
  for (const file of inferred.toSorted(earliestFirst).reverse()) {
    const base = await unlessUnread(() => open(file.id));
    if (base === UNREAD) return instead(file.id);
    if (base !== null) return found(base);
  }
  return found(null);
}

function found(base: MergeBase | null): FoundBase {
  return { base, unread: null, others: [] };
}

type Candidates = { readonly exact: readonly SnapshotFile[]; readonly others: readonly SnapshotFile[] };

/** What may be the state just after the rewind, by the ends of its file: the earliest first. One that cannot be read may be it as well. */
async function listCandidates(source: Source, { records, target, isLate }: RewindSince): Promise<Candidates> {
  const { folder, snapshot } = source;
  const [record = null] = records;
  const [exact, others]: [SnapshotFile[], SnapshotFile[]] = [[], []];
  const last = record === null || isLate ? target : record;
  if (last === null) return { exact, others };
  for (const file of await listSnapshotFiles(folder)) {
    if (file.problem !== null || file.id === snapshot.id) continue;
    const end = await unlessUnread(() => readEnd(source, file.id));
    if (end === null || (end !== UNREAD && end !== record && end !== target)) continue;
    const isAfter = takenAt(file).getTime() > Date.parse(snapshot.takenAt);
    const isExact = (end === UNREAD || end === last) && (record === null ? isAfter : !isLate);
    if (isExact && (isAfter || end !== UNREAD)) exact.push(file);
    else others.push(file);
  }
  return { exact: exact.toSorted(earliestFirst), others };
}

function earliestFirst(a: SnapshotFile, b: SnapshotFile): number {
  return takenAt(a).getTime() - takenAt(b).getTime() || compareNames(a.name, b.name);
}

/** The last event of a whole snapshot, by the ends of its file; null: it is not whole. */
async function readEnd({ folder }: Source, id: SnapshotId): Promise<bigint | null> {
  return withSnapshotFile(folder, id, async (file) => {
    const { complete, foreign, lastEventId } = await readSnapshotEnds(file);
    return complete && foreign === null ? lastEventId : null;
  });
}

/** These stop the search. Anything else says only that one snapshot will not do. */
const OF_THE_MOMENT: readonly ErrorCode[] = ['cancelled', 'disk-full', 'out-of-memory'];

const UNREAD = 'unread';

/**
 * Answers `UNREAD` for a snapshot that cannot be read or laid out, and null for one that is gone: the host’s own rule may
 * have removed it. @throws `cancelled`, what is no error of ours
 */
async function unlessUnread<T>(read: () => Promise<T>): Promise<T | typeof UNREAD | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SnapbackError) || OF_THE_MOMENT.includes(error.code)) throw error;
    return error.code === 'snapshot-missing' ? null : UNREAD;
  }
}

/** Opens a snapshot if it is a base: then its stage is open, and otherwise closed again. */
async function openBase(
  { folder, place, snapshot, stage: then }: Source,
  database: HostDatabase,
  { id, rewind }: { readonly id: SnapshotId; readonly rewind: RewindSince },
  task: TaskOptions,
): Promise<MergeBase | null> {
  // What it holds decides what is written, so its bytes have to be proven.
  const where = { folder: place, live: database, proof: 'bytes' } as const;
  const { stage, snapshot: other } = await stageById(folder, id, where, task);
  let isBase = false;
  try {
    const isUpToDate = readStagedTablesAt(stage) === null && stage.about?.salvaged === undefined;
    const log = isUpToDate ? await readChain(stage, database, null, task) : null;
    if (log === null) return null;
    const [record = null] = rewind.records;
    const isTarget = rewind.target !== null && stage.lastEventId === rewind.target;
    const isAfterwards =
      record === null
        ? isTarget && other.takenAt > snapshot.takenAt
        : stage.lastEventId === record && !rewind.isLate;
    const isExact = isAfterwards && continuesLog(database, { ...log, format: FORMAT_VERSION });
    if (!isExact) {
      // With more than one record, it is not known which of them took what came after it.
      if (!isTarget || rewind.records.length > 1) return null;
      const begins = await readChain(then, database, log.events, task);
      if (begins?.chain !== log.chain) return null;
    }
    isBase = true;
    return { snapshot: id, takenAt: other.takenAt, stage, inferred: !isExact };
  } finally {
    if (!isBase) await stage.close();
  }
}

/** The chain of a stage’s first events, or of all (`most` null); null where it lacks a column that identifies them. */
async function readChain(
  { db, tables, encoding }: Stage,
  { schema, profile }: HostDatabase,
  most: number | null,
  task: TaskOptions,
): Promise<LogExtent | null> {
  const log = tables.find(({ role }) => role === 'log');
  if (log === undefined) return null;
  const { whole, pick } = createIdentifier(identityOf(findLogTable(schema, profile), profile), log.columns);
  const id = placeOfName(log.columns, profile.log.columns.id);
  if (!whole || id === -1) return null;
  const chain = createLogChain();
  const yielder = createYielder(task);
  const columns = log.columns.map((_, index) => columnInStage(log, index));
  const order = `ORDER BY ${columnInStage(log, id)}`;
  for (const row of readRows(db, { schemaName: 'main', table: log.name, columns, order, encoding })) {
    if (chain.events() === most) break;
    chain.add(pick(row));
    await yielder.step();
  }
  return chain.peek();
}
