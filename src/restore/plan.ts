import { compareSnapshot } from '../compare/compare-snapshot.ts';
import type { Comparison, Rewrite } from '../compare/compare-table.ts';
import { groupEvents, NO_GROUPS } from '../compare/event-groups.ts';
import { type EventMatch, replacesEvent } from '../compare/match-events.ts';
import { hashLiveTables } from '../host/content-hash.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { SnapshotRef, TableDiff } from '../model/diff.ts';
import type { PlannedTable, RestoreOptions, RestorePlan } from '../model/restore.ts';
import type { TaskOptions } from '../model/task.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import {
  checkKeys,
  countViolations,
  describeDamage,
  type Integrity,
  type KnownFaults,
} from '../sqlite/integrity.ts';
import { foldName } from '../sqlite/names.ts';
import type { Stage } from '../stage/stage.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { createYielder } from '../system/yielder.ts';
import { findNotKeptUp } from '../write/not-kept-up.ts';
import { findSideEffects } from '../write/side-effects.ts';
import type { IndexStates, TableWork } from '../write/write-tables.ts';
import { requireClearable } from './clearable.ts';
import type { PlanFound } from './found-before.ts';
import { findKeepRefusal, type KeptEvents } from './keep-newer.ts';
import { describeEffects, findBystanders } from './plan-effects.ts';
import { planId, readByEvidence } from './plan-id.ts';
import { findForeignEventId, isLogAsLeft } from './planned-log.ts';
import type { Preflight } from './preflight.ts';
import { findRefusals } from './refusals.ts';
import { findSelectRefusal } from './select.ts';
import { NO_MERGE, NO_PART, type Selected } from './selected-stage.ts';
import { findHostReplay, findReplay } from './tables-at.ts';
import { isToldWhole, type ToldContent, tellContent } from './touched-content.ts';

export type PlanRequest = {
  readonly action: 'restore' | 'undo';
  readonly snapshot: SnapshotRef;
  readonly options: RestoreOptions;
  readonly rewrite: Rewrite;
  readonly stage: Stage;
  readonly preflight: Preflight;
  /** Begins SQLite's checks of the database that is planned for, as it is when the plan begins. */
  readonly beginCheck: () => Promise<Integrity>;
  /** Begins to add up a staged table, whose total a safety copy will need. */
  readonly beginTotal?: (table: StagedTable) => void;
  /** The events that were added to the stage, in a plan that keeps newer ones; else null. */
  readonly kept: KeptEvents | null;
  /** What was selected of the stage; null: all is restored. */
  readonly selected: Selected | null;
  /** Whether somebody will see the plan. Otherwise an undo names the events that differ only where it may be refused for them. */
  readonly isShown: boolean;
  /** What an earlier plan found. It is taken over if this plan turns out to be the same. */
  readonly found?: PlanFound | null;
};

/** A plan with what applying it needs. The temporary tables of its comparisons belong to the connection that made it. */
export type PreparedPlan = TableWork & {
  readonly plan: RestorePlan;
  readonly stage: Stage;
  /** The states of the search indexes, where they and `integrity` were taken over; null where they have to be checked. */
  readonly indexes: IndexStates | null;
  /** What was wrong in the state that an undo brings back, and so may be wrong again; null where that is not known. */
  readonly knownFaults: KnownFaults | null;
  /** Folded names of the tables of which all rows are restored; null: all that are written. */
  readonly whole: ReadonlySet<string> | null;
  /** Null without a log. */
  readonly match: EventMatch | null;
  /** Tables that were compared but are not written, because their rows come from elsewhere. */
  readonly derived: readonly Comparison[];
  /** The event up to which the tables will hold the log; null: all of it. */
  readonly tablesAt: bigint | null;
  /** Content of each touched live table. */
  readonly contents: readonly ToldContent[];
  /** Content of the tables outside the plan that a trigger or foreign key could reach, by live name. */
  readonly reachable: ReadonlyMap<string, string>;
};

/**
 * Says exactly what a restore will do to the database as this connection sees it. That is a private copy, or the live
 * database inside the transaction that will apply the plan. The same state gives the same plan and the same id. What only
 * a rehearsal can tell is left open. Writes temporary tables only.
 * @throws `usage` for a table that cannot be emptied, `schema-needs-host`, `cancelled`, database errors; what would refuse
 * the plan is in `refusals`
 */
