import type { Profile } from '../host/profile.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import type { Identity } from './events.ts';

type Log = { readonly table: string; readonly identity: Identity };

/** The time that the event with this id carries; with null, the last one. Null if there is none or its time has an unknown form. */
export function readTime(
  db: AnyDatabase,
  { log: { columns } }: Profile,
  { table, identity }: Log,
  event: bigint | null,
): Date | null {
  // `chainColumns` has `ts` in second place.
  const column = identity[1];
  if (column == null) return null;
  const [id, ts] = [quoteName(columns.id), quoteName(column)];
  const value = db
    .prepare<bigint[], unknown>(
      `SELECT CAST(${ts} AS TEXT) FROM main.${quoteName(table)} ${event === null ? '' : `WHERE ${id} = ?`}
         ORDER BY ${id} DESC LIMIT 1`,
    )
    .pluck()
    .get(...(event === null ? [] : [event]));
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
