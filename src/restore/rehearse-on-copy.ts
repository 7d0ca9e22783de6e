import { createHash } from 'node:crypto';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { hashLiveTables } from '../host/content-hash.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { type HostDatabase, readHostDatabase } from '../host/host-database.ts';
import { copyLiveDatabase } from '../host/private-copy.ts';
import { readLastEventId } from '../log/events.ts';
import { type ErrorCode, SnapbackError } from '../model/errors.ts';
import type { RestoreReceipt } from '../model/receipt.ts';
import type { Rehearsal, RehearsedStart, RehearsedUndo } from '../model/rehearsal.ts';
import type { Refusal } from '../model/restore.ts';
import type { MergedPart } from '../model/selection.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { readSnapshotEnds } from '../snapshot-file/ends.ts';
import { openSnapshotFile } from '../snapshots/open-file.ts';
import { openReadDatabase } from '../sqlite/database.ts';
import { chmod, constants, copyFile, mkdir } from '../system/files.ts';
import { createPrivateFolder, whileMarked } from '../system/private-folder.ts';
import { throwIfCancelled } from '../system/yielder.ts';
import { holdsProjections } from './noted-contents.ts';
import type { RestoreRequest } from './planned-copy.ts';
import { sizeWithWal } from './preflight.ts';
import { refusalOf } from './refusals.ts';
import { applyRestore, defaultRestoreOptions } from './restore.ts';
import { findTablesAtNote } from './tables-at.ts';

/*
 * The whole restore, and its undo, in a private data folder: a copy of the database with the snapshot beside it. So
 * everything is measured by the code that will do it: safety copy, write, checks, checkpoint, commit, and the way back. The
 * data folder itself is only read.
 */

export type RehearsalOptions = {
  /** The plan that is rehearsed; any other plan is `plan-stale`. Null: whatever the plan is. */
  readonly planId: string | null;
  /** What a merge found to compare with, as its plan says. The copy has no other snapshots to look among. */
  readonly base?: MergedPart['base'] | undefined;
  /** Only tests ask for another bound. */
  readonly mostBytes?: number | undefined;
};

/** Database and snapshot may be so large together: of more, a copy and all that a restore writes would fill a disk unasked. */
const MOST_BYTES = 2 ** 30;

/** What fails because of the moment, or of the place where the copy is, and says nothing about the restore. */
const NOT_ABOUT_IT: readonly ErrorCode[] = [
  'cancelled',
  'plan-stale',
  'core-stopped',
  'disk-full',
  'out-of-memory',
  'folder-read-only',
  'io-failed',
  'internal',
];

/**
 * Does a restore and undoes it in a private copy, and tells what was measured. The copy is removed before this ends.
 * @throws `plan-stale`, `cancelled`, as `withReadView` and `openSnapshotFile`
 */
export async function rehearseRestore(
  folder: DataFolder,
  request: RestoreRequest,
  { planId, base = null, mostBytes = MOST_BYTES }: RehearsalOptions,
  task: TaskOptions = {},
): Promise<Rehearsal> {
  const bytes = await sizeOfBoth(folder, request.snapshotId);
  if (bytes > mostBytes) return { state: 'too-large', bytes, mostBytes };
  const rehearsing: TaskOptions = {
    signal: task.signal,
    onProgress: (progress) => task.onProgress?.({ ...progress, phase: 'rehearse' }),
  };
  const place = await createPrivateFolder();
  try {
    const ids = [request.snapshotId, ...(base === null ? [] : [base.snapshot])];
    const copy = await copyFolder(folder, ids, { dir: place.path, task: rehearsing });
    const { merge } = request;
    const named = merge === undefined ? {} : { merge: { ...merge, baseId: base?.snapshot ?? merge.baseId } };
    return await rehearseIn(copy, { ...request, ...named }, planId, rehearsing);
  } finally {
    await place.remove();
  }
}

async function rehearseIn(
  copy: DataFolder,
  request: RestoreRequest,
  planId: string | null,
  task: TaskOptions,
): Promise<Rehearsal> {
  const before = await hashAll(copy, task);
  const apply = { planId, whileOpen: true };
  const restored = await orRefusal(() => applyRestore(copy, request, apply, task));
  if ('refusal' in restored) return { state: 'refused', refusal: restored.refusal };
  const { receipt } = restored;
  const nextStart = await findNextStart(copy, receipt, task);
  const undo = await undoAgain(copy, { request, receipt, before }, task);
  const tables = receipt.tables.map(({ name, rows, added, removed, changed }) => ({
    ...{ name, rows, added, removed, changed },
  }));
  const { checks, writeLockMs } = receipt;
  return { state: 'done', planId: receipt.planId, tables, checks, writeLockMs, undo, nextStart };
}

type Restored = {
  readonly request: RestoreRequest;
  readonly receipt: RestoreReceipt;
  readonly before: Contents;
};