export async function preparePlan(
  database: HostDatabase<WriteDatabase>,
  request: PlanRequest,
  task: TaskOptions,
): Promise<PreparedPlan> {
  const { db, schema } = database;
  const { stage, options, snapshot, preflight } = request;
  const { found: earlier = null } = request;
  const checking = earlier === null ? request.beginCheck() : null;
  const found = await compareSnapshot(database, stage, request.rewrite, task);
  const cleared = new Set(options.clearTables.map(foldName));
  for (const name of options.clearTables) requireClearable(name, found.tables, options.mode);
  const isCleared = ({ state, name }: TableDiff) => state === 'empty-then' && cleared.has(foldName(name));
  const isAsked = isIn(request.selected === null ? null : stage.tables.map(({ live }) => live.name));
  const tables = found.tables.filter(isAsked).map((table): PlannedTable => {
    const wanted = table.role === 'projected' || options.mode === 'full';
    const known = table.state === 'compared' || isCleared(table);
    if (!wanted || !known) return { ...table, action: 'leave', added: 0, removed: 0, changed: 0 };
    return { ...table, action: 'write', removed: isCleared(table) ? table.liveRows : table.removed };
  });
  const written = new Set(
    tables.filter((table) => table.action === 'write').map((table) => foldName(table.name)),
  );
  const comparisons = found.comparisons.filter(({ staged }) => written.has(foldName(staged.live.name)));
  for (const one of comparisons) if (isToldWhole(one)) request.beginTotal?.(one.staged);
  const touched = comparisons.map(({ staged }) => staged.live.name);
  const derived = found.comparisons.filter(({ staged }) => staged.live.readOnly !== null);
  const effects = findSideEffects(database, touched);
  const report = (cancellable: boolean) =>
    task.onProgress?.({
      phase: 'compare',
      done: 0,
      total: comparisons.length,
      unit: 'tables',
      cancellable,
    });
  report(true);
  const contents: ToldContent[] = [];
  for (const comparison of comparisons) contents.push(await tellContent({ database, comparison }, task));
  const reachable = await hashLiveTables(database, effects.reachable, task);
  const derivedNow = await hashLiveTables(
    database,
    derived.map(({ staged }) => staged.live.name),
    task,
  );
  const touchedNow = contents.map(({ name, told }) => [name, told] as const);
  const known = [touchedNow, [...reachable], [...derivedNow], await readByEvidence(stage, task)];
  const hashes = { keptHash: request.kept?.hash ?? null, selectedHash: request.selected?.hash ?? null };
  const id = planId({ ...request, ...hashes }, schema, known);
  const before = earlier?.planId === id ? earlier : null;
  report(false);
  const integrity =
    before === null ? await (checking ?? request.beginCheck()) : { ...before.integrity, ...checkKeys(db) };
  report(true);
  const full = options.mode === 'full';
  const writesLog = tables.some(({ role, action }) => role === 'log' && action === 'write');
  // What is selected of a log fits in between the events that stay, unless a single one takes the place of another.
  const isPartOfLog = request.selected?.whole.has(foldName(database.profile.log.table)) === false;
  const replaces =
    options.selection?.by === 'rows' && found.match !== null && replacesEvent(database, found.match);
  const lineage = isPartOfLog ? (replaces ? 'other' : 'same') : found.lineage;
  const mayBeRefused = lineage === 'other' || request.kept !== null;
  // A restore is named by what it brings back. An undo is named by the restore that it takes back.
  const isTold = writesLog && (request.isShown || mayBeRefused || request.action === 'restore');
  const { newer, returning } = isTold
    ? await groupEvents(database, found.match, createYielder(task))
    : NO_GROUPS;
  const undecided = request.selected?.merged?.undecided.map(foldName) ?? [];
  const replay = full ? await findReplay(database, { ...request, comparisons }, task) : null;
  const plan: Omit<RestorePlan, 'planId' | 'refusals'> = {
    action: request.action,
    snapshot,
    options,
    tables,
    notRestored: tables
      .filter(({ role, action, liveRows }) => role === 'projected' && action === 'leave' && liveRows > 0)
      .filter(({ state }) => state !== 'derived')
      .map(({ name, liveRows, state }) => ({ name, rows: liveRows, choice: state === 'empty-then' })),
    bystanders: findBystanders(schema, new Set([...written, ...undecided]), effects),
    newerEvents: newer,
    returningEvents: returning,
    newerEventsLost: newer.reduce((sum, group) => sum + group.events - group.rewindRecords, 0),
    replay: replay?.shown ?? null,
    referring: request.kept?.referring ?? [],
    lineage,
    schemaDrift: stage.drift,
    guessedBlobs: stage.guessedBlobs,
    ...describeEffects(effects, new Map()),
    notKeptUp: findNotKeptUp(schema, comparisons, effects),
    foreignKeyViolations: countViolations(integrity),
    foreignKeyViolationsAfter: null,
    orphans: [],
    damage: describeDamage(integrity),
    inUse: preflight.inUse,
    safetyCopy: { folder: preflight.safetyFolder, aboutBytes: preflight.aboutBytes },
    freshCheckpoint: full,
    hostReplay: full ? null : findHostReplay(database, request),
    space: preflight.space,
    ...(request.selected?.part ?? NO_PART),
    ...(request.selected?.merged?.part ?? NO_MERGE),
  };
  const foreignId = findForeignEventId(database, comparisons);
  const logIsAsLeft = lineage === 'other' && (await isLogAsLeft(database, request, task));
  const notKept = request.kept === null ? null : findKeepRefusal(plan, request.kept);
  const notSelected =
    request.selected === null ? null : findSelectRefusal(database, request.selected, comparisons);
  // Where the newer events stay, both logs are of one timeline, although each has events that the other lacks.
  const keeps = request.kept !== null && request.kept.events + request.kept.leftOut > 0 && notKept === null;
  const told = keeps ? { ...plan, lineage: 'same' as const } : plan;
  const refusals = findRefusals(told, { ...request, database, logIsAsLeft, foreignId, integrity });
  const notMerged = request.selected?.merged?.refusals ?? [];
  const own = [notKept, notSelected, ...notMerged].filter((refusal) => refusal !== null);
  return {
    plan: { ...told, planId: id, refusals: [...own, ...refusals] },
    whole: request.selected?.whole ?? null,
    stage,
    tablesAt: replay?.tablesAt ?? null,
    indexes: before?.indexes ?? null,
    comparisons,
    match: found.match,
    derived,
    effects,
    integrity,
    contents,
    reachable,
    knownFaults: request.action === 'undo' ? (stage.about?.restore?.faults ?? null) : null,
  };
}

/** Whether a table is one of these; null: any is. */
function isIn(names: readonly string[] | null): (table: TableDiff) => boolean {
  const folded = new Set(names?.map(foldName));
  return ({ name }) => names === null || folded.has(foldName(name));
}
