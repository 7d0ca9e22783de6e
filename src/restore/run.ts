import { basename } from 'node:path';
import type { Beside } from '../beside/beside.ts';
import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { findOpeners } from '../host/in-use.ts';
import { appendJournal } from '../journal/journal.ts';
import { readLastEventId } from '../log/events.ts';
import { SnapbackError } from '../model/errors.ts';
import type { CheckResult, RestoreReceipt } from '../model/receipt.ts';
import type { TaskOptions } from '../model/task.ts';
import { refuseHugeRows } from '../snapshot-file/huge-rows.ts';
import { type Draft, discardDraft, leaveDraft } from '../snapshots/drafts.ts';
import { classifyDatabaseError, type WriteDatabase } from '../sqlite/database.ts';
import { commit, rollBack, takeWriteLock } from '../sqlite/transaction.ts';
import { clockMs } from '../system/clock.ts';
import { createYielder } from '../system/yielder.ts';
import { checkSearchIndexes } from '../write/search-index.ts';
import { findJudgedAfterwards, writeTables } from '../write/write-tables.ts';
import { copyCheckpoint, dumpCheckpoint, mayBeCheckpoint } from './checkpoint.ts';
import { FoundOutdated, requirePresumed } from './found-before.ts';
import type { PreparedPlan } from './plan.ts';
import { isPart } from './refusals.ts';
import { describePart, sumReturned } from './restored-part.ts';
import { abortRun, finishRun } from './run-end.ts';
import { type SafetyCopy, takeSafetyCopy } from './safety-copy.ts';
import { type ContentNames, nameContents } from './touched-content.ts';
import { verifyRestore } from './verify.ts';

/*
 * Invariants of this file: the safety copy is published before the first write; the database ends as it was or as the
 * plan says; nothing is called done before it is verified inside the transaction.
 */

export type ApplyOptions = {
  /** Apply exactly this plan, or refuse with `plan-stale`. Null: plan and apply are one transaction. */
  readonly planId: string | null;
  /** Go on although another program has the database open. The receipt says so. */
  readonly whileOpen: boolean;
};

/** An open transaction that has only read so far, with the plan that was made in it. */
export type Run = {
  readonly folder: DataFolder;
  readonly database: HostDatabase<WriteDatabase>;
  readonly prepared: PreparedPlan;
  readonly apply: ApplyOptions;
  /** Whether search indexes count as in order until the check after the write. If that fails, it ends with `FoundOutdated`. */
  readonly presumes: boolean;
  /** Whether the stage is what it was presumed to be. */
  readonly prove: () => Promise<boolean>;
  readonly beside: Beside['run'];
};

/**
 * Applies a prepared plan inside the transaction in which it was made, and commits.
 * @throws as `applyRestore`; unless COMMIT itself failed, the transaction is rolled back and the safety copy removed. Where
 * it did, `detail.undecided` is true, and `finishInterrupted` finds out whether the restore was made
 */
export async function runPlan(run: Run, task: TaskOptions): Promise<RestoreReceipt> {
  const { folder, database, prepared, beside } = run;
  const { db } = database;
  const { plan } = prepared;
  // A safety copy could hold larger rows, but nothing could read it back.
  refuseHugeRows(db, database.schema, folder.profile);
  // It goes on beside the safety copy.
  void run.prove();
  const safety = await takeSafetyCopy(folder, database, prepared, task);
  let checkpoint: Draft | null = null;
  let announced = false;
  let committing = false;
  try {
    checkpoint = plan.freshCheckpoint ? await copyCheckpoint(folder, database, prepared, task) : null;
    const hashing = checkpoint === null ? null : beside('hash-file', { path: checkpoint.path });
    if (!(await run.prove())) throw new FoundOutdated('The kept stage has to be made again.');
    const written = await writeAndVerify(run, safety, task);
    const { tablesAt } = prepared;
    const isUsable = hashing !== null && mayBeCheckpoint(prepared, await hashing);
    if (
      checkpoint !== null &&
      (!isUsable || (tablesAt ?? written.receipt.lastEventId) !== plan.snapshot.lastEventId)
    ) {
      await discardDraft(checkpoint);
      checkpoint = null;
    }
    // The same goes for the next snapshot of what is there now. A dump sees to that itself.
    if (checkpoint !== null) refuseHugeRows(db, database.schema, folder.profile);
    else if (plan.freshCheckpoint) checkpoint = await dumpCheckpoint(folder, { db, tablesAt }, task);
    // From here on the line may be on the disk, even if writing it fails.
    announced = true;
    await appendJournal(folder, {
      type: 'prepared',
      planId: plan.planId,
      action: plan.action,
      snapshotId: plan.snapshot.id,
      safetyCopyId: safety.id,
      checkpointDraft: checkpoint === null ? null : basename(checkpoint.path),
      at: new Date().toISOString(),
    });
    task.onProgress?.({ phase: 'commit', done: 0, total: 1, unit: 'steps', cancellable: false });
    committing = true;
    await commit(db, task);
    return await finishRun(
      folder,
      { ...written.receipt, writeLockMs: Math.round(clockMs() - written.lockedAt) },
      checkpoint,
    );
  } catch (error) {
    // A COMMIT that failed for any other reason than a lock may have happened all the same. Then the safety copy and the
    // checkpoint are evidence, and stay for the next start to judge.
    const undecided = committing && !db.inTransaction;
    rollBack(db);
    if (!undecided) {
      await abortRun(folder, { plan, safety, checkpoint, announced, error });
      throw error;
    }
    if (checkpoint !== null) await leaveDraft(checkpoint);
    throw undecidedError(error, folder);
  }
}

