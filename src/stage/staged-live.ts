import type { DataFolder } from '../host/data-folder.ts';
import { type HostDatabase, readHostDatabase } from '../host/host-database.ts';
import { type LiveView, withLiveView } from '../host/private-copy.ts';
import type { SnapshotRef } from '../model/diff.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { withLockPatience } from '../sqlite/transaction.ts';
import { lookAgain } from './look-again.ts';
import type { Stage } from './stage.ts';
import { attachStage, SCAN_CACHE_KB, stageById } from './staged-view.ts';

export type StagedLive = {
  readonly view: LiveView;
  /** The view's database at one moment, with the stage attached. */
  readonly database: HostDatabase;
  readonly stage: Stage;
  readonly snapshot: SnapshotRef;
};

/** A host changes its schema rarely. One that does so all the time cannot be compared. */
const MOST_ATTEMPTS = 3;

/**
 * Gives `use` the live database at one moment, with the snapshot attached beside it. The snapshot is read first, so that
 * the read transaction lasts no longer than `use`. Where the host changes its schema meanwhile, the snapshot is laid out again.
 * @throws as `withLiveView` and `stageById`; `database-busy` if the schema keeps changing
 */
export async function withStagedLive<T>(
  folder: DataFolder,
  id: SnapshotId,
  task: TaskOptions,
  use: (staged: StagedLive) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const done = await lookAgain((withStages) =>
      withLiveView(folder, task, async (view) => {
        const live = await withLockPatience(task, () => readHostDatabase(view.db, folder.profile));
        const place = { folder: view.folder, live, proof: 'facts' } as const;
        const { stage, snapshot } = await stageById(folder, id, place, task);
        return withStages([stage], async () => {
          try {
            attachStage(view.db, stage);
            view.db.pragma(`main.cache_size = -${SCAN_CACHE_KB}`);
            const database = await withLockPatience(task, () => beginMoment(live));
            const isOutdated = database.schema.hash !== stage.schemaHash;
            return isOutdated ? null : { result: await use({ view, database, stage, snapshot }) };
          } finally {
            if (view.db.inTransaction) view.db.exec('COMMIT');
          }
        });
      }),
    );
    if (done !== null) return done.result;
  }
  throw new SnapbackError('database-busy', 'The chat app keeps changing its tables. Try again.', {
    database: folder.databaseFile,
  });
}

/** Begins a read transaction and reads the schema that it sees. */
function beginMoment({ db, profile }: HostDatabase<AnyDatabase>): HostDatabase {
  if (!db.inTransaction) db.exec('BEGIN');
  return readHostDatabase(db, profile);
}
