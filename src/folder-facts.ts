import { basename } from 'node:path';
import { isDemo } from './demo/demo.ts';
import type { DataFolder } from './host/data-folder.ts';
import { findOpeners } from './host/in-use.ts';
import { withLiveLog } from './log/live-log.ts';
import type { FolderFacts } from './model/folder.ts';
import type { TaskOptions } from './model/task.ts';
import { describeTrash } from './prune/trash.ts';
import { readRestoredState } from './recovery/undo.ts';
import { stat } from './system/files.ts';

/**
 * What a glance at a data folder tells: its database, its users, whether it stands on a restored state. Reads only, and
 * the database only for moments.
 * @throws as `withLiveLog` and `withReadView`
 */
export async function describeFolder(folder: DataFolder, task: TaskOptions = {}): Promise<FolderFacts> {
  const glance = await glanceAtDatabase(folder, task);
  return {
    ...glance,
    name: basename(folder.dir),
    database: basename(folder.databaseFile),
    databaseBytes: (await stat(folder.databaseFile)).size,
    inUse: await findOpeners(folder.databaseFile),
    demo: await isDemo(folder.dir),
    restored: await readRestoredState(folder, task),
    trash: await describeTrash(folder),
  };
}

/** The database is read only in short steps, so that the host is never kept waiting. */
function glanceAtDatabase(
  folder: DataFolder,
  task: TaskOptions,
): Promise<Pick<FolderFacts, 'events' | 'lastEventId' | 'journalMode' | 'viewingCopy'>> {
  return withLiveLog(folder, 'patient', task, async (live) => ({
    events: await live.countAfter(null),
    lastEventId: await live.lastId(),
    journalMode: live.journalMode,
    viewingCopy: live.viewingCopy,
  }));
}