/** Takes back what was restored, and compares with what was there before. */
async function undoAgain(
  copy: DataFolder,
  { request: { mode }, receipt: { safetyCopyId: snapshotId }, before }: Restored,
  task: TaskOptions,
): Promise<RehearsedUndo> {
  const request = { ...defaultRestoreOptions, mode, snapshotId, action: 'undo' } as const;
  const undone = await orRefusal(() => applyRestore(copy, request, { planId: null, whileOpen: true }, task));
  if ('refusal' in undone) return { state: 'refused', refusal: undone.refusal };
  const after = await hashAll(copy, task);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const differing = names.filter((name) => before.get(name) !== after.get(name));
  if (differing.length > 0) return { state: 'differs', tables: differing.toSorted() };
  const hash = createHash('sha256')
    .update(JSON.stringify([...after].toSorted()))
    .digest('hex');
  return { state: 'same', hash, tables: after.size - 1 };
}

async function orRefusal(
  restore: () => Promise<RestoreReceipt>,
): Promise<{ readonly receipt: RestoreReceipt } | { readonly refusal: Refusal }> {
  try {
    return { receipt: await restore() };
  } catch (error) {
    if (!(error instanceof SnapbackError) || NOT_ABOUT_IT.includes(error.code)) throw error;
    return { refusal: refusalOf(error) };
  }
}

/** The content hash of each table, by its name, and the hash of the schema under a name that no table has. */
type Contents = ReadonlyMap<string, string>;

function hashAll(copy: DataFolder, task: TaskOptions): Promise<Contents> {
  return reading(copy, async (database) => {
    const { tables, hash, userVersion } = database.schema;
    const stored = [...tables.values()].filter(({ kind }) => kind !== 'view').map(({ name }) => name);
    return new Map([...(await hashLiveTables(database, stored, task)), ['', `${hash} ${userVersion}`]]);
  });
}

/** What the host would find in the copy, now that the restore is made. */
function findNextStart(
  copy: DataFolder,
  { checkpointId, replay }: RestoreReceipt,
  task: TaskOptions,
): Promise<RehearsedStart> {
  return reading(copy, async (database) => {
    if (checkpointId === null) return { state: 'unknown' };
    const file = await openSnapshotFile(copy, checkpointId);
    const { lastEventId } = await readSnapshotEnds(file).finally(() => file.handle.close());
    if (!(await holdsProjections(copy, database, checkpointId, task))) return { state: 'changes' };
    if (replay !== null)
      return lastEventId === null || lastEventId >= replay.fromEvent
        ? { state: 'changes' }
        : { state: 'replays', fromEvent: replay.fromEvent, toEvent: replay.toEvent };
    const isWhole = lastEventId !== null && lastEventId >= readLastEventId(database.db, copy.profile);
    return { state: isWhole ? 'nothing' : 'changes' };
  });
}

function reading<T>(copy: DataFolder, use: (database: HostDatabase) => Promise<T>): Promise<T> {
  return whileMarked(async () => {
    const db = openReadDatabase(copy.databaseFile, copy);
    try {
      return await use(readHostDatabase(db, copy.profile));
    } finally {
      db.close();
    }
  });
}

type Target = { readonly dir: string; readonly task: TaskOptions };

/** Copies the database, the snapshots, and what tells whether the tables hold the whole log, into a folder of the same shape. */
async function copyFolder(
  folder: DataFolder,
  ids: readonly SnapshotId[],
  { dir, task }: Target,
): Promise<DataFolder> {
  const databaseFile = within(dir, folder, folder.databaseFile);
  await mkdir(dirname(databaseFile), { recursive: true, mode: 0o700 });
  await whileMarked(() => copyLiveDatabase(folder, databaseFile, task));
  await chmod(databaseFile, 0o600);
  const noted = await findTablesAtNote(folder);
  for (const id of new Set([...ids, ...(noted === null ? [] : [noted])])) {
    const { path, handle } = await openSnapshotFile(folder, id);
    await handle.close();
    const target = within(dir, folder, path);
    throwIfCancelled(task);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await copyFile(path, target, constants.COPYFILE_FICLONE);
    await chmod(target, 0o600);
  }
  return { ...folder, dir, databaseFile, databaseProblem: null, isCopy: true };
}

/** The place of a file of the data folder in the copy of that folder. A database from elsewhere lies directly in it. */
function within(dir: string, folder: DataFolder, file: string): string {
  const path = relative(folder.dir, file);
  const isOutside = path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
  return join(dir, isOutside ? basename(file) : path);
}

async function sizeOfBoth(folder: DataFolder, id: SnapshotId): Promise<number> {
  const file = await openSnapshotFile(folder, id);
  await file.handle.close();
  return (await sizeWithWal(folder.databaseFile)) + file.sizeBytes;
}
