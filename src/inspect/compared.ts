import type { Comparison } from '../compare/compare-table.ts';
import type { EventMatch } from '../compare/match-events.ts';
import type { RowsOverview } from '../model/rows.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Column } from '../sqlite/table.ts';

/** A column of a compared table: its SQL name on either side, null where that side lacks it. */
export type ComparedColumn = {
  readonly column: Column;
  readonly before: string | null;
  readonly after: string | null;
};

export type ComparedTable = {
  /** By the names of the two sides. */
  readonly comparison: Comparison;
  /** Not null: the log, whose rows are told apart by what their events hold. */
  readonly match: EventMatch | null;
  /** By the names of the live table, in the order of its schema. */
  readonly columns: readonly ComparedColumn[];
  /** The key, by the names of the live table. */
  readonly key: readonly string[];
};

/**
 * Two states, compared. What differs is in temporary tables of `db`, in which `main` is the state before and the stage
 * the one after. Nothing changes as long as it is open.
 */
export type ComparedStates = {
  readonly db: AnyDatabase;
  readonly encoding: Schema['encoding'];
  readonly overview: RowsOverview;
  /** By folded name. */
  readonly tables: ReadonlyMap<string, ComparedTable>;
  /** Turns SQLite's errors of `db` into ours. */
  readonly explain: (error: unknown) => unknown;
};
