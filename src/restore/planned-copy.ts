import type { Rewrite } from '../compare/compare-table.ts';
import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { ReadView } from '../host/private-copy.ts';
import type { SnapshotRef } from '../model/diff.ts';
import { SnapbackError } from '../model/errors.ts';
import type { RestoreOptions } from '../model/restore.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { explainNeed } from '../sqlite/needs-host.ts';
import type { Stage } from '../stage/stage.ts';
import { withStagedSnapshot } from '../stage/staged-view.ts';
import { addNewerEvents, type KeptEvents, type OwnStage } from './keep-newer.ts';
import { type PreparedPlan, preparePlan } from './plan.ts';
import type { Preflight } from './preflight.ts';

export type RestoreRequest = RestoreOptions & {
  readonly snapshotId: SnapshotId;
  readonly action: 'restore' | 'undo';
  /** Write only the rows that differ, which is the default, or all. Only tests ask for all: the result is the same. */
  readonly rewrite?: Rewrite;
};

/** A plan with the private copy of the database on which it was made. */
export type PlannedCopy = {
  readonly view: ReadView;
  readonly database: HostDatabase<WriteDatabase>;
  readonly prepared: PreparedPlan;
};

/** Looks at what is around the work that is planned. */
export type Look = (snapshot: SnapshotRef, view: ReadView) => Promise<Preflight>;

type Planning = { readonly request: RestoreRequest; readonly look: Look };

/**
 * Gives `use` a plan that was made on a private copy of the database, and removes the copy afterwards.
 * @throws as `withStagedSnapshot`, `preparePlan` and `addNewerEvents`
 */
export async function withPlannedCopy<T>(
  folder: DataFolder,
  { request, look }: Planning,
  task: TaskOptions,
  use: (planned: PlannedCopy) => Promise<T>,
): Promise<T> {
  const { snapshotId: id, keepNewer: own } = request;
  return withStagedSnapshot(folder, { id, own }, task, async ({ view, database, snapshot, ...staged }) => {
    const preflight = await look(snapshot, view);
    const { action, snapshotId: _, rewrite = 'differing', ...options } = request;
    try {
      const { nativeBinding } = folder;
      const { stage, kept } = await addKept({ ...staged, nativeBinding }, { database, options }, task);
      const planned = { action, snapshot, options, rewrite, stage, kept, preflight, isShown: true };
      return await use({ view, database, prepared: await preparePlan(database, planned, task) });
    } catch (error) {
      // What remains is about the private copy, and is explained as that by the view.
      throw explainNeed(error, null);
    }
  });
}

/** Adds the newer events to a stage where they are to be kept. @throws as `addNewerEvents`, and `usage` */
export async function addKept(
  own: OwnStage,
  { database, options }: { readonly database: HostDatabase; readonly options: RestoreOptions },
  task: TaskOptions,
): Promise<{ readonly stage: Stage; readonly kept: KeptEvents | null }> {
  if (!options.keepNewer) return { stage: own.stage, kept: null };
  if (options.mode !== 'full')
    throw new SnapbackError(
      'usage',
      'Newer events can only be kept when all is restored: the log stays as it is otherwise.',
    );
  return addNewerEvents(own, database, task);
}
