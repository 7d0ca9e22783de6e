import { createHash } from 'node:crypto';
import { applyStatements } from './apply-table.ts';
import { type Comparison, needingHost } from './compare.ts';
import type { AnyDatabase, WriteDatabase } from './database.ts';
import { compareSnapshot } from './diff.ts';
import { SnapbackError } from './errors.ts';
import { checkIntegrity, countViolations, type Integrity } from './integrity.ts';
import type { PlannedTable, RestoreOptions, RestorePlan, SnapshotRef, TaskOptions } from './model.ts';
import { createPace } from './pace.ts';
import { findRefusals, type Surroundings } from './plan-refusals.ts';
import type { Profile } from './profile.ts';
import { createTableHasher } from './row-hash.ts';
import { readSchema, type Schema, scanOrder, type Table } from './schema.ts';
import { checkSearchIndex, findSideEffects, type SideEffects } from './side-effects.ts';
import { readLastEventId } from './snapshot-writer.ts';
import { foldName, quoteName } from './sql.ts';
import type { Stage } from './stage.ts';
import { readRows } from './table-rows.ts';

export type PlanRequest = {
  readonly action: 'restore' | 'undo';
  readonly snapshot: SnapshotRef;
  readonly options: RestoreOptions;
  readonly stage: Stage;
  readonly schema: Schema;
  readonly profile: Profile;
  readonly surroundings: Surroundings;
  /** On a private copy: compile every statement and check every search index, which takes a writable handle. */
  readonly trial: boolean;
};

/** A plan together with what applying it needs; the temporary tables of its comparisons live in the connection that made it. */
export type PreparedPlan = {
  readonly plan: RestorePlan;
  readonly comparisons: readonly Comparison[];
  readonly effects: SideEffects;
  readonly integrity: Integrity;
  /** Content of each touched live table over all its columns, by live name. */
  readonly before: ReadonlyMap<string, string>;
};

/**
 * Says exactly what a restore will do to the database as this connection sees it: a private copy, or the live database
 * inside the transaction that will apply it. The same state gives the same plan and the same id. Writes nothing but
 * temporary tables.
 * @throws `schema-needs-host`, `cancelled`, database errors; what would refuse the plan is in `refusals`
 */
export async function preparePlan(
  db: WriteDatabase,
  request: PlanRequest,
  task: TaskOptions,
): Promise<PreparedPlan> {
  const { schema, stage, profile, options, snapshot, surroundings } = request;
  const found = await compareSnapshot(db, stage, schema, profile, options.rewrite, task);
  const cleared = new Set(options.clearTables.map(foldName));
  for (const name of options.clearTables)
    if (!found.tables.some((table) => foldName(table.name) === foldName(name)))
      throw new SnapbackError('usage', `There is no table “${name}” that could be emptied.`, { table: name });
  const tables = found.tables.map((table): PlannedTable => {
    const wanted = table.role === 'projected' || options.mode === 'full';
    const known =
      table.state === 'compared' || (table.state === 'empty-then' && cleared.has(foldName(table.name)));
    return { ...table, action: wanted && known ? 'write' : 'leave' };
  });
  const written = new Set(
    tables.filter((table) => table.action === 'write').map((table) => foldName(table.name)),
  );
  const comparisons = found.comparisons.filter(({ staged }) => written.has(foldName(staged.live.name)));
  const touched = comparisons.map(({ staged }) => staged.live.name);
  const effects = findSideEffects(db, schema, touched);
  const before = new Map<string, string>();
  for (const { staged } of comparisons)
    before.set(staged.live.name, await hashLiveTable(db, staged.live, allColumns(staged.live), schema, task));
  const integrity = await checkIntegrity(db);
  if (request.trial) tryStatements(db, comparisons, effects, schema);
  const full = options.mode === 'full';
  const newer = full ? found.newer : [];
  const plan: Omit<RestorePlan, 'planId' | 'refusals'> = {
    action: request.action,
    snapshot,
    options,
    tables,
    bystanders: [...schema.tables.values()]
      .map((table) => table.name)
      .filter((name) => !written.has(foldName(name))),
    newerEvents: newer,
    returningEvents: full ? found.returning : [],
    newerEventsLost: newer.reduce((sum, group) => sum + group.events - group.rewindRecords, 0),
    schemaDrift: stage.drift,
    guessedBlobs: stage.guessedBlobs,
    triggers: [
      ...effects.keptTriggers.map(({ object }) => ({
        name: object.name,
        table: object.table,
        handling: 'kept' as const,
      })),
      ...effects.setAsideTriggers.map(({ object }) => ({
        name: object.name,
        table: object.table,
        handling: 'set-aside' as const,
      })),
    ],
    searchIndexes: effects.searchIndexes.map((index) => ({
      name: index.name,
      before: request.trial ? (checkSearchIndex(db, index) ?? 'unchecked') : 'unchecked',
    })),
    foreignKeyViolations: countViolations(integrity),
    damage: integrity.damage ?? [],
    inUse: surroundings.inUse,
    safetyCopy: { folder: surroundings.safetyFolder, aboutBytes: surroundings.aboutBytes },
    freshCheckpoint: full,
    hostReplay: full ? null : hostReplay(db, request),
    space: surroundings.space,
  };
  const refusals = findRefusals(plan, { stage, integrity, surroundings });
  return {
    plan: { ...plan, planId: planId(request, schema, before), refusals },
    comparisons,
    effects,
    integrity,
    before,
  };
}

