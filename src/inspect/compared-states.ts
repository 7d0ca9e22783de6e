import { compareTables, describeTables } from '../compare/compare-snapshot.ts';
import type { DataFolder } from '../host/data-folder.ts';
import type { RowsSubject } from '../model/rows.ts';
import type { TaskOptions } from '../model/task.ts';
import { classifyDatabaseError } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { columnInStage } from '../stage/staged-table.ts';
import { withStagedSnapshot } from '../stage/staged-view.ts';
import { createYielder } from '../system/yielder.ts';
import type { ComparedColumn, ComparedStates, ComparedTable } from './compared.ts';
import { withTwoSnapshots } from './two-snapshots.ts';

/**
 * Compares a snapshot with the database as it is now, or with another snapshot of the same folder, and keeps both as long
 * as `use` runs. Of the database a private copy is read, so nobody waits. Reads only.
 * @throws as `withStagedSnapshot` or `withTwoSnapshots`
 */
export async function withComparedStates<T>(
  folder: DataFolder,
  { snapshotId, otherId }: RowsSubject,
  task: TaskOptions,
  use: (states: ComparedStates) => Promise<T>,
): Promise<T> {
  if (otherId !== null) return withTwoSnapshots(folder, { snapshotId, otherId }, task, use);
  return withStagedSnapshot(folder, { id: snapshotId }, task, async ({ database, stage, snapshot }) => {
    const { comparisons, match } = await compareTables(
      database,
      stage.tables,
      'differing',
      createYielder(task),
    );
    const tables = comparisons.map((comparison): [string, ComparedTable] => {
      const { staged } = comparison;
      const columns = staged.live.columns.map((column): ComparedColumn => {
        const place = staged.columns.indexOf(column.name);
        return {
          column,
          before: quoteName(column.name),
          after: place === -1 ? null : columnInStage(staged, place),
        };
      });
      const isLog = comparison === match?.log;
      const key = staged.live.key;
      return [foldName(staged.live.name), { comparison, match: isLog ? match : null, columns, key }];
    });
    return use({
      db: database.db,
      encoding: database.schema.encoding,
      overview: {
        snapshot,
        other: null,
        tables: describeTables(database, comparisons, stage),
        schema: stage.drift.map((drift) => ({ ...drift, of: 'snapshot' })),
        lineage: match?.lineage ?? 'same',
      },
      tables: new Map(tables),
      explain(error) {
        void stage.isSpoiltBy(error);
        return classifyDatabaseError(error, { ...folder, file: folder.databaseFile, copy: database.db.name });
      },
    });
  });
}
