import type { DataFolder } from '../host/data-folder.ts';
import { type HostDatabase, readHostDatabase } from '../host/host-database.ts';
import { withReadView } from '../host/private-copy.ts';
import type { OpenRestore } from '../journal/replay.ts';
import { withLiveLog } from '../log/live-log.ts';
import { orNull, SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { dumpCheckpoint, publishCheckpoint } from '../restore/checkpoint.ts';
import { continuesLog } from '../restore/logs-around.ts';
import { holdsTables, readNotedContents } from '../restore/noted-contents.ts';
import { readSnapshotEnds } from '../snapshot-file/ends.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { type Draft, discardDraft, leaveDraft, reopenDraft } from '../snapshots/drafts.ts';
import { listFilesOfKind } from '../snapshots/files.ts';
import { isCheckpoint, PERIODIC_KIND } from '../snapshots/kinds.ts';
import { snapshotTime } from '../snapshots/names.ts';
import { withSnapshotFile } from '../snapshots/open-file.ts';
import { isNoted, type NotedSafetyCopy, readNote, unreadableCopy } from '../snapshots/restore-note.ts';
import { foldName } from '../sqlite/names.ts';
import { readContents } from './draft-contents.ts';
import { holdsDumps } from './restore-outcome.ts';

/*
 * The fresh checkpoint of a restore whose process died before publishing it. Normally its draft is there. Where that is
 * lost, the database itself is the state to publish, as long as nobody has written to it since.
 */

/** Opens the draft that the journal names for a restore; null where there is none. The caller lets go of it. */
export async function reopenOwed(folder: DataFolder, open: OpenRestore | null): Promise<Draft | null> {
  const name = open?.entry.checkpointDraft ?? null;
  return name === null ? null : reopenDraft(folder, PERIODIC_KIND, name);
}

/**
 * Publishes the checkpoint that a committed full restore owes: its draft, or where that is lost or torn, a dump of the
 * database. Null where the database holds something else by now, or nothing is left that tells what the restore made. A
 * draft is not published either if events in it have gone from the log since: the host would load a state that it has left.
 * @throws `snapshot-unreadable` where the safety copy cannot be read now, and as `withReadView` and `publishCheckpoint`;
 * then it is still owed
 */
export async function publishOwed(
  folder: DataFolder,
  open: OpenRestore,
  task: TaskOptions,
): Promise<SnapshotId | null> {
  const draft = await reopenOwed(folder, open);
  if (draft !== null)
    try {
      const isHolding = await isContinued(folder, draft, task);
      if (isHolding === true) return await publishCheckpoint(folder, draft);
      if (isHolding === false) {
        await discardDraft(draft);
        return null;
      }
    } finally {
      await leaveDraft(draft);
    }
  const copy = await readNote(folder, open.entry.safetyCopyId);
  if (copy === 'unreadable') throw unreadableCopy(open.entry.safetyCopyId);
  if (!isNoted(copy)) return null;
  return withReadView(folder, task, ({ db }) =>
    ensureCheckpoint(folder, copy, readHostDatabase(db, folder.profile), task),
  );
}

/**
 * Whether the live log still begins with that of a draft; null where the draft is torn.
 * @throws as `withLiveLog` and `readContents`, and `database-busy` where the log changes meanwhile
 */
function isContinued(folder: DataFolder, draft: Draft, task: TaskOptions): Promise<boolean | null> {
  return withLiveLog(folder, 'patient', task, async (live) => {
    const contents = await readContents(draft, folder.profile, live.identity, task);
    if (contents === null) return null;
    const { format, log } = contents;
    const chains = await (format === 1 ? live.rowChains : live.chains)([log.events]);
    if (chains === null)
      throw new SnapbackError('database-busy', 'Another program is working in the database.');
    return chains.at.get(log.events) === log.chain;
  });
}

/**
 * Makes sure that the host's next start loads what a full restore left, as long as the database still holds exactly that.
 * Returns the newest checkpoint where that holds the same already, else makes one; null where the database holds something
 * else.
 * @throws as `dumpCheckpoint` and `publishCheckpoint`
 */
export async function ensureCheckpoint(
  folder: DataFolder,
  copy: NotedSafetyCopy,
  database: HostDatabase,
  task: TaskOptions,
): Promise<SnapshotId | null> {
  const left = await readNotedContents(folder, copy, task);
  if (left === null || !(await holdsTables(database, left.after, task))) return null;
  const newest = await readNewestCheckpoint(folder);
  const { after = null } = copy.note.tablesAt ?? {};
  if (newest?.about != null && (await leadsThere(database, newest.about, after, task))) return newest.id;
  const state = { db: database.db, tablesAt: after === null ? null : BigInt(after) };
  return publishCheckpoint(folder, await dumpCheckpoint(folder, state, task));
}

/**
 * Whether a checkpoint that says this of itself leads the host to what the database holds. Where newer events were kept, it
 * ends with the event up to which the tables hold the log: the host loads its tables, and applies the rest of the live log.
 */
async function leadsThere(
  database: HostDatabase,
  { tables, log, lastEventId, format }: SnapshotAbout,
  after: string | null,
  task: TaskOptions,
): Promise<boolean> {
  if (after === null) return holdsDumps(database, tables, task);
  if (lastEventId !== after || log === null || !continuesLog(database, { ...log, format })) return false;
  const logName = foldName(database.profile.log.table);
  return holdsDumps(
    database,
    tables.filter(({ name }) => foldName(name) !== logName),
    task,
  );
}

/** The checkpoint that the host's next start loads, and what it says about itself; null where there is none. */
async function readNewestCheckpoint(folder: DataFolder) {
  const newest = (await listFilesOfKind(folder, PERIODIC_KIND)).find(isCheckpoint);
  if (newest === undefined) return null;
  const ends = await withSnapshotFile(folder, newest.id, readSnapshotEnds).catch(orNull());
  return { id: newest.id, about: ends?.about ?? null };
}

/** An upper bound for the time between announcement and COMMIT, and for how far clocks may disagree. */
const SETTLED_MS = 60_000;

/**
 * Drops the checkpoint draft of a restore that nobody can judge, once the host's next start would load a checkpoint that
 * was written after the restore, however that ended. So such drafts do not pile up. Always null: nothing was finished.
 */
export async function dropOutdatedDraft(folder: DataFolder, open: OpenRestore): Promise<null> {
  if (open.entry.checkpointDraft === null) return null;
  const since = Date.parse(open.entry.at) + SETTLED_MS;
  const newest = (await listFilesOfKind(folder, PERIODIC_KIND)).find(isCheckpoint);
  if (newest === undefined || newest.problem !== null || !(newest.mtimeMs > since)) return null;
  const named = snapshotTime(newest.name)?.getTime() ?? newest.mtimeMs;
  const draft = named > since ? await reopenOwed(folder, open) : null;
  if (draft !== null) await discardDraft(draft);
  return null;
}
