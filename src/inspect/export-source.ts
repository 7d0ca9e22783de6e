import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { ExportReceipt } from '../model/export.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { classifyDatabaseError } from '../sqlite/database.ts';
import { lookAgain } from '../stage/look-again.ts';
import { withOwnTables, withTables } from '../stage/own-tables.ts';
import type { Stage } from '../stage/stage.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { stageById } from '../stage/staged-view.ts';
import { createPrivateFolder } from '../system/private-folder.ts';

/** The tables of a snapshot, to be exported. */
export type ExportSource = {
  readonly stage: Stage;
  readonly tables: readonly StagedTable[];
  readonly asWritten: ExportReceipt['asWritten'];
};

/**
 * Gives `use` all that a snapshot holds: laid out for today's tables, which tell bytes from text; or as the file has it,
 * where something of it would be lost in them or the database is gone. Reads only.
 * @throws as `withTables` and `stageById`
 */
export async function withExportSource<T>(
  folder: DataFolder,
  id: SnapshotId,
  task: TaskOptions,
  use: (source: ExportSource) => Promise<T>,
): Promise<T> {
  const place = await createPrivateFolder();
  const open = async (live: HostDatabase): Promise<Stage> =>
    (await stageById(folder, id, { folder: place, live, proof: 'facts' }, task)).stage;
  const using = async (stage: Stage, asWritten: ExportSource['asWritten']) => {
    try {
      return await use({ stage, tables: stage.tables, asWritten });
    } catch (error) {
      const { file } = stage;
      throw classifyDatabaseError(error, { nativeBinding: folder.nativeBinding, file, copy: file });
    }
  };
  try {
    return await lookAgain(async (withStages) => {
      const fitting = await withTables(folder, [id], task, open);
      if (!isLossy(fitting))
        return withStages([fitting], () =>
          using(fitting, folder.databaseProblem === null ? null : 'no-database'),
        );
      await fitting.close();
      const own = await withOwnTables(folder, [id], task, open);
      return withStages([own], () => using(own, 'schema-differs'));
    });
  } finally {
    await place.remove();
  }
}

/** Whether today's tables have no room for something of the snapshot. */
function isLossy({ drift, unreadable, tables }: Stage): boolean {
  return (
    unreadable.length > 0 ||
    tables.some(({ live }) => live.readOnly !== null) ||
    drift.some(
      ({ kind, loses }) =>
        loses > 0 && ['table-missing-live', 'column-missing-live', 'value-converted'].includes(kind),
    )
  );
}
