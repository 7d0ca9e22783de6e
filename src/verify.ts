import type { WriteDatabase } from './database.ts';
import { SnapbackError } from './errors.ts';
import { checkIntegrity, countViolations, newDamage } from './integrity.ts';
import type { CheckResult, TaskOptions } from './model.ts';
import { createPace } from './pace.ts';
import { allColumns, hashLiveTable, type PreparedPlan } from './plan.ts';
import { readSchema, type Schema } from './schema.ts';
import { checkSearchIndex, rebuildSearchIndex } from './side-effects.ts';
import { foldName } from './sql.ts';

/** Content hashes, by table, of the tables that the plan does not name but that something could have reached. */
export async function hashBystanders(
  db: WriteDatabase,
  prepared: PreparedPlan,
  schema: Schema,
  task: TaskOptions,
): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const name of prepared.effects.reachable) {
    const table = schema.tables.get(foldName(name));
    if (table !== undefined)
      hashes.set(name, await hashLiveTable(db, table, allColumns(table), schema, task));
  }
  return hashes;
}

/** Content of the touched tables after a restore, with the hash of every column for the receipt. */
export type Verified = {
  readonly checks: readonly CheckResult[];
  readonly after: ReadonlyMap<string, string>;
};

/**
 * Proves, inside the transaction, that the database is what the plan says: content of every touched table against the
 * snapshot, bystanders and schema unchanged, no damage that was not there before, search indexes in agreement (a stale
 * one is rebuilt and said). A check that can't run here is reported as not run.
 * @throws `verification-failed`; the caller rolls back
 */
export async function verifyRestore(
  db: WriteDatabase,
  prepared: PreparedPlan,
  bystanders: ReadonlyMap<string, string>,
  schema: Schema,
  task: TaskOptions,
): Promise<Verified> {
  const pace = createPace(task);
  const checks: CheckResult[] = [];
  const after = new Map<string, string>();
  const steps = prepared.comparisons.length + 3;
  let done = 0;
  const report = (cancellable: boolean) => {
    pace.report({ phase: 'verify', done, total: steps, unit: 'steps', cancellable });
    done += 1;
  };
  for (const { staged } of prepared.comparisons) {
    report(true);
    const { live, columns, hash } = staged;
    const found = await hashLiveTable(db, live, columns, schema, task);
    if (found !== hash) throw failed('content-hash', live.name, hash, found);
    const all = allColumns(live);
    const same = all.length === columns.length && all.every((column, index) => column === columns[index]);
    after.set(live.name, same ? found : await hashLiveTable(db, live, all, schema, task));
    checks.push({ check: 'content-hash', subject: live.name, result: 'ok', detail: found });
  }
  report(true);
  const now = await hashBystanders(db, prepared, schema, task);
  for (const [name, hash] of bystanders) {
    if (now.get(name) !== hash) throw failed('bystanders', name, hash, now.get(name) ?? 'nothing');
    checks.push({ check: 'bystanders', subject: name, result: 'ok', detail: hash });
  }
  const schemaNow = readSchema(db);
  if (schemaNow.hash !== schema.hash || schemaNow.userVersion !== schema.userVersion)
    throw failed('schema', 'sqlite_schema', schema.hash, schemaNow.hash);
  checks.push({ check: 'schema', subject: null, result: 'ok', detail: schema.hash });
  checks.push(...checkSearchIndexes(db, prepared));
  report(false);
  checks.push(...(await compareIntegrity(db, prepared)));
  report(true);
  return { checks, after };
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

function checkSearchIndexes(db: WriteDatabase, { effects }: PreparedPlan): readonly CheckResult[] {
  return effects.searchIndexes.map((index): CheckResult => {
    const subject = index.name;
    const found = checkSearchIndex(db, index);
    if (found === 'ok') return { check: 'search-index', subject, result: 'ok', detail: null };
    if (found === null)
      return {
        check: 'search-index',
        subject,
        result: 'not-run',
        detail: 'this index can not be checked here',
      };
    rebuildSearchIndex(db, index);
    if (checkSearchIndex(db, index) !== 'ok') throw failed('search-index', subject, 'in agreement', 'stale');
    return { check: 'search-index', subject, result: 'rebuilt', detail: null };
  });
}

async function compareIntegrity(
  db: WriteDatabase,
  { integrity: before, plan, comparisons }: PreparedPlan,
): Promise<readonly CheckResult[]> {
  const after = await checkIntegrity(db);
  // Rows that violated a key when they were dumped come back as they were, or there would be no way back to them. An
  // undo brings back the parents' old state too, whatever it means for tables that no snapshot names.
  const expected = new Set(
    plan.action === 'undo'
      ? [...(after.foreignKeys?.values() ?? [])].map(({ table }) => table)
      : comparisons.map(({ staged }) => staged.live.name),
  );
  const [worse] = newDamage(before, after, expected);
  if (worse !== undefined)
    throw failed(
      worse.startsWith('foreign key') ? 'foreign-keys' : 'integrity',
      worse,
      'no new damage',
      worse,
    );
  const violations = countViolations(after);
  const grown = Math.max(0, violations - countViolations(before));
  const integrityName = after.quick ? 'quick_check' : 'integrity_check';
  return [
    after.foreignKeys === null
      ? {
          check: 'foreign-keys',
          subject: null,
          result: 'not-run',
          detail: 'a foreign key has no matching index',
        }
      : {
          check: 'foreign-keys',
          subject: null,
          result: violations === 0 ? 'ok' : 'unchanged-damage',
          detail:
            violations === 0
              ? null
              : grown === 0
                ? `${violations} violations, as before or fewer`
                : `${violations} violations, ${grown} of which came back with the rows`,
        },
    after.damage === null
      ? { check: 'integrity', subject: null, result: 'not-run', detail: integrityName }
      : {
          check: 'integrity',
          subject: null,
          result: after.damage.length === 0 ? 'ok' : 'unchanged-damage',
          detail: after.damage.length === 0 ? integrityName : (after.damage[0] ?? null),
        },
  ];
}
