import type { Profile } from '../host/profile.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import type { Identity } from './events.ts';

/** The time that the last event carries; null if there is no event or its time has an unknown form. */
export function readLastTime(
  db: AnyDatabase,
  { log: { columns } }: Profile,
  { table, identity }: { readonly table: string; readonly identity: Identity },
): Date | null {
  // `chainColumns` has `ts` in second place.
  const column = identity[1];
  if (column == null) return null;
  const [id, ts] = [quoteName(columns.id), quoteName(column)];
  const value = db
    .prepare<[], unknown>(
      `SELECT CAST(${ts} AS TEXT) FROM main.${quoteName(table)} ORDER BY ${id} DESC LIMIT 1`,
    )
    .pluck()
    .get();
  const time = typeof value === 'string' ? parseTime(value) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time);
}

/** Reads ISO 8601, or seconds or milliseconds since 1970; in milliseconds since 1970. NaN for anything else. */
export function parseTime(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) return Date.parse(text);
  const number = Number(text);
  const time = number < FIRST_MILLISECONDS ? number * 1000 : number;
  return time <= LATEST_MS ? time : Number.NaN;
}

/** From this number on, a time is in milliseconds: as seconds it would be in the year 5138, as milliseconds it is in 1973. */
const FIRST_MILLISECONDS = 1e11;
const LATEST_MS = 8.64e15;
