import type { DataFolder } from '../host/data-folder.ts';
import { findForeignLiveId, findLogTable, readLastEventId } from '../log/events.ts';
import type { Diff } from '../model/diff.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { withStagedLive } from '../stage/staged-live.ts';
import { createYielder } from '../system/yielder.ts';
import { compareSnapshot } from './compare-snapshot.ts';
import { groupEvents } from './event-groups.ts';

/**
 * Tells, table by table, what a full restore of the snapshot would do to one moment of the live database. Reads only.
 * `added` rows are in the snapshot and missing live; `unchanged` ones are equal by storage class and bytes.
 * @throws as `withLiveView`, `openSnapshotFile` and `stageSnapshot`
 */
export async function diffSnapshot(
  folder: DataFolder,
  id: SnapshotId,
  task: TaskOptions = {},
): Promise<Diff> {
  return withStagedLive(folder, id, task, async ({ view, database, stage, snapshot }) => {
    const log = findLogTable(database.schema, folder.profile);
    const hasForeignId = findForeignLiveId(view.db, log, folder.profile) !== null;
    const found = await compareSnapshot(database, stage, 'differing', task);
    const { newer, returning } = await groupEvents(database, found.match, createYielder(task));
    return {
      snapshot,
      against: {
        database: folder.databaseFile,
        lastEventId: hasForeignId ? null : readLastEventId(view.db, folder.profile),
        events: found.tables.find((table) => table.role === 'log')?.liveRows ?? 0,
        viewingCopy: view.viewingCopy,
      },
      tables: found.tables,
      newerEvents: newer,
      returningEvents: returning,
      schemaDrift: stage.drift,
      guessedBlobs: stage.guessedBlobs,
      lineage: found.lineage,
    };
  });
}
