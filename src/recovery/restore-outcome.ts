import { holdsContent } from '../host/content-hash.ts';
import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { TaskOptions } from '../model/task.ts';
import { continuesLog, type LogsAround, type NamedLog, readLogsAround } from '../restore/logs-around.ts';
import { holdsTables, readNotedContents } from '../restore/noted-contents.ts';
import { holdsDump } from '../snapshot-file/dumped-table.ts';
import type { DumpedTable, HashedTable } from '../snapshot-file/notes.ts';
import type { NotedSafetyCopy } from '../snapshots/restore-note.ts';
import { foldName } from '../sqlite/names.ts';
import type { KnownDatabase } from '../sqlite/schema.ts';
import type { DraftContents } from './draft-contents.ts';

/*
 * Whether a restore was committed, told by content alone. The safety copy knows the state before, and what the restore
 * would make of it, log included. The draft of a full restore's checkpoint is the state after.
 */

/** `unknown`: somebody has written since, or what the content would be compared with is missing. */
export type RestoreOutcome = 'committed' | 'not-committed' | 'unknown';

export type Evidence = {
  /** Null where it is gone or can't be read. */
  readonly copy: NotedSafetyCopy | null;
  /** What the checkpoint's draft holds; null where there is none. */
  readonly after: DraftContents | null;
  /**
   * The safety copy of the committed restore before this one, where this one's is gone; else null. As long as the database
   * holds what that restore left, undoing it is right whatever became of this one.
   */
  readonly standing: NotedSafetyCopy | null;
  /** A later restore has written the tables, so only the log tells. */
  readonly overwritten: boolean;
};

/**
 * Judges a restore by what the database holds. If all tables are as after it, or all as before it, that is the answer.
 * Otherwise somebody has written since; then every table that only the restore has changed is a sign, and so is the log.
 * Signs that contradict each other make it `unknown`. Reads only.
 * @throws `cancelled`, database errors
 */
export async function judgeOutcome(
  folder: DataFolder,
  database: HostDatabase,
  { copy, after, standing, overwritten }: Evidence,
  task: TaskOptions,
): Promise<RestoreOutcome> {
  const contents = copy === null ? null : await readNotedContents(folder, copy, task);
  // Where the copy does not tell, the draft still does.
  if (contents === null && !overwritten && after !== null && (await holdsDumps(database, after.tables, task)))
    return 'committed';
  if (copy === null) {
    if (overwritten) return 'unknown';
    const left = standing === null ? null : await readNotedContents(folder, standing, task);
    return left !== null && (await holdsTables(database, left.after, task)) ? 'not-committed' : 'unknown';
  }
  const log = foldName(database.profile.log.table);
  const compared: Compared[] = [];
  for (const table of contents?.after ?? []) {
    if (overwritten && foldName(table.name) !== log) continue;
    const before = contents?.before.find(({ name }) => foldName(name) === foldName(table.name));
    compared.push(await compare(database, { before, after: table }, task));
  }
  if (!overwritten && contents !== null) {
    if (compared.every(({ isAfter }) => isAfter)) return 'committed';
    if (compared.every(({ isBefore }) => isBefore)) return 'not-committed';
  }
  const signs = new Set(compared.map(readSign));
  const logs = await readLogsAround(folder, database, { copy, after }, task);
  if (logs === null) return 'unknown';
  if (logs !== 'unwritten') signs.add(readLogSign(database, logs));
  signs.delete('unknown');
  const [sign = 'unknown', ...others] = signs;
  return others.length === 0 ? sign : 'unknown';
}

type Compared = {
  readonly isBefore: boolean;
  readonly isAfter: boolean;
  /** Whether before and after are hashes over the same columns. */
  readonly sameColumns: boolean;
};

async function compare(
  database: KnownDatabase,
  { before, after }: { readonly before: HashedTable | undefined; readonly after: HashedTable },
  task: TaskOptions,
): Promise<Compared> {
  const columns = new Set(before?.columns);
  return {
    isBefore: before !== undefined && (await holdsContent(database, before, task)),
    isAfter: await holdsContent(database, after, task),
    sameColumns: columns.size === after.columns.length && after.columns.every((name) => columns.has(name)),
  };
}

/** What one table tells, if it equals exactly one of the two states. Over fewer columns it may have equalled the state after before. */
function readSign({ isBefore, isAfter, sameColumns }: Compared): RestoreOutcome {
  if (isBefore && !isAfter) return 'not-committed';
  return isAfter && !isBefore && sameColumns ? 'committed' : 'unknown';
}

/** Whether the database holds exactly what was dumped. */
export async function holdsDumps(
  database: HostDatabase,
  tables: readonly DumpedTable[],
  task: TaskOptions,
): Promise<boolean> {
  for (const table of tables) if (!(await holdsDump(database, table, task))) return false;
  return true;
}

/** A log that has grown since continues one of the two. Where it continues both, the longer one is the sign. */
function readLogSign(database: HostDatabase, { before, after }: LogsAround): RestoreOutcome {
  const [fitsBefore, fitsAfter] = [before, after].map((log) => continuesLog(database, log));
  const grew = countEvents(after) - countEvents(before);
  if (fitsAfter && (!fitsBefore || grew > 0)) return 'committed';
  return fitsBefore && (!fitsAfter || grew < 0) ? 'not-committed' : 'unknown';
}

function countEvents(log: NamedLog): number {
  return 'chain' in log ? log.events : log.rows;
}
