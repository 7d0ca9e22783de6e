import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { createEventSum, createLogChain, type LogExtent, type RowChain } from '../log/chain.ts';
import { createIdentifier, findLogTable, identityOf, readEvents } from '../log/events.ts';
import type { TaskOptions } from '../model/task.ts';
import { createNotedChain, type Format } from '../snapshot-file/notes.ts';
import { readSnapshot } from '../snapshot-file/reader.ts';
import { openSnapshotFile } from '../snapshots/open-file.ts';
import type { NotedSafetyCopy } from '../snapshots/restore-note.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import type { RowTotal } from '../sqlite/row-hash.ts';
import { tellsOfFile } from './noted-contents.ts';

/** A log, named by the chain of its events as notes of some format have it, or by their sum. */
export type NamedLog = (LogExtent & { readonly format: Format }) | RowTotal;

/** The log before a restore and after it, named in the same way. */
export type LogsAround = { readonly before: NamedLog; readonly after: NamedLog };

/** The log as the draft of the checkpoint names it. */
type Drafted = { readonly format: Format; readonly log: LogExtent };

/**
 * The log before a restore and after it: as its safety copy and the checkpoint's draft name them or, where they do not, as
 * the copy holds it. Null where the copy is gone, is damaged or lacks a column that identifies events; `unwritten`
 * where the restore did not write the log. @throws as `readNotedContents`
 */
export async function readLogsAround(
  folder: DataFolder,
  database: HostDatabase,
  { copy, after }: { readonly copy: NotedSafetyCopy; readonly after: Drafted | null },
  task: TaskOptions,
): Promise<LogsAround | 'unwritten' | null> {
  const { about, note } = copy;
  const named = after === null ? note.log : { ...after.log, format: after.format };
  if (named === null) return 'unwritten';
  if ('chain' in named && about.log !== null) {
    const { format } = about;
    return { before: { ...about.log, format }, after: { format, ...named } };
  }
  const held = await readHeldLog(folder, database, copy, task);
  if (held === null) return null;
  const { chain, sum } = held;
  if ('chain' in named) {
    const { format } = about;
    return { before: { ...chain.peek(), format }, after: { format, ...named } };
  }
  const before = sum.total();
  sum.removeTotal(named.removed);
  sum.addTotal(named.added);
  return { before, after: sum.total() };
}

/** The events of the log that a safety copy holds. */
async function readHeldLog(
  folder: DataFolder,
  { schema, profile }: HostDatabase,
  { id }: NotedSafetyCopy,
  task: TaskOptions,
) {
  const known = new Set([profile.log.table, ...profile.tables].map(foldName));
  const identity = identityOf(findLogTable(schema, profile), profile);
  const [chain, sum] = [createLogChain(), createEventSum()];
  try {
    const file = await openSnapshotFile(folder, id);
    try {
      for await (const part of readSnapshot(file, known, { signal: task.signal })) {
        if (part.type !== 'rows' || foldName(part.table) !== foldName(profile.log.table)) continue;
        const { whole, pick } = createIdentifier(identity, part.columns);
        if (!whole) return null;
        for (const row of part.rows()) {
          chain.add(pick(row));
          sum.add(pick(row));
        }
      }
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    if (tellsOfFile(error)) return null;
    throw error;
  }
  return { chain, sum };
}

/** Whether the live log begins with the events of another one. */
export function continuesLog(database: HostDatabase, log: NamedLog): boolean {
  if ('chain' in log) {
    const chain = createNotedChain(log.format);
    return addFirstEvents(database, log.events, chain) && chain.peek().chain === log.chain;
  }
  const sum = createEventSum();
  return addFirstEvents(database, log.rows, sum) && sum.total().sum === log.sum;
}

/** Adds so many events of the live log, in the order of their ids. False if it has fewer. */
function addFirstEvents(
  { db, schema, profile }: HostDatabase,
  events: number,
  { add }: Pick<RowChain, 'add'>,
): boolean {
  const table = schema.tables.get(foldName(profile.log.table));
  if (table === undefined) return false;
  const order = `ORDER BY ${quoteName(profile.log.columns.id)}`;
  const source = {
    table: table.name,
    identity: identityOf(table, profile),
    order,
    encoding: schema.encoding,
  };
  let added = 0;
  for (const event of readEvents(db, source)) {
    if (added === events) break;
    add(event);
    added += 1;
  }
  return added === events;
}
