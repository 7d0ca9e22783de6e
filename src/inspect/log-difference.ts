import { compareTable, joinLive } from '../compare/compare-table.ts';
import { matchEvents } from '../compare/match-events.ts';
import { liveEventColumns } from '../log/event-columns.ts';
import { inOrder, orderColumn } from '../log/event-order.ts';
import { flaggedSql } from '../log/flags.ts';
import type { Diff } from '../model/diff.ts';
import type { TaskOptions } from '../model/task.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import type { StagedLive } from '../stage/staged-live.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { createYielder } from '../system/yielder.ts';

/** How the events of a snapshot's log stand now, found in one moment of the live database. */
export type LogDifference = {
  readonly lineage: Diff['lineage'];
  /** The columns by which live events are read. */
  readonly names: readonly string[];
  /** The rowids in the stage of events that the live log lacks. */
  readonly missing: () => Iterable<bigint>;
  /** Events that both have with other values beside: the rowid in the stage, and how they stand now. */
  readonly reflagged: () => Iterable<Reflagged>;
  /** Live events that the snapshot lacks, in their order: the values of these columns, then whether they are flagged. */
  readonly newer: (columns: readonly string[]) => Iterable<readonly unknown[]>;
};

type Reflagged = {
  readonly ord: bigint;
  readonly flagged: boolean;
  /** What supersedes it now, as stored. */
  readonly by: unknown;
};

/** Where there is nothing to compare with. */
export const NO_DIFFERENCE: LogDifference = {
  lineage: 'same',
  names: [],
  missing: () => [],
  reflagged: () => [],
  newer: () => [],
};

/** Compares the log of the stage with the live one. What it returns can be read as long as the moment lasts. @throws as `compareTable` */
export async function findLogDifference(
  { database }: Pick<StagedLive, 'database'>,
  log: StagedTable,
  task: TaskOptions,
): Promise<LogDifference> {
  const { db, profile } = database;
  const yielder = createYielder(task);
  yielder.report({ phase: 'compare', done: 0, total: 1, unit: 'tables', cancellable: false });
  await yielder.step();
  const comparison = compareTable(db, log, 0, 'differing');
  const match = matchEvents(database, comparison);
  const names = log.live.columns.map(({ name }) => name);
  const events = liveEventColumns(db, profile, { names, prefix: 'l' });
  const fromLive = events.sqlOf;
  const flagged = flaggedSql(profile, fromLive);
  return {
    lineage: match.lineage,
    names: events.names,
    *missing() {
      for (const [ord] of iterate(db, `SELECT ord FROM ${match.missing} ORDER BY ord`))
        if (typeof ord === 'bigint') yield ord;
    },
    *reflagged() {
      const by = fromLive(profile.log.columns.supersededBy);
      const sql = `SELECT r.ord, ${flagged}, ${by} FROM ${match.reflagged} r ${joinLive(comparison, 'r')}`;
      for (const [ord, isFlagged, superseding] of iterate(db, sql))
        if (typeof ord === 'bigint') yield { ord, flagged: isFlagged === 1n, by: superseding };
    },
    newer(columns) {
      const values = [...columns.map(fromLive), flagged].join(', ');
      const line =
        profile.log.order === null || log.live.rowid === null ? null : `l.${quoteName(log.live.rowid)}`;
      const order = inOrder(profile, fromLive(orderColumn(profile)), line);
      return iterate(
        db,
        `SELECT ${values} FROM ${match.newer} n ${joinLive(comparison, 'n')} ORDER BY ${order}`,
      );
    },
  };
}

function iterate(db: AnyDatabase, sql: string): Iterable<readonly unknown[]> {
  return db.prepare<[], unknown[]>(sql).raw().safeIntegers().iterate();
}
