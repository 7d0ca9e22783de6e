import type { Profile, TimeUnit } from '../host/profile.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import type { Identity } from './events.ts';
import { timeInId } from './id-time.ts';

type Log = { readonly table: string; readonly identity: Identity };

/** The time that the event with this id carries; with null, the last one. Null if there is none or its time has an unknown form. */
export function readTime(
  db: AnyDatabase,
  { log: rules }: Profile,
  { table, identity }: Log,
  event: bigint | null,
): Date | null {
  // `chainColumns` has `ts` in second place, behind the id.
  const column = rules.timeInId === null ? identity[1] : identity[0];
  if (column == null) return null;
  const [id, ts] = [quoteName(rules.columns.id), quoteName(column)];
  const value = db
    .prepare<bigint[], unknown>(
      `SELECT CAST(${ts} AS TEXT) FROM main.${quoteName(table)} ${event === null ? '' : `WHERE ${id} = ?`}
         ORDER BY ${id} DESC LIMIT 1`,
    )
    .pluck()
    .get(...(event === null ? [] : [event]));
  const time = typeof value === 'string' ? parseLogTime(value, rules) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time);
}

/** The column of a log that holds the times of its events. */
export function timeColumn({ columns, timeInId: form }: Profile['log']): string {
  return form === null ? columns.ts : columns.id;
}

/** The time in what `timeColumn` holds, in milliseconds since 1970; NaN for anything else. */
export function parseLogTime(text: string, log: Profile['log']): number {
  if (log.timeInId === null) return parseTime(text, log.timeUnit);
  const time = timeInId(text, log.timeInId);
  return Math.abs(time) <= LATEST_MS ? time : Number.NaN;
}

/**
 * Reads ISO 8601, or a number in the given unit: without one, seconds or milliseconds since 1970. In milliseconds since
 * 1970; NaN for anything else.
 */
export function parseTime(text: string, timeUnit: TimeUnit | null): number {
  if (timeUnit === 'none') return Number.NaN;
  const isNumber = /^\d+(\.\d+)?$/.test(text);
  if (!isNumber) return timeUnit === null || timeUnit === 'iso' ? Date.parse(text) : Number.NaN;
  if (timeUnit === 'iso') return Number.NaN;
  const number = Number(text);
  const time = number * IN_MS[timeUnit ?? (number < FIRST_MILLISECONDS ? 's' : 'ms')];
  return time <= LATEST_MS ? time : Number.NaN;
}

const IN_MS = { s: 1000, ms: 1, us: 0.001 } as const;

/**
 * The time of an event as it is shown: in ISO 8601 where the profile says in which unit or id it is stored, else as it is stored.
 * Null where there is none.
 */
export function shownTime(stored: string | null, log: Profile['log']): string | null {
  if (stored === null || (log.timeUnit === null && log.timeInId === null)) return stored;
  const time = parseLogTime(stored, log);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** From this number on, a time is in milliseconds: as seconds it would be in the year 5138, as milliseconds it is in 1973. */
const FIRST_MILLISECONDS = 1e11;
const LATEST_MS = 8.64e15;
