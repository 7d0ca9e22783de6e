import type { DataFolder } from '../host/data-folder.ts';
import type { SnapshotRef } from '../model/diff.ts';
import type { Refusal } from '../model/restore.ts';
import type { MergedPart, SelectedPart } from '../model/selection.ts';
import type { Stage } from '../stage/stage.ts';
import type { PrivateFolder } from '../system/private-folder.ts';

/* What is made of a staged snapshot where only some of its rows are restored: because they were selected, or in a merge. */

/** The whole snapshot is attached under this name, beside the copy that is restored. */
export const SOURCE_SCHEMA = 'snapback_source';

/** What was selected of a stage. */
export type Selected = {
  readonly part: SelectedPart;
  /** What the unchosen rows are: it belongs to what a plan says. */
  readonly hash: string;
  /** Folded names of the tables that are restored as a whole. */
  readonly whole: ReadonlySet<string>;
  /** How many rows of each table are chosen, by live name. */
  readonly chosen: ReadonlyMap<string, number>;
  /** Why the part cannot be restored; null: it can. Else nothing is selected. */
  readonly obstacle: Obstacle | null;
  /** What was merged; absent: nothing was. */
  readonly merged?: Merged;
};

/**
 * `ids-reused`: an event of the chat and one of another have the same id. `too-many`: too many parents would come along.
 * `not-applied`: the tables do not hold the whole log, now or in the snapshot. `inexact`: the live rows that stay cannot be
 * held as they are. `no-operation`: no rewind is known that took the selected rows.
 */
export type Obstacle = 'no-operation' | 'ids-reused' | 'too-many' | 'not-applied' | 'inexact';

/** What a selection is made from: a snapshot’s stage that is attached as `SOURCE_SCHEMA`, and a place for a copy of it. */
export type Source = {
  readonly folder: DataFolder;
  readonly snapshot: SnapshotRef;
  readonly stage: Stage;
  readonly place: PrivateFolder;
};

export type SelectedStage = {
  /** It is not attached yet. */
  readonly stage: Stage;
  readonly selected: Selected;
  /** Null: nothing has to be closed. */
  readonly close: (() => Promise<void>) | null;
};

/** What a restore does beyond what was asked for by name, where nothing was selected. */
export const NO_PART: SelectedPart = {
  pulled: [],
  staying: [],
  moreStaying: false,
  related: [],
  guessed: [],
};

/** What a restore does that merges nothing. */
export const NO_MERGE: MergedPart = {
  base: null,
  conflicts: [],
  otherBases: [],
  ...{ conflictCount: 0, conflictsOpen: 0, conflictsHash: '' },
};

/** What was merged, and why that may not be restored; no refusals: it may. */
type Merged = {
  readonly part: MergedPart;
  /** The tables in which something is still to be chosen. */
  readonly undecided: readonly string[];
  readonly refusals: readonly Refusal[];
};
