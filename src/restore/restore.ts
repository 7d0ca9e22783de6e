import { type Beside, startBeside } from '../beside/beside.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { readHostDatabase } from '../host/host-database.ts';
import { whileRunning } from '../journal/under-way.ts';
import { SnapbackError } from '../model/errors.ts';
import type { RestoreReceipt } from '../model/receipt.ts';
import type { RestoreOptions, RestorePlan } from '../model/restore.ts';
import type { TaskOptions } from '../model/task.ts';
import { classifyDatabaseError, openWriteDatabase } from '../sqlite/database.ts';
import { explainNeed } from '../sqlite/needs-host.ts';
import { beginReading, rollBack, staleError, withLockPatience } from '../sqlite/transaction.ts';
import type { Stage } from '../stage/stage.ts';
import { beginContentTotal } from '../stage/staged-contents.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { attachStage, stageById } from '../stage/staged-view.ts';
import { createPrivateFolder } from '../system/private-folder.ts';
import { FoundOutdated, type PlanFound, recallFound } from './found-before.ts';
import { preparePlan } from './plan.ts';
import {
  type Look,
  type PreparedStage,
  prepareStage,
  type RestoreRequest,
  stagingOf,
  withPlannedCopy,
} from './planned-copy.ts';
import { requireWritable, runPreflight } from './preflight.ts';
import { rehearse } from './rehearse.ts';
import { type ApplyOptions, runPlan } from './run.ts';

export type PlanOptions = {
  /** Plan as if nobody had the database open: the person said to go on although another program has. */
  readonly whileOpen?: boolean | undefined;
};

export const defaultRestoreOptions: RestoreOptions = {
  mode: 'full',
  keepNewer: false,
  acceptDrift: false,
  acceptOtherTimeline: false,
  clearTables: [],
};

/**
 * Says exactly what a restore would do. It is planned, and done once on trial, in a private copy of the database; nothing
 * else is written.
 * @throws as `diffSnapshot`, and `schema-needs-host` where a statement would not compile here
 */
export async function planRestore(
  folder: DataFolder,
  { whileOpen = false, ...request }: RestoreRequest & PlanOptions,
  task: TaskOptions = {},
): Promise<RestorePlan> {
  const look: Look = (snapshot, { viewingCopy }) =>
    runPreflight(folder, snapshot, { mode: request.mode, whileOpen, viewingCopy });
  return withPlannedCopy(folder, { request, look, proof: 'facts' }, task, ({ database, prepared }) =>
    rehearse({ folder, copy: database, prepared }, task),
  );
}

/**
 * Restores a snapshot, all or nothing. The transaction begins as a read, in which the plan is made again and the safety
 * copy is written, read back and published. Then the write lock is taken, the plan is applied and verified, a fresh
 * checkpoint is dumped, and the transaction is committed. On any error before COMMIT the database is as before, and the
 * safety copy is removed again. An error with `detail.undecided` is one of COMMIT itself: only `finishInterrupted` can tell
 * whether the restore was made, and both copies stay for that.
 * @throws the plan's refusals, `plan-stale`, `database-busy`, `row-refused`, `verification-failed`, `disk-full`, `cancelled`, …
 */
export async function applyRestore(
  folder: DataFolder,
  request: RestoreRequest,
  apply: ApplyOptions,
  task: TaskOptions = {},
): Promise<RestoreReceipt> {
  const found = apply.planId === null ? null : recallFound(folder.databaseFile);
  try {
    return await applyOnce(folder, { request, apply, found, presumes: true }, task);
  } catch (error) {
    if (!(error instanceof FoundOutdated)) throw error;
    return await applyOnce(folder, { request, apply, found: null, presumes: false }, task);
  }
}

type Attempt = {
  readonly request: RestoreRequest;
  readonly apply: ApplyOptions;
  readonly found: PlanFound | null;
  /**
   * Whether search indexes count as in order until the check after the write, and a kept stage as what it was until its
   * bytes were hashed before the write.
   */
  readonly presumes: boolean;
};

