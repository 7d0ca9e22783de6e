import { basename, join } from 'node:path';
import { isDemo } from './demo/is-demo.ts';
import { type DataFolder, isDatabaseProblem } from './host/data-folder.ts';
import { OWN, SNAPSHOTS } from './host/folders.ts';
import { findOpeners } from './host/in-use.ts';
import { rulesOf } from './host/profile.ts';
import { isWritable } from './host/writable.ts';
import { ACTIONS } from './journal/actions.ts';
import { JOURNAL } from './journal/journal.ts';
import { withLiveLog } from './log/live-log.ts';
import { hasSystemCode, SnapbackError } from './model/errors.ts';
import type { FolderFacts } from './model/folder.ts';
import type { TaskOptions } from './model/task.ts';
import { describeTrash } from './prune/trash.ts';
import { readRestoredState } from './recovery/restored-state.ts';
import type { Look } from './snapshots/files.ts';
import { TRASH } from './snapshots/names.ts';
import { stat } from './system/files.ts';

/**
 * `brief` leaves out what can be asked for later and takes longer the more there is: who has the database open, and the
 * count of events. `look`: a look from just before.
 */
type FactsOptions = { readonly brief?: boolean; readonly look?: Look | null };

/**
 * What a quick look at a data folder tells: its database, who has it open, whether it holds a restored state. Only reads,
 * and the database only for moments. A database that is gone, empty or something else is part of the answer.
 * @throws as `withLiveLog` and `withReadView`
 */
export async function describeFolder(
  folder: DataFolder,
  options: FactsOptions = {},
  task: TaskOptions = {},
): Promise<FolderFacts> {
  const { files, bytes, freesBytes, others, otherNames } = await describeTrash(folder);
  return {
    ...(await describeDatabase(folder, options, task)),
    name: basename(folder.dir),
    database: basename(folder.databaseFile),
    demo: await isDemo(folder.dir),
    trash: { files, bytes, freesBytes, others, otherNames },
    rules: rulesOf(folder.profile),
  };
}

type DatabaseFacts = Omit<FolderFacts, 'name' | 'database' | 'demo' | 'trash' | 'rules'>;

async function describeDatabase(
  folder: DataFolder,
  { brief = false, look }: FactsOptions,
  task: TaskOptions,
): Promise<DatabaseFacts> {
  try {
    return {
      databaseProblem: null,
      ...(await glanceAtDatabase(folder, brief, task)),
      databaseBytes: (await stat(folder.databaseFile)).size,
      readOnly: !(await isWritable(folder)),
      inUse: brief ? null : await findOpeners(folder.databaseFile),
      restored: await readRestoredState(folder, task, look),
    };
  } catch (error) {
    if (!isDatabaseProblem(error)) throw error;
    await requireFolder(folder.dir);
    const { code, message } = error;
    return { ...NO_DATABASE, databaseProblem: { code, message } };
  }
}

/** Where the whole folder is gone, that is the error, not a missing database. @throws `data-folder-missing` */
async function requireFolder(dir: string): Promise<void> {
  try {
    await stat(dir);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR'))
      throw new SnapbackError('data-folder-missing', 'There is no such folder.', { path: dir }, error);
    throw error;
  }
}

/** Nothing is known about a database that is not there, not even whether it holds a restored state. */
const NO_DATABASE: Omit<DatabaseFacts, 'databaseProblem'> = {
  databaseBytes: 0,
  events: 0,
  lastEventId: 0n,
  journalMode: 'unknown',
  viewingCopy: false,
  readOnly: false,
  inUse: { state: 'no' },
  restored: null,
};

/** The database is read only in short steps, so that the host is never kept waiting. If it has to be copied, that is done once. */
function glanceAtDatabase(
  folder: DataFolder,
  brief: boolean,
  task: TaskOptions,
): Promise<Pick<FolderFacts, 'events' | 'lastEventId' | 'journalMode' | 'viewingCopy'>> {
  return withLiveLog(folder, 'patient', task, async (live) => ({
    events: brief && live.inPlace ? null : await live.countAfter(null),
    lastEventId: await live.lastId(),
    journalMode: live.journalMode,
    viewingCopy: live.viewingCopy,
  }));
}

/** Where the snapshots of a data folder are, and what Snapback records beside them: absolute paths, existing or not. */
export function placesOf({ dir }: Pick<DataFolder, 'dir'>) {
  const own = join(dir, OWN);
  return {
    snapshots: join(dir, SNAPSHOTS),
    own,
    records: [join(own, JOURNAL), join(own, ACTIONS), join(own, TRASH)],
  };
}