function planId(request: PlanRequest, schema: Schema, before: ReadonlyMap<string, string>): string {
  const { action, snapshot, options } = request;
  // Accepting drift is a consent, not a part of what happens: the plan that was shown stays the plan.
  const { mode, clearTables, rewrite } = options;
  const identity = [
    action,
    snapshot.sha256,
    [schema.hash, schema.userVersion],
    [mode, [...clearTables].sort(), rewrite],
    [...before].sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

function hostReplay(
  db: AnyDatabase,
  { surroundings, snapshot, profile }: PlanRequest,
): RestorePlan['hostReplay'] {
  const { checkpoint } = surroundings;
  return {
    checkpoint: checkpoint?.id ?? null,
    afterEvent: checkpoint?.lastEventId ?? 0n,
    upToEvent: readLastEventId(db, profile),
    tablesAtEvent: snapshot.lastEventId ?? 0n,
  };
}

/** Every column that can be written, by name. */
export function allColumns(table: Table): readonly string[] {
  return table.columns.map((column) => column.name);
}

/** The content hash of a live table over the given columns. */
export async function hashLiveTable(
  db: AnyDatabase,
  table: Table,
  columns: readonly string[],
  schema: Schema,
  task: TaskOptions,
): Promise<string> {
  const pace = createPace(task);
  const hasher = createTableHasher(columns);
  const source = {
    schemaName: 'main',
    table: table.name,
    columns,
    order: scanOrder(table),
    encoding: schema.encoding,
  };
  let rows = 0;
  for (const row of readRows(db, source)) {
    hasher.add(row);
    rows += 1;
    if (rows % 256 === 0) await pace.step();
  }
  return hasher.finish().hash;
}

/**
 * Compiles every statement that applying would run, with the triggers away that would be away, and puts those back to
 * see that the schema survives it. All in a private copy, and rolled back even there.
 */
function tryStatements(
  copy: WriteDatabase,
  comparisons: readonly Comparison[],
  effects: SideEffects,
  schema: Schema,
): void {
  copy.exec('BEGIN');
  try {
    for (const { object } of effects.setAsideTriggers)
      copy.exec(`DROP TRIGGER main.${quoteName(object.name)}`);
    for (const comparison of comparisons)
      needingHost(comparison.staged.live.name, () => {
        for (const sql of Object.values(applyStatements(comparison)))
          copy.prepare(`EXPLAIN ${sql}`).all(1, 1);
      });
    for (const { object } of effects.setAsideTriggers)
      needingHost(object.table, () => copy.exec(object.sql ?? ''));
    if (readSchema(copy).hash !== schema.hash)
      throw new SnapbackError('schema-needs-host', 'A trigger can not be set aside and put back as it was.');
  } finally {
    copy.exec('ROLLBACK');
  }
}
