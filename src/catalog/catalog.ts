import { dirname } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { noSuchSnapshot } from '../model/errors.ts';
import type { Kept, Retention, SnapshotId, SnapshotSummary } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import {
  type Look,
  listBackups,
  listSnapshotFiles,
  listWithBackups,
  type SnapshotFile,
} from '../snapshots/files.ts';
import { type KeptNote, readKeptNote } from '../snapshots/kept-notes.ts';
import { takenAt } from '../snapshots/kinds.ts';
import { KEPT_KIND, parseSnapshotId } from '../snapshots/names.ts';
import { mapInBatches } from '../system/batches.ts';
import { fetchPart } from '../system/fetch-part.ts';
import { glanceAt, type Known, unreadable } from './glance.ts';
import { recallLineages } from './lineage.ts';
import { type Memory, pick, recall } from './memory.ts';
import { findNeeded } from './needed-snapshots.ts';
import type { Findings, Listing } from './read-whole.ts';
import { explainRetention } from './retention.ts';

/**
 * `backups`: also what somebody opened from anywhere, last. `look`: a look from just before. `lineages: 'other'` tells only
 * which snapshots went a separate way, and leaves the others unknown: the database is then read only where there are any.
 */
type ListOptions = {
  readonly check?: boolean;
  readonly backups?: boolean;
  readonly lineages?: 'other';
  readonly look?: Look | null;
};

/**
 * Lists all snapshots by kind, newest first. Health and counts come from what is remembered; for other files only their
 * head and tail are read. With `check`, every file that was not read before is read whole, newest first, and remembered
 * outside the data folder. What was read before a cancel is remembered too.
 * @throws `snapshot-unsafe` or `snapshot-unreadable` for the snapshots folder itself, `cancelled`
 */
export async function listSnapshots(
  folder: DataFolder,
  options: ListOptions = {},
  task: TaskOptions = {},
): Promise<readonly SnapshotSummary[]> {
  const own = options.look?.files ?? (await listSnapshotFiles(folder));
  const files = options.backups === true ? [...own, ...(await listBackups(folder))] : own;
  const memory = await recall(folder);
  const effort = options.check === true ? 'patient' : (options.lineages ?? 'glance');
  const lineages = await recallLineages(folder, pick(memory, files), effort, task);
  const listing = { folder, files, memory };
  if (options.check !== true) return summarize(listing, files, { memory, lineages, failures: new Map() });
  const unread = files.filter((file) => file.problem === null && !isSettled(file, memory, lineages));
  const { readWhole } = await fetchReading();
  const found = await readWhole(listing, unread, task);
  return summarize(listing, files, { ...found, lineages: new Map([...lineages, ...found.lineages]) });
}

/** A list is mostly shown without reading a file whole. */
const fetchReading = () => fetchPart(() => import('./read-whole.ts'));

/** Whether reading the file again would tell nothing new. */
function isSettled({ key }: SnapshotFile, memory: Memory, lineages: ReadonlyMap<string, unknown>): boolean {
  const facts = memory.get(key);
  return facts !== undefined && (facts.log === null || lineages.has(key));
}

/**
 * Reads one snapshot from its first byte to its last, whatever is remembered, and remembers what it found. Damage is
 * part of the answer, not an error. @throws `usage`, `snapshot-unsafe`, `snapshot-missing`, `cancelled`
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

/** As `checkSnapshot` for several snapshots, each once, in the given order. @throws as it does, before any is read */
export async function verifySnapshots(
  folder: DataFolder,
  ids: readonly SnapshotId[],
  task: TaskOptions = {},
): Promise<readonly SnapshotSummary[]> {
  for (const id of ids) parseSnapshotId(id);
  const files = await listWithBackups(folder);
  const chosen = [...new Set(ids)].map((id) => {
    const file = files.find((one) => one.id === id);
    if (file === undefined) throw noSuchSnapshot(id);
    return file;
  });
  const memory = await recall(folder);
  const listing = { folder, files, memory };
  const readable = chosen.filter(({ problem }) => problem === null);
  const { readWhole } = await fetchReading();
  return summarize(listing, chosen, await readWhole(listing, readable, task));
}

async function summarize(
  { folder, files }: Listing,
  shown: readonly SnapshotFile[],
  findings: Findings,
): Promise<readonly SnapshotSummary[]> {
  const now = new Date();
  const needed = await findNeeded(folder, files, { memory: findings.memory, now });
  const retention = explainRetention(files, folder.profile, needed, now);
  const there = new Set(files.map(({ id }) => id));
  const notes = await readNotes(files);
  const holds = new Map([...notes].flatMap(([id, { held, from }]) => (held === null ? [] : [[from, id]])));
  const summaries = await mapInBatches(shown, async (file): Promise<readonly SnapshotSummary[]> => {
    const note = notes.get(file.id) ?? null;
    // Held only for a while, and in the list anyway.
    if (note !== null && note.held !== null && there.has(note.from)) return [];
    const known = await learn(folder, file, findings);
    if (known === null) return [];
    const lineage = findings.lineages.get(file.key) ?? 'unknown';
    const kept = note === null ? null : toKept(note);
    const heldAs = holds.get(file.id) ?? null;
    return [{ ...baseOf(file, retention.get(file.id) ?? NO_RULE), ...known, lineage, kept, heldAs }];
  });
  return summaries.flat();
}

/** The notes of what is kept, by its id. */
async function readNotes(files: readonly SnapshotFile[]): Promise<ReadonlyMap<SnapshotId, KeptNote>> {
  const notes = new Map<SnapshotId, KeptNote>();
  for (const { id, kind, name, file } of files) {
    const note = kind === KEPT_KIND ? await readKeptNote(dirname(file), name) : null;
    if (note !== null) notes.set(id, note);
  }
  return notes;
}

function toKept({ name, note, from, keptAt, byItself }: KeptNote): Kept {
  return { name, note, from, keptAt, ...(byItself === true ? { byItself } : {}) };
}

const NO_RULE: Retention = { status: 'kept', reason: 'no-rule', goesAt: null, rank: null, keep: null };

function baseOf(file: SnapshotFile, retention: Retention) {
  return {
    id: file.id,
    kind: file.kind,
    form: file.form,
    file: file.file,
    takenAt: takenAt(file).toISOString(),
    modifiedAt: new Date(file.mtimeMs).toISOString(),
    sizeBytes: file.sizeBytes,
    retention,
    ...(file.opened !== undefined && { opened: file.opened }),
  };
}

/** Null where the file has disappeared meanwhile. */
async function learn(
  folder: DataFolder,
  file: SnapshotFile,
  { memory, failures }: Findings,
): Promise<Known | null> {
  const failure = failures.get(file.key);
  if (file.problem !== null) return unreadable(file.problem);
  if (failure !== undefined) return failure.code === 'snapshot-missing' ? null : unreadable(failure.message);
  const facts = memory.get(file.key);
  if (facts !== undefined) {
    const { lastEventId, health, healthDetail, tables, undoes, salvagedFrom } = facts;
    return { lastEventId, health, healthDetail, tables, undoes, salvagedFrom };
  }
  return glanceAt(folder, file.id, file);
}