/** @throws as `applyRestore`, and `FoundOutdated`, with nothing changed */
async function applyOnce(
  folder: DataFolder,
  { request, apply, found, presumes }: Attempt,
  task: TaskOptions,
): Promise<RestoreReceipt> {
  const place = await createPrivateFolder();
  let closeStage: Stage['close'] | null = null;
  let closePart: PreparedStage['close'] = null;
  let beside: Beside | null = null;
  let prove = async () => true;
  try {
    await requireWritable(folder);
    // Reading the schema also makes SQLite roll back what a killed writer left.
    const db = await withLockPatience(task, () => openWriteDatabase(folder.databaseFile, folder));
    try {
      const live = await withLockPatience(task, () => readHostDatabase(db, folder.profile));
      const { own = false, schemaName } = stagingOf(request);
      beside = await startBeside(folder.databaseFile, task);
      const { run } = beside;
      const proof = presumes ? 'facts' : 'bytes';
      const where = { folder: place, live, own, proof } as const;
      const { stage: staged, snapshot } = await stageById(folder, request.snapshotId, where, task);
      closeStage = staged.close;
      prove = once(() => areProven(staged.unproven, run));
      const preflight = await runPreflight(folder, snapshot, {
        mode: request.mode,
        whileOpen: apply.whileOpen,
        viewingCopy: false,
      });
      if (!own) attachStage(db, staged, schemaName);
      await beginReading(db, task);
      const database = readHostDatabase(db, folder.profile);
      if (database.schema.hash !== staged.schemaHash) throw staleError();
      const { action, snapshotId: _, rewrite = 'differing', ...options } = request;
      const source = { folder, snapshot, stage: staged, place };
      const { stage, kept, selected, close } = await prepareStage(source, { database, options }, task);
      closePart = close;
      // What it holds of this very moment was added to it: as long as it was attached, it could not be written to.
      if (own || selected !== null) attachStage(db, stage);
      const { nativeBinding } = folder;
      const beginTotal = (table: StagedTable) =>
        beginContentTotal(stage, table, (rows) => run('add-up-rows', { ...rows, nativeBinding }));
      const beginCheck = () => run('check-integrity', { file: folder.databaseFile, nativeBinding });
      const prepared = await preparePlan(
        database,
        {
          action,
          snapshot,
          options,
          rewrite,
          stage,
          kept,
          selected,
          preflight,
          isShown: false,
          found,
          beginCheck,
          beginTotal,
        },
        task,
      );
      if (apply.planId !== null && apply.planId !== prepared.plan.planId) throw staleError();
      const [refusal] = prepared.plan.refusals;
      if (refusal !== undefined) throw new SnapbackError(refusal.code, refusal.message, refusal.detail);
      return await whileRunning(folder, prepared.plan.planId, () =>
        runPlan({ folder, database, prepared, apply, presumes, prove, beside: run }, task),
      );
    } catch (error) {
      if (!(error instanceof FoundOutdated) && !(await prove()))
        throw new FoundOutdated('The kept stage has to be made again.');
      throw explain(error, folder);
    } finally {
      rollBack(db);
      await beside?.stop();
      db.close();
    }
  } finally {
    await closePart?.();
    await closeStage?.();
    await place.remove();
  }
}

/** Whether the bytes of these files are what they have to be. A file that cannot be read is not. @throws `cancelled`, `core-stopped` */
async function areProven(unproven: Stage['unproven'], run: Beside['run']): Promise<boolean> {
  try {
    for (const { path, sha256 } of unproven)
      if ((await run('hash-file', { path })).sha256 !== sha256) return false;
    return true;
  } catch (error) {
    if (!(error instanceof SnapbackError) || ['cancelled', 'core-stopped'].includes(error.code)) throw error;
    return false;
  }
}

/** Gives the same answer each time, and asks for it only once. Nobody has to wait for it. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | null = null;
  return () => {
    if (asked === null) {
      asked = ask();
      asked.catch(() => null);
    }
    return asked;
  };
}

/** Makes planning and applying end with the same error for the same fault. */
function explain(error: unknown, folder: DataFolder): unknown {
  return classifyDatabaseError(explainNeed(error, null), { ...folder, file: folder.databaseFile });
}
