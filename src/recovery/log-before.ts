import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { createLogChain, type LogExtent } from '../log/chain.ts';
import { createIdentifier, findLogTable, identityOf } from '../log/events.ts';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { readSnapshot } from '../snapshot-file/reader.ts';
import { openSnapshotFile } from '../snapshots/files.ts';
import type { NotedSafetyCopy } from '../snapshots/restore-note.ts';
import { foldName } from '../sqlite/names.ts';

/** A log as notes of some format name it. */
export type NotedLog = LogExtent & Pick<SnapshotAbout, 'format'>;

/**
 * The log before a restore: as its safety copy names it or, where that is a database, as it holds it. Null where the copy
 * cannot be read, is damaged or lacks a column that identifies events. @throws `cancelled`
 */
export async function readLogBefore(
  folder: DataFolder,
  { schema, profile }: HostDatabase,
  { id, about: { format, log } }: NotedSafetyCopy,
  task: TaskOptions,
): Promise<NotedLog | null> {
  if (log !== null) return { ...log, format };
  const known = new Set([profile.log.table, ...profile.tables].map(foldName));
  const identity = identityOf(findLogTable(schema, profile), profile);
  const chain = createLogChain();
  try {
    const file = await openSnapshotFile(folder, id);
    try {
      for await (const part of readSnapshot(file, known, { signal: task.signal })) {
        if (part.type !== 'rows' || foldName(part.table) !== foldName(profile.log.table)) continue;
        const { whole, pick } = createIdentifier(identity, part.columns);
        if (!whole) return null;
        for (const row of part.rows()) chain.add(pick(row));
      }
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    if (error instanceof SnapbackError && error.code !== 'cancelled') return null;
    throw error;
  }
  return { ...chain.peek(), format };
}
