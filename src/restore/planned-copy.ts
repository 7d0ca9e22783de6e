import { startBeside } from '../beside/beside.ts';
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
import type { Proof } from '../stage/stage-cache.ts';
import { attachStage, withStagedSnapshot } from '../stage/staged-view.ts';
import { addNewerEvents, type KeptEvents } from './keep-newer.ts';
import { mergeNewer } from './merge.ts';
import { type PreparedPlan, preparePlan } from './plan.ts';
import type { Preflight } from './preflight.ts';
import { selectPart } from './select.ts';
import { type Selected, SOURCE_SCHEMA, type Source } from './selected-stage.ts';

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

/** `proof`: how a kept stage has to be proven; `bytes` where something is written that relies on it. */
type Planning = { readonly request: RestoreRequest; readonly look: Look; readonly proof: Proof };

/**
 * Gives `use` a plan that was made on a private copy of the database, and removes the copy afterwards.
 * @throws as `withStagedSnapshot`, `preparePlan` and `prepareStage`
 */
export async function withPlannedCopy<T>(
  folder: DataFolder,
  { request, look, proof }: Planning,
  task: TaskOptions,
  use: (planned: PlannedCopy) => Promise<T>,
): Promise<T> {
  const staging = { id: request.snapshotId, proof, ...stagingOf(request) };
  return withStagedSnapshot(folder, staging, task, async ({ view, database, snapshot, stage: source }) => {
    const preflight = await look(snapshot, view);
    const beside = await startBeside(view.db.name, task);
    const { action, snapshotId: _, rewrite = 'differing', ...options } = request;
    let close: PreparedStage['close'] = null;
    try {
      const from = { folder, snapshot, stage: source, place: view.folder };
      const prepared = await prepareStage(from, { database, options }, task);
      close = prepared.close;
      const { stage, kept, selected } = prepared;
      if (selected !== null) attachStage(view.db, stage);
      const { nativeBinding } = folder;
      const beginCheck = () =>
        beside.run('check-integrity', { file: folder.databaseFile, copy: view.db.name, nativeBinding });
      const given = { action, snapshot, options, rewrite, stage, kept, selected, preflight };
      const planned = { ...given, beginCheck, isShown: true };
      return await use({ view, database, prepared: await preparePlan(database, planned, task) });
    } catch (error) {
      // What remains is about the private copy, and is explained as that by the view.
      throw explainNeed(error, null);
    } finally {
      await beside.stop();
      await close?.();
    }
  });
}

/** How a snapshot is staged for a request: as a copy of its own that events are added to, or as the source of a selection or a merge. */
export function stagingOf({ keepNewer, selection, merge }: RestoreOptions) {
  return selection === undefined && merge === undefined ? { own: keepNewer } : { schemaName: SOURCE_SCHEMA };
}

/** What is restored of a staged snapshot. */
export type PreparedStage = {
  readonly stage: Stage;
  readonly kept: KeptEvents | null;
  /** Not null: the stage is another one than the snapshot’s, and is not attached yet. */
  readonly selected: Selected | null;
  /** Lets go of what was made beside the snapshot’s stage; null: nothing was. */
  readonly close: (() => Promise<void>) | null;
};

/**
 * Makes of a staged snapshot what is restored: adds the newer events where they are to be kept, selects a part of it,
 * or merges it. @throws as `addNewerEvents`, `selectPart` and `mergeNewer`, and `usage` where the options do not go together
 */
export async function prepareStage(
  source: Source,
  { database, options }: { readonly database: HostDatabase; readonly options: RestoreOptions },
  task: TaskOptions,
): Promise<PreparedStage> {
  const { stage, folder } = source;
  const { keepNewer, mode, selection, merge, leaveOut } = options;
  if (leaveOut !== undefined && !keepNewer)
    throw new SnapbackError('usage', 'Newer events can be left out only where the others are kept.');
  if (
    merge !== undefined &&
    (mode !== 'full' || keepNewer || selection !== undefined || options.clearTables.length > 0)
  )
    throw new SnapbackError(
      'usage',
      'A merge decides about each row, so nothing else can be chosen with it.',
    );
  if (mode !== 'full' && (keepNewer || selection !== undefined))
    throw new SnapbackError(
      'usage',
      keepNewer
        ? 'Newer events can only be kept when all is restored: the log stays as it is otherwise.'
        : 'Only derived data, or a selected part: choose one of the two.',
    );
  if (keepNewer && selection !== undefined)
    throw new SnapbackError(
      'usage',
      'Restoring a selected part leaves all else as it is, newer events too. So these need not be kept.',
    );
  if (selection !== undefined)
    return { ...(await selectPart(source, database, selection, task)), kept: null };
  if (merge !== undefined) return { ...(await mergeNewer(source, database, merge, task)), kept: null };
  if (!keepNewer) return { stage, kept: null, selected: null, close: null };
  const own = { stage, nativeBinding: folder.nativeBinding };
  return { ...(await addNewerEvents(own, { database, leaveOut }, task)), selected: null, close: null };
}
