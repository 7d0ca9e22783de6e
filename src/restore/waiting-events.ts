import { groupLiveAfter } from '../compare/event-groups.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { type HostDatabase, readHostDatabase } from '../host/host-database.ts';
import { atOneMoment, withLiveView } from '../host/private-copy.ts';
import { readLastEventId } from '../log/events.ts';
import type { Replay } from '../model/restore.ts';
import type { TaskOptions } from '../model/task.ts';
import { quoteName } from '../sqlite/names.ts';
import { createYielder } from '../system/yielder.ts';
import { findTablesAtNote, readTablesAt } from './tables-at.ts';

/**
 * The events that a restore kept and that the host has not applied yet; null: none. Where no restore left any, this reads
 * only what the safety copies say about themselves. @throws as `readTablesAt` and `withLiveView`
 */
export async function readWaiting(folder: DataFolder, task: TaskOptions = {}): Promise<Replay | null> {
  if ((await findTablesAtNote(folder)) === null) return null;
  return withLiveView(folder, task, ({ db }) =>
    atOneMoment(db, task, async () => {
      const database = readHostDatabase(db, folder.profile);
      const tablesAt = await readTablesAt(folder, database, task);
      if (tablesAt === null) return null;
      const events = await groupLiveAfter(database, tablesAt, createYielder(task));
      return { ...readSpan(database, tablesAt), events };
    }),
  );
}

function readSpan({ db, profile }: HostDatabase, after: bigint): Omit<Replay, 'events'> {
  const id = quoteName(profile.log.columns.id);
  const first = db
    .prepare<[bigint], unknown>(`SELECT min(${id}) FROM main.${quoteName(profile.log.table)} WHERE ${id} > ?`)
    .pluck()
    .safeIntegers()
    .get(after);
  return {
    fromEvent: typeof first === 'bigint' ? first : after + 1n,
    toEvent: readLastEventId(db, profile),
  };
}
