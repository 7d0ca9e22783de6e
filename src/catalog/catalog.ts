import type { DataFolder } from '../host/data-folder.ts';
import { isRunningHere } from '../journal/under-way.ts';
import { noSuchSnapshot, SnapbackError } from '../model/errors.ts';
import type { Retention, SnapshotId, SnapshotSummary } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { INCOMPLETE, readSnapshotEnds } from '../snapshot-file/ends.ts';
import { listSnapshotFiles, openSnapshotFile, type SnapshotFile } from '../snapshots/files.ts';
import { takenAt } from '../snapshots/kinds.ts';
import { parseSnapshotId } from '../snapshots/names.ts';
import { mapInBatches } from '../system/batches.ts';
import { throwIfCancelled } from '../system/yielder.ts';
import { type LogLook, readFacts, readUndoes } from './facts.ts';
import { judgeLineages, lookAtLiveLog, recallLineages } from './lineage.ts';
import { type Memory, type Remembered, recall, remember } from './memory.ts';
import { findNeeded } from './needed-snapshots.ts';
import { explainRetention } from './retention.ts';

/** What is known of a file at a glance, or after reading all of it. */
type Known = Pick<SnapshotSummary, 'lastEventId' | 'health' | 'healthDetail' | 'tables' | 'undoes'>;

/**
 * Lists all snapshots, by kind, newest first, with health and counts as far as they are remembered; the rest is told
 * from head and tail of each file. With `check` every file that was not read before is read whole, newest first, and
 * remembered outside the data folder. Throws `snapshot-unsafe` or `snapshot-unreadable` for the snapshots folder itself,
 * `cancelled`: what was read until then is remembered.
 */
export async function listSnapshots(
  folder: DataFolder,
  options: { readonly check?: boolean } = {},
  task: TaskOptions = {},
): Promise<readonly SnapshotSummary[]> {
  const files = await listSnapshotFiles(folder);
  const memory = await recall(folder);
  const lineages = await recallLineages(
    folder,
    pick(memory, files),
    options.check === true ? 'patient' : 'glance',
    task,
  );
  if (options.check !== true) return summarize(folder, files, files, memory, lineages);
  const lacking = files.filter((file) => file.problem === null && !isSettled(file, memory, lineages));
  const read = await readWhole(folder, files, lacking, memory, task);
  return summarize(
    folder,
    files,
    files,
    read.memory,
    new Map([...lineages, ...read.lineages]),
    read.failures,
  );
}

function isSettled({ key }: SnapshotFile, memory: Memory, lineages: ReadonlyMap<string, unknown>): boolean {
  const facts = memory.get(key);
  return facts !== undefined && (facts.log === null || lineages.has(key));
}

/**
 * Reads one snapshot from its first byte to its last, whatever is remembered, and remembers what it found. Damage is
 * part of the answer. Throws `usage`, `snapshot-unsafe`, `snapshot-missing`, `cancelled`.
 */
export async function checkSnapshot(
  folder: DataFolder,
  id: SnapshotId,
  task: TaskOptions = {},
): Promise<SnapshotSummary> {
  const [summary] = await verifySnapshots(folder, [id], task);
  if (summary === undefined) throw noSuchSnapshot(id);
  return summary;
}

/** The same for several snapshots, each once and in the given order. Throws as `checkSnapshot`, before it reads any of them. */
export async function verifySnapshots(
  folder: DataFolder,
  ids: readonly SnapshotId[],
  task: TaskOptions = {},
): Promise<readonly SnapshotSummary[]> {
  for (const id of ids) parseSnapshotId(id);
  const files = await listSnapshotFiles(folder);
  const chosen = [...new Set(ids)].map((id) => {
    const file = files.find((one) => one.id === id);
    if (file === undefined) throw noSuchSnapshot(id);
    return file;
  });
  const memory = await recall(folder);
  const readable = chosen.filter(({ problem }) => problem === null);
  const read = await readWhole(folder, files, readable, memory, task);
  return summarize(folder, files, chosen, read.memory, read.lineages, read.failures);
}

type Lineages = ReadonlyMap<string, SnapshotSummary['lineage']>;
type Failures = ReadonlyMap<string, SnapbackError>;
type Reading = { readonly memory: Memory; readonly lineages: Lineages; readonly failures: Failures };

