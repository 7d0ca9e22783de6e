import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { type AnyDatabase, withReadDatabase } from './database.ts';
import { isDemo } from './demo.ts';
import { SnapbackError } from './errors.ts';
import { findUsers } from './in-use.ts';
import type { FolderFacts, TaskOptions } from './model.ts';
import { withReadView } from './read-view.ts';
import { readLastEventId } from './snapshot-writer.ts';
import { quoteName } from './sql.ts';
import { describeTrash } from './trash.ts';
import { readRestoredState } from './undo.ts';

/**
 * What a glance at a data folder tells: its database, its users, whether it stands on a restored state. Reads only, and
 * the database only for a moment.
 * @throws as `withReadView`
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

type Glance = Pick<FolderFacts, 'events' | 'lastEventId' | 'journalMode' | 'viewingCopy'>;

async function glanceAtDatabase(folder: DataFolder, task: TaskOptions): Promise<Glance> {
  const { profile } = folder;
  const count = (db: AnyDatabase) =>
    Number(
      db
        .prepare<[], unknown>(`SELECT count(*) FROM main.${quoteName(profile.log.table)}`)
        .pluck()
        .get(),
    );
  try {
    return withReadDatabase(folder.databaseFile, folder, (db) => ({
      events: count(db),
      lastEventId: readLastEventId(db, profile),
      journalMode: String(db.pragma('journal_mode', { simple: true })),
      viewingCopy: false,
    }));
  } catch (error) {
    const elsewhere =
      error instanceof SnapbackError && error.code !== 'database-damaged' && error.code !== 'not-a-database';
    if (!elsewhere) throw error;
    return withReadView(folder, task, async ({ db, journalMode, copiedFiles }) => ({
      events: count(db),
      lastEventId: readLastEventId(db, profile),
      journalMode,
      viewingCopy: copiedFiles,
    }));
  }
}
