/** How far a long task is. `done` and `total` count `unit`; `total` is null while it is not known. */
export type Progress = {
  readonly phase:
    | 'copy-database'
    | 'read-snapshot'
    | 'search'
    | 'compare'
    | 'rehearse'
    | 'safety-copy'
    | 'wait-for-lock'
    | 'apply'
    | 'verify'
    | 'checkpoint'
    | 'commit'
    | 'check-snapshots'
    | 'move'
    | 'take'
    | 'build';
  readonly done: number;
  readonly total: number | null;
  readonly unit: 'bytes' | 'rows' | 'tables' | 'files' | 'steps';
  /** False during a statement that SQLite cannot interrupt, and from COMMIT on. */
  readonly cancellable: boolean;
  /** How far the whole action is; missing where an action has only this phase. */
  readonly overall?: Overall;
};

/** How far an action is, over all its phases. */
export type Overall = {
  /** From 0 to 1. Never goes back. */
  readonly fraction: number;
  /** Milliseconds left at the pace so far; null while that means nothing. */
  readonly leftMs: number | null;
};
