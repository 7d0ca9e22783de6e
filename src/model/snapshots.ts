/** `<kind>/<file name without .json>`. */
export type SnapshotId = string;

export type TableCount = { readonly name: string; readonly rows: number };

type Health = 'good' | 'damaged' | 'unreadable' | 'unchecked';

/** Why nothing may take a snapshot: it holds what the newest restore replaced, or what the host must load next. */
export type Need = 'needed-by-undo' | 'needed-at-next-start';

/** When and why a retention rule takes a snapshot. Times are ISO 8601 in UTC. */
export type Retention = {
  /**
   * `kept`: no rule takes it now. `goes-next`: the next checkpoint takes it. `due`: a rule would take it now.
   * `offered`: no rule ever takes it, but its time is over, so that a prune of its kind does.
   */
  readonly status: 'kept' | 'goes-next' | 'due' | 'offered';
  readonly reason:
    | 'among-newest'
    | 'beyond-newest'
    | 'within-age'
    | 'age-passed'
    | Need
    | 'safety-copy'
    | 'safety-copy-passed'
    | 'no-rule';
  /** From when on the age rule takes it, or a safety copy is offered; null where no age rule applies. */
  readonly goesAt: string | null;
  /** Place among its kind, newest = 1, and how many the rule keeps; null where no such rule applies. */
  readonly rank: number | null;
  readonly keep: number | null;
};

/** One line of the list. Everything but `tables` and `health` comes from the name, `stat`, head and tail of the file. */
export type SnapshotSummary = {
  readonly id: SnapshotId;
  readonly kind: string;
  /** Absolute path. Never crosses to the window. */
  readonly file: string;
  /** ISO 8601, UTC, from the name; from the modification time where the name has none. */
  readonly takenAt: string;
  readonly modifiedAt: string;
  readonly sizeBytes: number;
  readonly lastEventId: bigint | null;
  readonly health: Health;
  readonly healthDetail: string | null;
  readonly tables: readonly TableCount[] | null;
  readonly retention: Retention;
  /** `other`: its log is neither a prefix of the live log nor continued by it. */
  readonly lineage: 'same' | 'other' | 'unknown';
  /** For a safety copy: what it undoes. */
  readonly undoes: { readonly snapshotId: SnapshotId; readonly action: 'restore' | 'undo' } | null;
};

export type TakeResult =
  | {
      readonly taken: true;
      readonly id: SnapshotId;
      readonly file: string;
      readonly lastEventId: bigint;
      readonly sizeBytes: number;
      readonly retired: readonly SnapshotId[];
      /** What was left undone after it, and why, in plain sentences. The snapshot is there all the same. */
      readonly notes: readonly string[];
    }
  | { readonly taken: false; readonly reason: string };
