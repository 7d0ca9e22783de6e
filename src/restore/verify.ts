import { type Comparison, compareTable } from '../compare/compare-table.ts';
import { hashLiveTable, hashLiveTables } from '../host/content-hash.ts';
import { SnapbackError } from '../model/errors.ts';
import type { CheckResult } from '../model/receipt.ts';
import type { NotRestored, Orphans, RestorePlan } from '../model/restore.ts';
import type { TaskOptions } from '../model/task.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import {
  areRowsInOrder,
  checkIntegrity,
  checkKeys,
  countViolations,
  describeDamage,
  type Fault,
  findNewFault,
  findOrphans,
  IN_ORDER,
  type Integrity,
  isBrokenCheck,
} from '../sqlite/integrity.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { type KnownDatabase, readSchema, type Schema } from '../sqlite/schema.ts';
import type { Stage } from '../stage/stage.ts';
import { contentHash } from '../stage/staged-contents.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { createYielder } from '../system/yielder.ts';
import { describeSearchIndex } from '../write/search-index.ts';
import type { IndexStates, WrittenEffects } from '../write/write-tables.ts';
import { requireInOrder } from './found-before.ts';
import type { PreparedPlan } from './plan.ts';

/** How the tables were written, and how each search index was before. */
export type Written = {
  readonly effects: WrittenEffects;
  readonly indexes: IndexStates;
  /** Nothing of it stays. Then SQLite's check of the file is only asked about the rows: nobody keeps that file. */
  readonly isTrial: boolean;
};

/** What the verification found. */
export type Verified = {
  readonly checks: readonly CheckResult[];
  /** How many references point nowhere now, as far as that can be checked. */
  readonly violations: number;
  /** Which of them are new. */
  readonly orphans: readonly Orphans[];
  /** Derived tables that do not hold what the snapshot holds of them. */
  readonly notRestored: readonly NotRestored[];
};

/**
 * Proves, inside the transaction, that the database is what the plan says: every touched table holds what the snapshot
 * holds, bystanders and schema are unchanged, there is no new damage, and search indexes agree with their contents, except
 * those that were left. A check that can't run here is reported as not run.
 * @throws `verification-failed`, `leaves-orphans`, `row-refused`; the caller rolls back
 */
export async function verifyRestore(
  database: KnownDatabase<WriteDatabase>,
  prepared: PreparedPlan,
  { effects, indexes, isTrial }: Written,
  task: TaskOptions,
): Promise<Verified> {
  const { db, schema } = database;
  const yielder = createYielder(task);
  const checks: CheckResult[] = [];
  const steps = prepared.comparisons.length + 3;
  let done = 0;
  const report = (cancellable: boolean) => {
    yielder.report({ phase: 'verify', done, total: steps, unit: 'steps', cancellable });
    done += 1;
  };
  const { stage } = prepared;
  for (const [index, { staged }] of prepared.comparisons.entries()) {
    report(true);
    const { live } = staged;
    requireSame(compareTable(db, staged, stage.tables.length + index, 'differing'));
    checks.push({ check: 'content-hash', subject: live.name, result: 'ok', detail: null });
    await yielder.step();
  }
  report(true);
  const now = await hashLiveTables(database, prepared.effects.reachable, task);
  for (const [name, hash] of prepared.reachable) {
    if (now.get(name) !== hash) throw failed('bystanders', name, hash, now.get(name) ?? 'nothing');
    checks.push({ check: 'bystanders', subject: name, result: 'ok', detail: hash });
  }
  const schemaNow = readSchema(db);
  const sameTriggers = firingOrder(schemaNow) === firingOrder(schema);
  if (schemaNow.hash !== schema.hash || schemaNow.userVersion !== schema.userVersion || !sameTriggers)
    throw failed('schema', 'sqlite_schema', schema.hash, schemaNow.hash);
  checks.push({ check: 'schema', subject: null, result: 'ok', detail: schema.hash });
  report(false);
  for (const index of effects.searchIndexes)
    checks.push(describeSearchIndex(index, indexes.get(index.name) ?? 'unchecked'));
  checks.push(...prepared.plan.notKeptUp.map(describeNotKeptUp));
  const notRestored: NotRestored[] = [];
  for (const { staged } of prepared.derived) {
    const check = await compareDerived(database, prepared.stage, staged, task);
    checks.push(check);
    // What can't be compared is of then only where it followed the tables.
    const isLeft =
      check.result === 'not-brought-back' ||
      (check.result === 'not-run' && prepared.plan.notKeptUp.some(({ name }) => name === staged.live.name));
    if (isLeft) notRestored.push(describeLeft(db, staged.live.name));
  }
  const { integrity, orphans } = compareIntegrity(db, prepared, { effects, isTrial });
  checks.push(...describeKeys(integrity, orphans), ...describeIntegrity(integrity));
  report(true);
  return {
    checks,
    violations: countViolations(integrity),
    orphans,
    notRestored,
  };
}

/** Requires that a table holds exactly the rows of the snapshot, one by one. @throws `verification-failed` */
function requireSame({ staged, liveRows, added, removed, changed }: Comparison): void {
  if (added + removed + changed === 0 && liveRows === staged.rows) return;
  const found = `${liveRows} rows, of which ${changed} differ and ${removed} are not in the snapshot; ${added} of it are missing`;
  throw failed('content-hash', staged.live.name, `${staged.rows} rows as in the snapshot`, found);
}

