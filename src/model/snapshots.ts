/** `<kind>/<file name without its ending>`. What is kept by hand has the kind `@kept`, and what was opened from anywhere `@file`. */
export type SnapshotId = string;

/** `json`: a `.json` file as the host writes it. `database`: an SQLite database, `.db`, as Snapback's safety copies are. */
export type SnapshotForm = 'json' | 'database';

export type TableCount = { readonly name: string; readonly rows: number };

type Health = 'good' | 'damaged' | 'unreadable' | 'unchecked';

/** Why a snapshot must stay: it holds what the newest restore replaced, or what the host must load next. */
export type Need = 'needed-by-undo' | 'needed-at-next-start';

/** When and why a retention rule moves a snapshot to the trash. Times are ISO 8601 in UTC. */
export type Retention = {
  /**
   * `kept`: no rule moves it now. `goes-next`: moved with the next checkpoint. `due`: a rule would move it now.
   * `offered`: no rule ever moves it by itself, but its time is over, so a prune of its kind does.
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
    | 'kept-by-hand'
    | 'elsewhere'
    | 'no-rule';
  /** When the age rule moves it, or a safety copy is offered; null where no age rule applies. */
  readonly goesAt: string | null;
  /** Its place among its kind, the newest being 1, and how many the rule keeps; null without such a rule. */
  readonly rank: number | null;
  readonly keep: number | null;
};

/** What somebody wrote down who keeps a snapshot. */
export type Kept = {
  readonly name: string | null;
  readonly note: string | null;
  /** What it is another name of, or a copy of; that may be gone. */
  readonly from: SnapshotId;
  readonly keptAt: string;
  /** Nobody asked for it: it would have been lost while Snapback was open. Absent where a person wanted it. */
  readonly byItself?: true | undefined;
};

/** What became of a file that somebody opened, since then. What is shown is as it was then. */
export type OpenedBackup = {
  readonly state: 'unchanged' | 'changed' | 'gone';
  /** It is a copy of a database with a WAL, and there was none beside it: its newest changes may be missing. */
  readonly lacksWal: boolean;
};

/** A snapshot that is kept now. `already`: it was before. */
export type KeptSnapshot = Kept & { readonly id: SnapshotId; readonly already: boolean };

/** One line of the list. Everything but `tables` and `health` comes from the name, `stat`, head and tail of the file. */
export type SnapshotSummary = {
  readonly id: SnapshotId;
  readonly kind: string;
  readonly form: SnapshotForm;
  /** Absolute path. Never crosses to the window. */
  readonly file: string;
  /** ISO 8601 in UTC, from the name, or from the modification time where the name has no time. */
  readonly takenAt: string;
  readonly modifiedAt: string;
  readonly sizeBytes: number;
  readonly lastEventId: bigint | null;
  readonly health: Health;
  readonly healthDetail: string | null;
  readonly tables: readonly TableCount[] | null;
  readonly retention: Retention;
  /** `other`: neither its log nor the live log continues the other. */
  readonly lineage: 'same' | 'other' | 'unknown';
  /** What a safety copy undoes; null for other snapshots. */
  readonly undoes: { readonly snapshotId: SnapshotId; readonly action: 'restore' | 'undo' } | null;
  /** The damaged snapshot that this was saved of; null for other snapshots. */
  readonly salvagedFrom: SnapshotId | null;
  /** Why somebody keeps it; null for other snapshots. */
  readonly kept: Kept | null;
  /** What keeps it by itself as long as Snapback is open; null: nothing does. */
  readonly heldAs: SnapshotId | null;
  /** Only of a file from anywhere that somebody opened. */
  readonly opened?: OpenedBackup;
};

export type TakeResult =
  | {
      readonly taken: true;
      readonly id: SnapshotId;
      readonly file: string;
      readonly lastEventId: bigint;
      readonly sizeBytes: number;
      readonly retired: readonly SnapshotId[];
      /** What could not be done afterwards, and why, in plain sentences. The snapshot itself was taken. */
      readonly notes: readonly string[];
    }
  | { readonly taken: false; readonly reason: string };
