import type { HostDatabase } from '../host/host-database.ts';
import type { Diff, TableDiff } from '../model/diff.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import type { Stage } from '../stage/stage.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { createYielder, type Yielder } from '../system/yielder.ts';
import { type Comparison, compareTable, type Rewrite } from './compare-table.ts';
import { type EventMatch, matchEvents } from './match-events.ts';

export type ComparedTables = {
  /** One for each staged table, with the log counted by its events. */
  readonly comparisons: readonly Comparison[];
  /** Null without a log. */
  readonly match: EventMatch | null;
};

export type SnapshotComparison = {
  /** One for each table that snapshot and live schema share, the log first. */
  readonly comparisons: readonly Comparison[];
  readonly tables: readonly TableDiff[];
  readonly lineage: Diff['lineage'];
  /** Null without a log. */
  readonly match: EventMatch | null;
};

/**
 * Compares every table of the stage with `main`, and tells whether both are one timeline. Writes temporary tables only.
 * @throws `schema-needs-host`, `cancelled`, database errors
 */
export async function compareSnapshot(
  database: HostDatabase,
  stage: Stage,
  rewrite: Rewrite,
  task: TaskOptions,
): Promise<SnapshotComparison> {
  const yielder = createYielder(task);
  const { comparisons, match } = await compareTables(database, stage.tables, rewrite, yielder);
  return {
    comparisons,
    tables: describeTables(database, comparisons, stage),
    lineage: match?.lineage ?? 'same',
    match,
  };
}

/**
 * Compares staged tables with `main`, one after the other, each by its place among them. Writes temporary tables only.
 * @throws as `compareTables`
 */
export async function compareEach(
  database: HostDatabase,
  tables: readonly StagedTable[],
  rewrite: Rewrite,
  yielder: Yielder,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const [index, staged] of tables.entries()) {
    yielder.report({
      phase: 'compare',
      done: index,
      total: tables.length,
      unit: 'tables',
      // A table is compared in a few statements, none of which can be interrupted.
      cancellable: false,
    });
    comparisons.push(compareTable(database.db, staged, index, rewrite));
    await yielder.step();
  }
  return comparisons;
}

/**
 * Compares staged tables with `main`, and matches the events of the log. Writes temporary tables only.
 * @throws `schema-needs-host`, `cancelled`, database errors
 */
export async function compareTables(
  database: HostDatabase,
  tables: readonly StagedTable[],
  rewrite: Rewrite,
  yielder: Yielder,
): Promise<ComparedTables> {
  const comparisons = await compareEach(database, tables, rewrite, yielder);
  const log = comparisons.find(({ staged }) => staged.role === 'log');
  const match = log === undefined ? null : matchEvents(database, log);
  return {
    comparisons: comparisons.map((one) => (match !== null && one === log ? match.log : one)),
    match,
  };
}

/** What is said of each table of the profile: the log first. */
export function describeTables(
  { db, schema, profile }: HostDatabase,
  comparisons: readonly Comparison[],
  stage: Pick<Stage, 'unreadable' | 'drift'>,
): readonly TableDiff[] {
  const names = [profile.log.table, ...profile.tables];
  return names.flatMap((name): readonly TableDiff[] => {
    const role: StagedTable['role'] = name === profile.log.table ? 'log' : 'projected';
    const compared = comparisons.find(({ staged }) => foldName(staged.live.name) === foldName(name));
    if (compared !== undefined) return [describeCompared(compared)];
    const none = { role, added: 0, removed: 0, changed: 0, unchanged: 0 };
    const unreadable = schema.unreadable.get(foldName(name));
    if (unreadable !== undefined) {
      const { rows = 0 } = stage.unreadable.find(({ table }) => foldName(table) === foldName(name)) ?? {};
      return [{ ...none, name: unreadable.name, state: 'unreadable', snapshotRows: rows, liveRows: 0 }];
    }
    const missing = stage.drift.find(
      ({ kind, table }) => kind === 'table-missing-live' && foldName(table) === foldName(name),
    );
    if (missing !== undefined)
      return [{ ...none, name, state: 'missing-live', snapshotRows: missing.loses, liveRows: 0 }];
    const live = schema.tables.get(foldName(name));
    if (live === undefined) return [];
    const liveRows = Number(
      db
        .prepare<[], unknown>(`SELECT count(*) FROM main.${quoteName(live.name)} ${live.scanHint}`)
        .pluck()
        .get(),
    );
    return [{ ...none, name: live.name, state: 'not-in-snapshot', snapshotRows: 0, liveRows }];
  });
}

/** What is said of a table that was compared. */
export function describeCompared({ staged, liveRows, added, removed, changed }: Comparison): TableDiff {
  const isDerived = staged.live.readOnly !== null;
  const isLeft = !isDerived && staged.emptyOrAbsent && liveRows > 0;
  return {
    name: staged.live.name,
    role: staged.role,
    state: isDerived ? 'derived' : isLeft ? 'empty-then' : 'compared',
    snapshotRows: staged.rows,
    liveRows,
    added,
    removed: isLeft ? 0 : removed,
    changed,
    unchanged: staged.rows - added - changed,
  };
}