/** Whether a derived table holds what the snapshot holds of it, now that its sources are restored. It may differ; the plan says so. */
async function compareDerived(
  database: KnownDatabase,
  stage: Stage,
  staged: StagedTable,
  task: TaskOptions,
): Promise<CheckResult> {
  const { live, columns } = staged;
  const about = { check: 'content-hash', subject: live.name } as const;
  if (live.readOnly === 'no-contents')
    return { ...about, result: 'not-run', detail: 'it keeps no text that could be compared' };
  const found = await hashLiveTable(database, live, columns, task);
  return found === (await contentHash(stage, staged, task))
    ? { ...about, result: 'ok', detail: found }
    : { ...about, result: 'not-brought-back', detail: 'its rows come from elsewhere, so it was not written' };
}

function describeLeft(db: WriteDatabase, name: string): NotRestored {
  const rows = db
    .prepare<[], unknown>(`SELECT count(*) FROM main.${quoteName(name)}`)
    .pluck()
    .get();
  return { name, rows: Number(rows), choice: false };
}

/** The triggers of each table in the order in which they were created. */
function firingOrder({ triggers }: Schema): string {
  const byTable = Map.groupBy(triggers, ({ table }) => foldName(table));
  return JSON.stringify([...byTable].map(([table, own]) => [table, own.map(({ name }) => name)]).sort());
}

function failed(check: CheckResult['check'], subject: string, expected: string, got: string): SnapbackError {
  return new SnapbackError(
    'verification-failed',
    `The result was not what the plan says, in “${subject}”; everything was put back.`,
    {
      check,
      subject,
      expected,
      got,
    },
  );
}

function compareIntegrity(
  db: WriteDatabase,
  prepared: PreparedPlan,
  { effects, isTrial }: Pick<Written, 'effects' | 'isTrial'>,
) {
  const { integrity: before, comparisons, knownFaults: known, plan, whole } = prepared;
  const written = comparisons.map(({ staged }) => staged.live.name);
  const after =
    isTrial && areRowsInOrder(db, written) ? { ...IN_ORDER, ...checkKeys(db) } : checkIntegrity(db);
  if (prepared.indexes !== null) requireInOrder(after, effects);
  const touched = new Set(written.map(foldName));
  const { acceptDrift } = plan.options;
  const leftBehind = effects.searchIndexes
    .filter(({ handling }) => handling === 'left')
    .map(({ name }) => name);
  const fault = findNewFault(before, after, {
    ...{ touched, whole: whole ?? touched, known },
    ...{ leftBehind, acceptDrift },
  });
  if (fault !== null) throw faultError(fault);
  return { integrity: after, orphans: findOrphans(before, after, touched) };
}

function faultError(fault: Fault): SnapbackError {
  if (fault.check === 'foreign-keys') {
    const { table, parent, violations } = fault.broken;
    return new SnapbackError(
      'leaves-orphans',
      `Some rows of “${table}” would point to rows of “${parent}” that no longer exist.`,
      { check: fault.check, subject: `foreign key ${fault.key}`, table, parent, violations },
    );
  }
  if (!isBrokenCheck(fault.line)) return failed('integrity', fault.line, 'no new damage', fault.line);
  return new SnapbackError('row-refused', "The database's own rules refuse a row.", { reason: fault.line });
}

/** A table that stays as it was is never called in order. */
function describeNotKeptUp({ name, by }: RestorePlan['notKeptUp'][number]): CheckResult {
  const triggers = by.map(({ trigger, table }) => `“${trigger}” of “${table}”`).join(', ');
  const detail =
    by.length === 0
      ? 'nothing in the database keeps it in step with the tables; if the chat app does, it is out of step now'
      : `it stays as it was: what keeps it up did not run (${by.length === 1 ? 'trigger' : 'triggers'} ${triggers})`;
  return { check: 'derived', subject: name, result: 'left', detail };
}

function describeKeys(after: Integrity, orphans: readonly Orphans[]): readonly CheckResult[] {
  const about = { check: 'foreign-keys', subject: null } as const;
  const violations = countViolations(after);
  const found: CheckResult =
    violations === 0
      ? { ...about, result: 'ok', detail: null }
      : orphans.length === 0
        ? { ...about, result: 'unchanged-damage', detail: `${violations} violations, as before or fewer` }
        : { ...about, result: 'came-back', detail: orphans.map(describeOrphans).join('; ') };
  return [
    found,
    ...after.uncheckedKeys.map((subject) => ({
      ...about,
      subject,
      result: 'not-run' as const,
      detail: 'a foreign key has no matching index',
    })),
  ];
}

function describeOrphans({ table, parent, rows, comesBack }: Orphans): string {
  const count = rows === 1 ? '1 row' : `${rows} rows`;
  return comesBack
    ? `${count} of “${table}” came back without what it refers to in “${parent}”`
    : `${count} of “${table}” lost what it refers to in “${parent}”`;
}

function describeIntegrity(after: Integrity): readonly CheckResult[] {
  const check = 'integrity';
  const detail = `${after.quick ? 'quick_check' : 'integrity_check'}${after.byTable ? ', table by table' : ''}`;
  const [first] = describeDamage(after);
  return [
    first === undefined
      ? { check, subject: null, result: 'ok', detail }
      : { check, subject: null, result: 'unchanged-damage', detail: first },
    ...after.unchecked.map((subject) => ({ check, subject, result: 'not-run', detail }) as const),
  ];
}
