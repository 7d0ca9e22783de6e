/** How a long task reports where it is. `done` and `total` count `unit`; `total` is null while unknown. */
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
  /** False while one statement runs that SQLite can't interrupt, and after COMMIT has begun. */
  readonly cancellable: boolean;
};
