import { language } from './language.ts';
import { onFirstUse } from './on-first-use.ts';
import { capitalize } from './sentences.ts';

/** Moments are written in local time. The day is only as exact as the reader needs it. */

/** `seconds` when moments within the same minute must be distinguishable. */
export type Exactness = 'minutes' | 'seconds';

const offset = onFirstUse(() => new Intl.DateTimeFormat(language, { timeZoneName: 'shortOffset' }));
const dayThisYear = onFirstUse(
  () => new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short' }),
);
const dayOtherYear = onFirstUse(
  () => new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' }),
);
const plainDay = onFirstUse(() => new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' }));
/** American English, because British English abbreviates September to four letters and all months should have three. */
const month = onFirstUse(() => new Intl.DateTimeFormat('en-US', { month: 'short' }));
const nearDays = onFirstUse(() => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function calendarDaysFrom(now: Date, date: Date): number {
  const midnight = (of: Date) => Date.UTC(of.getFullYear(), of.getMonth(), of.getDate());
  return Math.round((midnight(date) - midnight(now)) / DAY_MS);
}

/** The names of days that were asked for. A formatter would take most of the time of a long list. */
const dayNames = new WeakMap<Intl.DateTimeFormat, Map<string, string>>();

function nameDay(format: Intl.DateTimeFormat, date: Date): string {
  const names = dayNames.get(format) ?? new Map<string, string>();
  dayNames.set(format, names);
  const name = names.get(date.toDateString()) ?? formatDayName(format, date);
  names.set(date.toDateString(), name);
  return name;
}

function formatDayName(format: Intl.DateTimeFormat, date: Date): string {
  return format
    .formatToParts(date)
    .map(({ type, value }) => (type === 'month' ? month().format(date) : value))
    .join('')
    .replace(/^(\p{L}+),/u, '$1');
}

function inTwoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/**
 * The time of day. It includes the UTC offset in the hour that occurs twice when the clocks are set back. A formatter would
 * write the same, but takes several milliseconds to make.
 */
function clockTime(date: Date, exact: Exactness): string {
  const parts = [date.getHours(), date.getMinutes(), ...(exact === 'seconds' ? [date.getSeconds()] : [])];
  const time = parts.map(inTwoDigits).join(':');
  return comesTwice(date) ? `${time} ${offsetOf(date)}` : time;
}

/** Asked of the calendar, not of the formatter, which would take most of the time of a long list. */
function comesTwice(date: Date): boolean {
  return [-HOUR_MS, -HOUR_MS / 2, HOUR_MS / 2, HOUR_MS].some((shift) => {
    const other = new Date(date.getTime() + shift);
    return (other.getTimezoneOffset() - date.getTimezoneOffset()) * MINUTE_MS === shift;
  });
}

function offsetOf(date: Date): string {
  return (
    offset()
      .formatToParts(date)
      .find(({ type }) => type === 'timeZoneName')?.value ?? ''
  );
}

/** `today 14:03`, `yesterday 22:47`, `Sat 21 Nov, 22:47`, `3 Jan 2025, 08:00`. */
export function formatMoment(iso: string, now: Date, exact: Exactness = 'minutes'): string {
  const date = new Date(iso);
  const days = calendarDaysFrom(now, date);
  const time = clockTime(date, exact);
  if (Math.abs(days) <= 1) return `${nearDays().format(days, 'day')} ${time}`;
  const format = date.getFullYear() === now.getFullYear() ? dayThisYear() : dayOtherYear();
  return `${nameDay(format, date)}, ${time}`;
}

/** `14:03` if it is today; otherwise the same as `formatMoment`. */
export function formatShort(iso: string, now: Date, exact: Exactness = 'minutes'): string {
  const date = new Date(iso);
  return calendarDaysFrom(now, date) === 0 ? clockTime(date, exact) : formatMoment(iso, now, exact);
}

/**
 * For the end of a sentence: `at 14:03`, `yesterday at 22:47`, `on Sat 21 Nov at 22:47`. `bare`: `14:03`, `yesterday
 * 22:47`, `Sat 21 Nov, 22:47`, after another preposition.
 */
export function formatWhen(
  iso: string,
  now: Date,
  form: 'bare' | 'full' = 'full',
  exact: Exactness = 'minutes',
): string {
  if (form === 'bare') return formatShort(iso, now, exact);
  const date = new Date(iso);
  const days = calendarDaysFrom(now, date);
  const time = clockTime(date, exact);
  if (days === 0) return `at ${time}`;
  if (days === -1) return `${nearDays().format(days, 'day')} at ${time}`;
  const format = date.getFullYear() === now.getFullYear() ? dayThisYear() : dayOtherYear();
  return `on ${nameDay(format, date)} at ${time}`;
}

/** `7 Dec`; with the year if it is not the current one. */
export function formatDay(iso: string, now: Date): string {
  const date = new Date(iso);
  return nameDay(date.getFullYear() === now.getFullYear() ? plainDay() : dayOtherYear(), date);
}

/** The local date, as in `2026-11-25`. */
export function localDay(iso: string): string {
  const date = new Date(iso);
  return [date.getFullYear(), ...[date.getMonth() + 1, date.getDate()].map(inTwoDigits)].join('-');
}

/** The heading of a day: `Today`, `Yesterday`, `Sat 14 Nov`. */
export function formatDayHeading(iso: string, now: Date): string {
  const date = new Date(iso);
  const days = calendarDaysFrom(now, date);
  if (Math.abs(days) <= 1) return capitalize(nearDays().format(days, 'day'));
  return nameDay(date.getFullYear() === now.getFullYear() ? dayThisYear() : dayOtherYear(), date);
}

/** `14:03`, where the day is said elsewhere. */
export function formatClock(iso: string, exact: Exactness = 'minutes'): string {
  return clockTime(new Date(iso), exact);
}

/** For a column of moments: `2026-11-23 14:03:22`, in local time. */
export function formatTimestamp(iso: string): string {
  return `${localDay(iso)} ${clockTime(new Date(iso), 'seconds')}`;
}

/** `2026-11-23 13:03:01 UTC`, the time in a snapshot's file name. */
export function formatUtc(iso: string): string {
  const text = new Date(iso).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}

/** How exactly to write each of these moments: with seconds if another one is in the same minute. */
export function exactnessAmong(isos: readonly string[]): (iso: string) => Exactness {
  const minuteOf = (iso: string) => iso.slice(0, 16);
  const perMinute = Map.groupBy(new Set(isos), minuteOf);
  return (iso) => ((perMinute.get(minuteOf(iso))?.length ?? 0) > 1 ? 'seconds' : 'minutes');
}

/** For an axis: `Tue 10 Nov` at the beginning of a day, `13:00` within one. */
export function formatTick(time: number, isDay: boolean, now: Date): string {
  const date = new Date(time);
  if (!isDay) return clockTime(date, 'minutes');
  return nameDay(date.getFullYear() === now.getFullYear() ? dayThisYear() : dayOtherYear(), date);
}
