import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { isDemo } from './demo.ts';
import { findUsers } from './in-use.ts';
import { withLiveLog } from './live-log.ts';
import type { FolderFacts, TaskOptions } from './model.ts';
import { describeTrash } from './trash.ts';
import { readRestoredState } from './undo.ts';

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
    inUse: await findUsers(folder.databaseFile),
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
    viewingCopy: live.copiedFiles,
  }));
}
