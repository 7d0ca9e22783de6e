import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { readLastEventId } from '../log/events.ts';
import { SnapbackError } from '../model/errors.ts';
import type { CopyReceipt } from '../model/receipt.ts';
import type { CopyPlan, RestoreOptions, RestorePlan } from '../model/restore.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { findPlace, makeFile, refuseSecondDatabase } from '../snapshots/new-file.ts';
import { rollBack, staleError } from '../sqlite/transaction.ts';
import type { Proof } from '../stage/stage-cache.ts';
import { constants, copyFile, open } from '../system/files.ts';
import { createYielder } from '../system/yielder.ts';
import { checkSearchIndexes } from '../write/search-index.ts';
import { writeTables } from '../write/write-tables.ts';
import { type Look, type PlannedCopy, withPlannedCopy } from './planned-copy.ts';
import { preflightCopy } from './preflight.ts';
import { isPart } from './refusals.ts';
import { rehearse } from './rehearse.ts';
import { withStart } from './start-from.ts';
import { verifyRestore } from './verify.ts';

/*
 * A restore into a new file: a copy of the database, in which the plan is written and verified as in any restore. The
 * database itself is only read. So this works while the chat app runs, and where the database may not be written to; where
 * it is gone, with another file to start from.
 */

export type CopyRequest = RestoreOptions & {
  readonly snapshotId: SnapshotId;
  readonly to: string;
  /** Another file to start from instead of the database, by its path; null or absent: none. */
  readonly startFrom?: string | null;
};

/**
 * Says what the new file would hold, as `planRestore` does. @throws as `planRestore`, `usage` for newer events to
 * keep, or a place that is not the person's own
 */
export async function planCopy(
  folder: DataFolder,
  request: CopyRequest,
  task: TaskOptions = {},
): Promise<CopyPlan> {
  return withCopy(folder, { request, proof: 'facts' }, task, async ({ database, prepared }, to) =>
    toCopyPlan(await rehearse({ folder, copy: database, prepared }, task), to),
  );
}

/**
 * Writes the new file, all or nothing: it is complete, verified and on the disk from the moment it has its name. Nothing is
 * overwritten. `planId`: make exactly this, or refuse with `plan-stale`; null: whatever the plan is.
 * @throws the plan's refusals, `plan-stale`, `target-exists`, `row-refused`, `verification-failed`, `disk-full`,
 * `folder-read-only`, `io-failed`, `cancelled`; then there is no file
 */
export async function restoreToCopy(
  folder: DataFolder,
  request: CopyRequest,
  { planId }: { readonly planId: string | null },
  task: TaskOptions = {},
): Promise<CopyReceipt> {
  return withCopy(folder, { request, proof: 'bytes' }, task, async (planned, to) => {
    const { plan } = planned.prepared;
    if (planId !== null && planId !== plan.planId) throw staleError();
    const [refusal] = plan.refusals;
    if (refusal !== undefined) throw new SnapbackError(refusal.code, refusal.message, refusal.detail);
    const proven = await writeCopy(planned, task);
    const sizeBytes = await makeFile(to, (draft) => copyProven(planned.database.db.name, draft));
    return {
      planId: plan.planId,
      snapshotId: plan.snapshot.id,
      mode: plan.options.mode,
      isPart: isPart(plan) ? true : undefined,
      finishedAt: new Date().toISOString(),
      ...{ to, sizeBytes, ...proven },
      tables: planned.prepared.comparisons.map(({ staged: { live, rows } }) => ({ name: live.name, rows })),
      leftOut: [...new Set(plan.schemaDrift.flatMap(({ table, loses }) => (loses > 0 ? [table] : [])))],
      replay: plan.replay && { fromEvent: plan.replay.fromEvent, toEvent: plan.replay.toEvent },
    };
  });
}

type Copying = { readonly request: CopyRequest; readonly proof: Proof };

async function withCopy<T>(
  folder: DataFolder,
  { request: { to, startFrom = null, ...wanted }, proof }: Copying,
  task: TaskOptions,
  use: (planned: PlannedCopy, to: string) => Promise<T>,
): Promise<T> {
  if (wanted.keepNewer)
    throw new SnapbackError(
      'usage',
      'Newer events can only be kept in the chat app’s own database: nothing would add them to the tables of a new file.',
    );
  const place = await findPlace(folder, to);
  refuseSecondDatabase(folder, place);
  const request = { ...wanted, action: 'restore' } as const;
  return withStart(folder, startFrom, task, (based) => {
    const look: Look = (snapshot) => preflightCopy(based, snapshot, place);
    return withPlannedCopy(based, { request, look, proof }, task, (planned) =>
      use(planned, join(place, basename(to))),
    );
  });
}

function toCopyPlan(plan: RestorePlan, to: string): CopyPlan {
  const { action: _, inUse: __, safetyCopy: ___, freshCheckpoint: ____, hostReplay: _____, ...rest } = plan;
  return { ...rest, to };
}

/** Writes the plan into the private copy, verifies it there, and leaves nothing of it outside the file itself. */
async function writeCopy(
  { database, prepared }: PlannedCopy,
  task: TaskOptions,
): Promise<Pick<CopyReceipt, 'checks' | 'notRestored' | 'lastEventId'>> {
  const { db } = database;
  db.exec('BEGIN');
  try {
    const indexes = checkSearchIndexes(db, prepared.effects);
    const effects = await writeTables(database, prepared, indexes, createYielder(task));
    const { checks, notRestored } = await verifyRestore(
      database,
      prepared,
      { effects, indexes, isTrial: false },
      task,
    );
    const lastEventId = readLastEventId(db, database.profile);
    db.exec('COMMIT');
    db.pragma('journal_mode = DELETE');
    return { checks, notRestored: [...prepared.plan.notRestored, ...notRestored], lastEventId };
  } finally {
    rollBack(db);
  }
}

/** Copies a file that nobody writes to, and reads the copy back. @throws `io-failed` if it is not the same, system errors */
async function copyProven(file: string, draft: string): Promise<void> {
  await copyFile(file, draft, constants.COPYFILE_EXCL);
  const handle = await open(draft, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    await handle.chmod(0o600);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if ((await hash(file)) !== (await hash(draft)))
    throw new SnapbackError('io-failed', 'What was written to the disk did not read back the same.', {
      path: draft,
    });
}

async function hash(file: string): Promise<string> {
  const digest = createHash('sha256');
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    for await (const piece of handle.createReadStream({ autoClose: false })) digest.update(piece);
  } finally {
    await handle.close();
  }
  return digest.digest('hex');
}
