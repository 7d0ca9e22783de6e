import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { type ErrorCode, SnapbackError } from '../model/errors.ts';
import type { Refusal, RestorePlan } from '../model/restore.ts';
import type { TaskOptions } from '../model/task.ts';
import { refuseHugeRows } from '../snapshot-file/huge-rows.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { explainResultCode } from '../sqlite/result-codes.ts';
import { rollBack } from '../sqlite/transaction.ts';
import { createYielder } from '../system/yielder.ts';
import { checkSearchIndexes } from '../write/search-index.ts';
import type { AffectedIndex } from '../write/side-effects.ts';
import { findJudgedAfterwards, writeTables } from '../write/write-tables.ts';
import { FoundOutdated, rememberFound, requirePresumed } from './found-before.ts';
import type { PreparedPlan } from './plan.ts';
import { describeEffects } from './plan-effects.ts';
import { refusalOf } from './refusals.ts';
import { verifyRestore } from './verify.ts';

/** Refusals that make a rehearsal pointless. */
const HOPELESS: readonly ErrorCode[] = ['database-damaged', 'snapshot-without-log'];

type Rehearsal = {
  readonly folder: DataFolder;
  readonly copy: HostDatabase<WriteDatabase>;
  readonly prepared: PreparedPlan;
};

/**
 * Completes a plan with what only a trial can tell: writes and verifies in the private copy that the plan was made on,
 * and rolls that back. So nobody confirms a plan without knowing of a row that the schema refuses, a reference that would
 * lead nowhere, or a search index that is already out of date.
 * @throws `schema-needs-host` where a statement does not compile here, `disk-full`, `cancelled`
 */
export async function rehearse(rehearsal: Rehearsal, task: TaskOptions): Promise<RestorePlan> {
  const { copy, prepared } = rehearsal;
  const { plan } = prepared;
  if (plan.refusals.some(({ code }) => HOPELESS.includes(code))) return plan;
  const rehearsing: TaskOptions = {
    signal: task.signal,
    onProgress: (progress) => task.onProgress?.({ ...progress, phase: 'rehearse' }),
  };
  const presumed = findJudgedAfterwards(copy.db, prepared);
  try {
    return await tryOut(rehearsal, presumed, rehearsing);
  } catch (error) {
    if (!(error instanceof FoundOutdated)) throw error;
    return await tryOut(rehearsal, [], rehearsing);
  }
}

/** Tries it out once. @throws as `rehearse`, and `FoundOutdated` if it does not end well with some indexes presumed to be in order */
async function tryOut(
  { folder: { databaseFile }, copy, prepared }: Rehearsal,
  presumed: readonly AffectedIndex[],
  task: TaskOptions,
): Promise<RestorePlan> {
  const { db, schema, profile } = copy;
  const { plan } = prepared;
  db.exec('BEGIN');
  try {
    const indexes = checkSearchIndexes(db, prepared.effects, presumed);
    let tried = { ...plan, ...describeEffects(prepared.effects, indexes) };
    try {
      // The safety copy has to hold what is there before, the fresh checkpoint what is there afterwards.
      refuseHugeRows(db, schema, profile);
      const effects = await writeTables(copy, prepared, indexes, createYielder(task));
      requirePresumed(presumed, effects);
      tried = { ...plan, ...describeEffects(effects, indexes) };
      const written = { effects, indexes, isTrial: true };
      const { violations, orphans, notRestored } = await verifyRestore(copy, prepared, written, task);
      if (plan.freshCheckpoint) refuseHugeRows(db, schema, profile);
      const before = { integrity: prepared.integrity, indexes };
      rememberFound({ databaseFile, planId: plan.planId }, before, effects);
      return {
        ...tried,
        foreignKeyViolationsAfter: violations,
        orphans,
        notRestored: [...plan.notRestored, ...notRestored],
      };
    } catch (error) {
      const refusal = asRefusal(error, databaseFile);
      if (presumed.length > 0) throw new FoundOutdated('Its search indexes have to be checked first.');
      return { ...tried, refusals: [...plan.refusals, refusal] };
    }
  } finally {
    rollBack(db);
  }
}

/** The refusal that applying would end with. Throws any other failure on: it says nothing about the plan. */
function asRefusal(error: unknown, databaseFile: string): Refusal {
  const found = explainResultCode(error, databaseFile);
  const refused: readonly ErrorCode[] = [
    'row-refused',
    'row-too-large',
    'leaves-orphans',
    'verification-failed',
  ];
  if (!(found instanceof SnapbackError) || !refused.includes(found.code)) throw error;
  return refusalOf(found);
}
