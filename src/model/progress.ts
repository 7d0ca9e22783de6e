/** How far a long task is. `done` and `total` count `unit`; `total` is null while it is not known. */
export type Progress = {
  readonly phase:
    | 'copy-database'
    | 'read-snapshot'
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
};