/** Reads the given files, newest first, then compares their logs with the live one, and keeps what was learnt even when it is cancelled. */
async function readWhole(
  folder: DataFolder,
  all: readonly SnapshotFile[],
  files: readonly SnapshotFile[],
  before: Memory,
  task: TaskOptions,
): Promise<Reading> {
  const read = new Map<string, Remembered>();
  const failures = new Map<string, SnapbackError>();
  if (files.length === 0) return { memory: before, lineages: new Map(), failures };
  const live = await lookAtLiveLog(folder, task);
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let done = 0;
  const report = (bytes: number) =>
    task.onProgress?.({ phase: 'check-snapshots', done: bytes, total, unit: 'bytes', cancellable: true });
  try {
    for (const file of [...files].sort((a, b) => takenAt(b).getTime() - takenAt(a).getTime())) {
      throwIfCancelled(task);
      const progress = { ...task, onProgress: (step: { readonly done: number }) => report(done + step.done) };
      const found = await readOne(folder, file, live, progress);
      if (found instanceof SnapbackError) failures.set(file.key, found);
      else read.set(found.key, found.facts);
      done += file.sizeBytes;
    }
    for (const [key, facts] of await judgeLineages(folder, read, task)) read.set(key, facts);
  } finally {
    // Another process may have learnt something meanwhile.
    if (read.size > 0) await remember(folder, new Map([...pick(await recall(folder), all), ...read]));
  }
  const lineages = new Map(
    [...read].map(([key, facts]) => [key, facts.lineage?.verdict ?? 'unknown'] as const),
  );
  return { memory: new Map([...before, ...read]), lineages, failures };
}

async function readOne(folder: DataFolder, { id }: SnapshotFile, live: LogLook, task: TaskOptions) {
  try {
    const file = await openSnapshotFile(folder, id);
    try {
      const facts = await readFacts(folder, file, live, task);
      return { key: file.key, facts: { ...facts, lineage: null } };
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    if (!(error instanceof SnapbackError)) return unexpected(id, error);
    if (error.code === 'cancelled') throw error;
    return error;
  }
}

/** Files are hostile: whatever one of them brings about, the others are listed. */
function unexpected(id: SnapshotId, error: unknown): SnapbackError {
  return new SnapbackError('internal', 'This file could not be checked.', { id, why: String(error) }, error);
}

/** What is remembered of files that are still there. */
function pick(memory: Memory, files: readonly SnapshotFile[]): Memory {
  const keys = new Set(files.map(({ key }) => key));
  return new Map([...memory].filter(([key]) => keys.has(key)));
}

async function summarize(
  folder: DataFolder,
  all: readonly SnapshotFile[],
  shown: readonly SnapshotFile[],
  memory: Memory,
  lineages: Lineages,
  failures: Failures = new Map(),
): Promise<readonly SnapshotSummary[]> {
  const now = new Date();
  const needed = await findNeeded(folder, all, { memory, now });
  const retention = explainRetention(all, folder.profile, needed, now);
  const summaries = await mapInBatches(shown, async (file): Promise<readonly SnapshotSummary[]> => {
    const known = await learn(folder, file, memory, failures);
    if (known === null) return [];
    const lineage = lineages.get(file.key) ?? 'unknown';
    return [{ ...baseOf(file, retention.get(file.id) ?? NO_RULE), ...known, lineage }];
  });
  return summaries.flat();
}

const NO_RULE: Retention = { status: 'kept', reason: 'no-rule', goesAt: null, rank: null, keep: null };

function baseOf(file: SnapshotFile, retention: Retention) {
  return {
    id: file.id,
    kind: file.kind,
    file: file.file,
    takenAt: takenAt(file).toISOString(),
    modifiedAt: new Date(file.mtimeMs).toISOString(),
    sizeBytes: file.sizeBytes,
    retention,
  };
}

/** Null where the file has gone meanwhile. */
async function learn(
  folder: DataFolder,
  file: SnapshotFile,
  memory: Memory,
  failures: Failures,
): Promise<Known | null> {
  const failure = failures.get(file.key);
  if (file.problem !== null) return unreadable(file.problem);
  if (failure !== undefined) return failure.code === 'snapshot-missing' ? null : unreadable(failure.message);
  const facts = memory.get(file.key);
  if (facts !== undefined) {
    const { lastEventId, health, healthDetail, tables, undoes } = facts;
    return { lastEventId, health, healthDetail, tables, undoes };
  }
  return glance(folder, file);
}

/** What head and tail tell; null as in `learn`. A file that does not end as it must is known to be damaged; otherwise only reading it all can tell. */
async function glance(folder: DataFolder, { id }: SnapshotFile): Promise<Known | null> {
  try {
    const file = await openSnapshotFile(folder, id);
    try {
      const { lastEventId, complete, about, foreign } = await readSnapshotEnds(file);
      // The copy of a restore that may still be taken back, and then has never been.
      if (about?.restore && isRunningHere(folder, about.restore.planId)) return null;
      if (!complete)
        return {
          ...unreadable(foreign ?? INCOMPLETE),
          health: 'damaged',
          lastEventId,
        };
      const tables = about?.tables.map(({ name, rows }) => ({ name, rows })) ?? null;
      return { lastEventId, health: 'unchecked', healthDetail: null, tables, undoes: readUndoes(about) };
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
    return error.code === 'snapshot-missing' ? null : unreadable(error.message);
  }
}

function unreadable(why: string): Known {
  return { lastEventId: null, health: 'unreadable', healthDetail: why, tables: null, undoes: null };
}
