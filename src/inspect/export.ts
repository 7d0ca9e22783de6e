import { basename, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { SnapbackError } from '../model/errors.ts';
import type { ExportReceipt, ExportRequest } from '../model/export.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { findPlace, makeFile, refuseSecondDatabase } from '../snapshots/new-file.ts';
import { foldName } from '../sqlite/names.ts';
import { exportDatabase } from './export-database.ts';
import { type ExportSource, withExportSource } from './export-source.ts';
import { exportText } from './export-text.ts';

export type ExportTarget = ExportRequest & { readonly to: string };

/**
 * Writes what a snapshot holds into a new file. The file is complete and was read back from the moment it has its name, and
 * nothing is overwritten. It works without the database, too.
 * @throws `usage` for CSV without a table, a table that is not there, or a place that belongs to the chat app or to Snapback;
 * `target-exists`, `disk-full`, `folder-read-only`, `io-failed`, `cancelled`, and as `withExportSource`; then there is no file
 */
export async function exportSnapshot(
  folder: DataFolder,
  id: SnapshotId,
  { format, table, to }: ExportTarget,
  task: TaskOptions = {},
): Promise<ExportReceipt> {
  if (format === 'csv' && table === null)
    throw new SnapbackError('usage', 'A CSV file holds one table. Name it with --table NAME.', { format });
  const place = await findPlace(folder, to);
  if (format === 'sqlite') refuseSecondDatabase(folder, place);
  const file = join(place, basename(to));
  return withExportSource(folder, id, task, async (found) => {
    const source = chooseTables(found, table);
    const sizeBytes = await makeFile(file, (draft) =>
      format === 'sqlite'
        ? exportDatabase(source, draft, folder, task)
        : exportText(source, draft, { format, snapshotId: id }, task),
    );
    const tables = source.tables.map(({ live: { name }, rows }) => ({ name, rows }));
    const unread = table === null ? source.stage.unreadable.map((one) => one.table) : [];
    return { file, format, sizeBytes, tables, asWritten: source.asWritten, unread };
  });
}

function chooseTables(source: ExportSource, table: string | null): ExportSource {
  if (table === null) return source;
  const tables = source.tables.filter(({ live }) => foldName(live.name) === foldName(table));
  if (tables.length > 0) return { ...source, tables };
  const names = source.tables.map(({ live }) => live.name).join(', ');
  throw new SnapbackError('usage', `The snapshot holds no table “${table}”. It holds: ${names}.`, { table });
}
