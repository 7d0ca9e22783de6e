import type { Profile } from '../host/profile.ts';
import { type EventColumns, liveEventColumns } from '../log/event-columns.ts';
import { createEventReader } from '../log/event-reader.ts';
import { flaggedSql } from '../log/flags.ts';
import type { FoundEvent } from '../model/search.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Stage } from '../stage/stage.ts';
import { stagedEventColumns } from '../stage/staged-events.ts';
import { toStored } from './stored-key.ts';

/* A row of a second table that holds the payload of an event is shown as that event. */

/** What the index keeps of an event. */
export type IndexedEvent = Omit<FoundEvent, 'chatName'> & { readonly isHidden: boolean };

/** Where the events of a log are read. */
export type EventSource = { readonly db: AnyDatabase; readonly from: string; readonly events: EventColumns };

/** The log of a stage; null where it has none. */
export function eventsOfStage({ db, tables }: Stage, profile: Profile): EventSource | null {
  const log = tables.find(({ role }) => role === 'log');
  if (log === undefined || profile.log.joined.length === 0) return null;
  const events = stagedEventColumns(profile, log, { alias: 'e', schemaName: 'main' });
  return { db, from: `main.${log.name} e`, events };
}

/** The log of a database. */
export function eventsOfDatabase(db: AnyDatabase, { tables }: Schema, profile: Profile): EventSource | null {
  const log = tables.get(foldName(profile.log.table));
  if (log === undefined || profile.log.joined.length === 0) return null;
  const names = log.columns.map(({ name }) => name);
  return {
    db,
    from: `main.${quoteName(log.name)} e`,
    events: liveEventColumns(db, profile, { names, prefix: 'e' }),
  };
}

/** The column that holds the payloads of events, each found by the event's id; null where the table is none with these. */
export function payloadColumn({ log }: Profile, table: string) {
  const found = log.joined.find(
    (one) =>
      one.meaning === 'payload' &&
      foldName(one.table) === foldName(table) &&
      foldName(one.by) === foldName(log.columns.id),
  );
  return found ?? null;
}

/** Makes the function that finds the event of a row with these columns; null for a row without one. */
export function createEventFinder(
  profile: Profile,
  { db, from, events }: EventSource,
  key: number,
): (row: readonly SqlValue[]) => IndexedEvent | null {
  const fields = { ...profile.chat, payloadText: [], payloadTarget: [], payloadEvent: [] };
  const reader = createEventReader(profile, fields, events.names);
  const parts = [...reader.columns.map(events.sqlOf), flaggedSql(profile, events.sqlOf)].join(', ');
  const event = db
    .prepare<[SqlValue], unknown[]>(
      `SELECT ${parts} FROM ${from} WHERE ${events.sqlOf(profile.log.columns.id)} = ?`,
    )
    .raw()
    .safeIntegers();
  return (row) => {
    const values = event.get(toStored(row[key] ?? null));
    if (values === undefined) return null;
    const { chat, speaker, ts, kind } = reader.read(values);
    return { chat, speaker, ts, kind, isHidden: values.at(-1) === 1n };
  };
}
