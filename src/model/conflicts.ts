import type { TableDiff } from './diff.ts';
import type { Refusal } from './restore.ts';
import type { CellPreview } from './rows.ts';
import type { RowName } from './search.ts';
import type { MergedPart } from './selection.ts';
import type { SnapshotId } from './snapshots.ts';

/** The snapshot that is to be merged with what was written since; `baseId` as in a merge. */
export type ConflictsSubject = { readonly snapshotId: SnapshotId; readonly baseId: SnapshotId | null };

/** The rows that both sides changed, by table. */
export type ConflictsOverview = {
  readonly base: MergedPart['base'];
  /** Why nothing can be merged; null: it can. */
  readonly refusal: Refusal | null;
  /** Only tables with such rows. */
  readonly tables: readonly ConflictsTable[];
  /** As `conflictsHash` in a plan of the same moment. */
  readonly hash: string;
};

export type ConflictsTable = Pick<TableDiff, 'name' | 'role'> & { readonly rows: number };

/** A row as one side has it. */
export type ShownVersion = {
  /** What an event says; null: it says nothing, or it is none. */
  readonly said: { readonly speaker: string | null; readonly text: string } | null;
  /** In the order of the columns of the conflict. */
  readonly cells: readonly CellPreview[];
};

/** A row that both sides changed. Null: that side does not have it. */
export type ShownConflict = Pick<RowName, 'key'> & {
  /** The key, and columns in which the two sides differ. */
  readonly columns: readonly { readonly name: string; readonly isKey: boolean }[];
  /** How many other columns differ as well. */
  readonly moreColumns: number;
  readonly base: ShownVersion | null;
  readonly mine: ShownVersion | null;
  readonly theirs: ShownVersion | null;
};
