import { listLiveAfter } from '../compare/event-groups.ts';
import type { DataFolder } from '../host/data-folder.ts';
import type { NewerList } from '../model/diff.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { withStagedSnapshot } from '../stage/staged-view.ts';
import { createYielder } from '../system/yielder.ts';

/** So many can be chosen from. */
const MOST_LISTED = 200;

/**
 * Lists what was written since a snapshot, of which a restore may keep some and leave out others. Nothing is listed where
 * the snapshot does not say with which event it ends. Reads only. @throws as `withStagedSnapshot`
 */
export async function listNewer(
  folder: DataFolder,
  id: SnapshotId,
  task: TaskOptions = {},
): Promise<NewerList> {
  return withStagedSnapshot(folder, { id }, task, async ({ database, stage: { lastEventId } }) =>
    lastEventId === null
      ? { events: [], more: 0 }
      : listLiveAfter(database, { id: lastEventId, most: MOST_LISTED }, createYielder(task)),
  );
}