/** Any error of COMMIT itself, or after it: nobody can tell from that alone whether the restore was made. */
function undecidedError(error: unknown, folder: DataFolder): SnapbackError {
  const known = classifyDatabaseError(error, { ...folder, file: folder.databaseFile });
  const { code, message, detail } =
    known instanceof SnapbackError ? known : new SnapbackError('internal', String(error));
  const said = `${message} It is not known whether the restore was made.`;
  return new SnapbackError(code, said, { ...detail, undecided: true }, error);
}

type Written = { readonly receipt: Omit<RestoreReceipt, 'writeLockMs'>; readonly lockedAt: number };

/** Takes the write lock, applies the plan and verifies the result, all inside the transaction. */
async function writeAndVerify(run: Run, safety: SafetyCopy, task: TaskOptions): Promise<Written> {
  const { folder, database, prepared, apply, presumes } = run;
  const { db, schema } = database;
  const { plan, comparisons } = prepared;
  const inUse = await findOpeners(folder.databaseFile);
  if (inUse.state === 'yes' && !apply.whileOpen)
    throw new SnapbackError(
      'database-in-use',
      'Another program has opened the database meanwhile; nothing was changed.',
      {
        by: inUse.by.map(({ pid, name }) => `${name} (${pid})`).join(', '),
      },
    );
  await takeWriteLock(db, schema.userVersion, task);
  const lockedAt = clockMs();
  const presumed = presumes && prepared.indexes === null ? findJudgedAfterwards(db, prepared) : [];
  const indexes = prepared.indexes ?? checkSearchIndexes(db, prepared.effects, presumed);
  const effects = await writeTables(database, prepared, indexes, createYielder(task));
  requirePresumed(presumed, effects);
  const written = { effects, indexes, isTrial: false };
  const { checks, notRestored } = await verifyRestore(database, prepared, written, task);
  const names = await nameEach(run, task);
  return {
    lockedAt,
    receipt: {
      planId: plan.planId,
      action: plan.action,
      snapshotId: plan.snapshot.id,
      mode: plan.options.mode,
      isPart: isPart(plan) ? true : undefined,
      part: describePart(database, plan) ?? undefined,
      finishedAt: new Date().toISOString(),
      safetyCopyId: safety.id,
      checkpointId: null,
      tables: comparisons.map(({ staged, added, removed, changed }) => ({
        name: staged.live.name,
        rows: staged.rows,
        beforeHash: names.get(staged.live.name)?.before ?? '',
        afterHash: names.get(staged.live.name)?.after ?? '',
        added,
        removed,
        changed,
      })),
      returned: sumReturned(plan),
      notRestored: [...plan.notRestored, ...notRestored],
      leftOut: [...new Set(plan.schemaDrift.flatMap(({ table, loses }) => (loses > 0 ? [table] : [])))],
      checks: checks.map((check) => withName(check, names)),
      lastEventId:
        plan.options.mode === 'full'
          ? readLastEventId(db, folder.profile)
          : (plan.snapshot.lastEventId ?? 0n),
      replay: plan.replay && { fromEvent: plan.replay.fromEvent, toEvent: plan.replay.toEvent },
      whileOpen: apply.whileOpen,
      inUse,
    },
  };
}

/** Gives the check of a touched table's rows the name of what they are. */
function withName(check: CheckResult, names: ReadonlyMap<string, ContentNames>): CheckResult {
  const found = check.check === 'content-hash' ? names.get(check.subject ?? '') : undefined;
  return found === undefined ? check : { ...check, detail: found.after };
}

/** What the touched tables held and hold, by live name. */
async function nameEach(
  { database, prepared }: Run,
  task: TaskOptions,
): Promise<ReadonlyMap<string, ContentNames>> {
  const { stage, comparisons, contents } = prepared;
  const names = new Map<string, ContentNames>();
  for (const comparison of comparisons) {
    const { name } = comparison.staged.live;
    const content = contents.find((one) => one.name === name);
    if (content !== undefined)
      names.set(name, await nameContents({ database, comparison }, { stage, content }, task));
  }
  return names;
}
