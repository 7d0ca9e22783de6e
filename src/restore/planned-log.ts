import type { Comparison } from '../compare/compare-table.ts';
import { holdsContent } from '../host/content-hash.ts';
import type { HostDatabase } from '../host/host-database.ts';
import {
  findForeignId,
  findKeyAround,
  findLogTable,
  findUnfitLog,
  hasRepeatedId,
  PART_OF_KEY,
} from '../log/events.ts';
import type { TaskOptions } from '../model/task.ts';
import { contentAfter } from '../snapshot-file/notes.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import { STAGE_SCHEMA, stageColumn } from '../stage/layout.ts';
import type { Stage } from '../stage/stage.ts';
import { contentTotal } from '../stage/staged-contents.ts';

/* What a plan has to know of the log, because it may be refused for that. */

/** Whether the log holds what the restore left that an undo takes back, by the columns which that restore wrote. */
export async function isLogAsLeft(
  database: HostDatabase,
  { action, stage }: { readonly action: 'restore' | 'undo'; readonly stage: Stage },
  task: TaskOptions,
): Promise<boolean> {
  const log = foldName(database.profile.log.table);
  const left = stage.about?.restore?.after.find(({ name }) => foldName(name) === log);
  const staged = stage.tables.find(({ role }) => role === 'log');
  if (action !== 'undo' || left === undefined || staged === undefined) return false;
  if ('hash' in left) return holdsContent(database, left, task);
  // Without one of its columns the log cannot be as it was left.
  if (JSON.stringify(staged.columns) !== JSON.stringify(left.columns)) return false;
  return holdsContent(database, contentAfter(left, await contentTotal(stage, staged, task)), task);
}

/** The kind of an event id that is no integer, in the log as it is or as it would be; null where there is none. */
export function findForeignEventId(
  { db, schema, profile }: HostDatabase,
  comparisons: readonly Comparison[],
): string | null {
  const now = findUnfitLog(db, findLogTable(schema, profile), profile);
  const log = comparisons.find(({ staged }) => staged.role === 'log')?.staged;
  const place = log === undefined ? -1 : placeOfName(log.columns, profile.log.columns.id);
  if (now !== null || log === undefined || place === -1) return now;
  // Only integers are rowids.
  if (log.rowid === 'key' && log.columns[place] === log.live.rowidColumn) return null;
  const staged = { schemaName: STAGE_SCHEMA, table: log.name, column: stageColumn(place) };
  const found = findForeignId(db, staged);
  // Of the live log that is known by now.
  const isRepeated = () =>
    findKeyAround(db, log.live, profile.log.columns.id) !== null && hasRepeatedId(db, staged);
  return found ?? (isRepeated() ? PART_OF_KEY : null);
}
