import type { DataFolder } from './data-folder.ts';
import { SnapbackError } from './errors.ts';
import { readJournal } from './journal.ts';
import { type JournalState, replayJournal } from './journal-replay.ts';
import type {
  RestoredState,
  RestoreOptions,
  RestorePlan,
  RestoreReceipt,
  SnapshotId,
  TaskOptions,
} from './model.ts';
import { hashLiveTable } from './plan.ts';
import { type ReadView, withReadView } from './read-view.ts';
import { applyRestore, defaultRestoreOptions, planRestore, type RestoreRequest } from './restore.ts';
import type { ApplyOptions } from './restore-run.ts';
import { readSchema } from './schema.ts';
import { readSnapshotEnds } from './snapshot-ends.ts';
import { listSnapshotFiles, openSnapshotFile } from './snapshot-files.ts';
import type { RestoreNote, SnapshotAbout } from './snapshot-format.ts';
import { foldName } from './sql.ts';

/** What of a safety copy counts for undo. */
export type NotedCopy = {
  readonly id: SnapshotId;
  readonly about: SnapshotAbout;
  readonly note: RestoreNote;
};

/**
 * Which restore the database stands on, the newest that was committed; null: none. Known from the journal, and where
 * that lacks it, from the safety copies, which name the content before and after.
 * @throws as `withReadView`, where content has to be looked at
 */
export async function readRestoredState(
  folder: DataFolder,
  task: TaskOptions = {},
): Promise<RestoredState | null> {
  const journal = replayJournal(await readJournal(folder));
  const recorded = journal.committed.at(-1);
  const newest = recorded?.safetySnapshotId ?? null;
  const unrecorded = await findUnrecorded(folder, journal, newest, task);
  if (unrecorded !== null) return describeState(unrecorded, null);
  const copy = newest === null ? null : await readNote(folder, newest);
  return copy === null ? null : describeState(copy, recorded?.receipt ?? null);
}

function describeState({ id, note }: NotedCopy, receipt: RestoreReceipt | null): RestoredState {
  return {
    planId: note.planId,
    action: note.action,
    snapshotId: note.snapshotId,
    snapshotTakenAt: note.snapshotTakenAt,
    safetySnapshotId: id,
    finishedAt: receipt?.finishedAt ?? null,
    tablesVerified: note.after.length,
  };
}

/** Safety copies newer than the last recorded restore whose restore was committed all the same: the process died before it could say so. */
async function findUnrecorded(
  folder: DataFolder,
  journal: JournalState,
  newestRecorded: SnapshotId | null,
  task: TaskOptions,
): Promise<NotedCopy | null> {
  const files = (await listSnapshotFiles(folder)).filter(
    (file) => file.kind === 'restore' && file.problem === null,
  );
  const recordedAt = files.findIndex((file) => file.id === newestRecorded);
  const newer = recordedAt === -1 ? (newestRecorded === null ? files : []) : files.slice(0, recordedAt);
  const copies: NotedCopy[] = [];
  for (const file of newer) {
    const copy = await readNote(folder, file.id);
    if (copy !== null && (journal.empty || journal.undecided.has(copy.id))) copies.push(copy);
  }
  if (copies.length === 0) return null;
  return withReadView(folder, task, async (view) => {
    for (const copy of copies) {
      // Where somebody has written since, nothing tells: then no undo is offered rather than a wrong one. The copy can
      // still be restored like any snapshot.
      if ((await judgeOutcome(copy, view, task)) === 'committed') return copy;
    }
    return null;
  });
}

/** The note of a safety copy, from the end of its file; null where it has none or can't be read. */
export async function readNote(folder: DataFolder, id: SnapshotId): Promise<NotedCopy | null> {
  try {
    const file = await openSnapshotFile(folder, id);
    try {
      const { about } = await readSnapshotEnds(file);
      return about?.restore ? { id, about, note: about.restore } : null;
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    if (error instanceof SnapbackError) return null;
    throw error;
  }
}

/**
 * Tells by content whether the restore that a safety copy was taken for was committed: every touched table has the
 * content of after it, or of before it. `unknown`: somebody has written since.
 */
export async function judgeOutcome(
  { about, note }: NotedCopy,
  view: ReadView,
  task: TaskOptions,
): Promise<'committed' | 'not-committed' | 'unknown'> {
  const schema = readSchema(view.db);
  const matches = async (tables: RestoreNote['after']): Promise<boolean> => {
    for (const { name, columns, hash } of tables) {
      const live = schema.tables.get(foldName(name));
      const has = new Set(live?.columns.map((column) => column.name));
      if (live === undefined || !columns.every((column) => has.has(column))) return false;
      if ((await hashLiveTable(view.db, live, columns, schema, task)) !== hash) return false;
    }
    return true;
  };
  if (await matches(note.after)) return 'committed';
  const touched = new Set(note.after.map(({ name }) => foldName(name)));
  return (await matches(about.tables.filter(({ name }) => touched.has(foldName(name)))))
    ? 'not-committed'
    : 'unknown';
}

/** What undoing takes besides the safety copy itself, which names its own mode. */
type UndoOptions = Pick<RestoreOptions, 'acceptDrift'>;

/**
 * Plans the undo of the newest restore: its safety copy brought back the way the restore was made. An undo is a restore
 * with a safety copy of its own, so it can be undone too. Writes nothing. @throws `nothing-to-undo`, and as `planRestore`
 */
export async function planUndo(
  folder: DataFolder,
  options: UndoOptions,
  whileOpen = false,
  task: TaskOptions = {},
): Promise<RestorePlan> {
  return planRestore(folder, await undoRequest(folder, options, task), whileOpen, task);
}

/** Undoes the newest restore, with every guarantee of `applyRestore`. @throws `nothing-to-undo`, and as `applyRestore` */
export async function applyUndo(
  folder: DataFolder,
  options: UndoOptions,
  apply: ApplyOptions,
  task: TaskOptions = {},
): Promise<RestoreReceipt> {
  return applyRestore(folder, await undoRequest(folder, options, task), apply, task);
}

async function undoRequest(
  folder: DataFolder,
  options: UndoOptions,
  task: TaskOptions,
): Promise<RestoreRequest> {
  const state = await readRestoredState(folder, task);
  const copy = state === null ? null : await readNote(folder, state.safetySnapshotId);
  if (copy === null)
    throw new SnapbackError('nothing-to-undo', 'No restore was made here that could be undone.', {
      folder: folder.dir,
    });
  const { acceptDrift } = options;
  return { ...defaultRestoreOptions, acceptDrift, id: copy.id, action: 'undo', mode: copy.note.mode };
}
