import type { RowName } from './search.ts';
import type { SnapshotId } from './snapshots.ts';

/* Which part of a snapshot is brought back, and how it is merged with what was written since. */

/** One side of a row that differs: `mine` is what the database has now, `theirs` what the snapshot has. */
export type MergeSide = 'mine' | 'theirs';

/** Which sides are taken of the rows that both changed. What nothing chooses stays open, and then nothing is restored. */
export type MergeChoices = {
  /** For every row that `tables` does not choose. */
  readonly all: MergeSide | null;
  readonly tables: readonly {
    readonly table: string;
    /** Either for all rows of the table, or for these. */
    readonly take: MergeSide | readonly { readonly key: RowName['key']; readonly take: MergeSide }[];
  }[];
};

/** `baseId`: the snapshot of the state just after the rewind; null: the one that is found for it, if any. */
export type Merge = { readonly baseId: SnapshotId | null; readonly choices: MergeChoices };

/** A row by its columns. */
export type NamedValues = readonly (readonly [column: string, value: RowName['key'][number]])[];

/** A row of which snapshot, database and base have three different versions. Null: it is not there. */
export type Conflict = RowName & {
  readonly base: NamedValues | null;
  readonly mine: NamedValues | null;
  readonly theirs: NamedValues | null;
  /** What was chosen; null: nothing yet. */
  readonly take: MergeSide | null;
};

/** What a merge found. */
export type MergedPart = {
  /** The state that both sides are compared with; `inferred`: it is one of the same event from before the rewind. Null: none. */
  readonly base: { readonly snapshot: SnapshotId; readonly inferred: boolean } | null;
  /** Where that state cannot be read: what can take its place if a person names it; only the first ones. */
  readonly otherBases: readonly {
    readonly snapshot: SnapshotId;
    readonly takenAt: string;
    readonly inferred: boolean;
  }[];
  /** Only the first ones. */
  readonly conflicts: readonly Conflict[];
  readonly conflictCount: number;
  /** For how many of them nothing was chosen yet. */
  readonly conflictsOpen: number;
  /** What the database holds in these rows. */
  readonly conflictsHash: string;
};

/**
 * What comes back along with single rows. `none`: only what they need. `children`: also what belonged to them, by declared
 * references. `operation`: also everything else that the rewind took which took them.
 */
export type Related = 'none' | 'children' | 'operation';

/**
 * Which part of a snapshot is brought back: whole tables; what belongs to one chat, by its id; or single rows. `withGuessed`:
 * also rows that only the name of a column ties to these. Everything else stays as it is now.
 */
export type Selection =
  | { readonly by: 'tables'; readonly tables: readonly string[] }
  | { readonly by: 'chat'; readonly chat: string; readonly withGuessed: boolean }
  | {
      readonly by: 'rows';
      readonly rows: readonly RowName[];
      /** Absent: `none`. */
      readonly related?: Related | undefined;
      /** Absent: false. Only where something related comes along. */
      readonly withGuessed?: boolean | undefined;
    };

/** What a selected restore does beyond the rows that were selected by name. */
export type SelectedPart = {
  /** Parents that are missing now and come along. `because`: the row that refers to it. */
  readonly pulled: readonly (RowName & { readonly because: RowName })[];
  /**
   * Live rows that differ from the snapshot and stay all the same. `because`: a selected row refers to it; null: it belongs to
   * the chat only now, or only did so then.
   */
  readonly staying: readonly (RowName & { readonly because: RowName | null })[];
  /** There are more rows that stay than are named. */
  readonly moreStaying: boolean;
  /** How many rows of each table come back or go besides single selected ones, because they belonged to these. */
  readonly related: readonly { readonly table: string; readonly rows: number }[];
  /** Columns that by their names alone refer to the chat or to selected rows, with how many rows differ; `taken`: whether these are restored. */
  readonly guessed: readonly {
    readonly table: string;
    readonly column: string;
    readonly rows: number;
    readonly taken: boolean;
  }[];
};
