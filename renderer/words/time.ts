/** How moments are written: local, in English, with the day's name only as exact as the reader needs it. */

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const exactClock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const dayThisYear = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const dayOtherYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const plainDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function calendarDaysAgo(date: Date, now: Date): number {
  const midnight = (of: Date) => Date.UTC(of.getFullYear(), of.getMonth(), of.getDate());
  return Math.round((midnight(now) - midnight(date)) / DAY);
}

function dayName(date: Date, now: Date): string {
  const days = calendarDaysAgo(date, now);
  if (days === 0) return 'today';
  if (days === 1) return 'yesterday';
  if (days === -1) return 'tomorrow';
  const format = date.getFullYear() === now.getFullYear() ? dayThisYear : dayOtherYear;
  return format.format(date).replace(/^(\w+),/, '$1');
}

/** `today 14:03`, `yesterday 22:47`, `Sat 21 Nov, 22:47`, `3 Jan 2025, 08:00`; with seconds where two of a minute must be told apart. */
export function formatMoment(iso: string, now: Date, exact: 'minutes' | 'seconds' = 'minutes'): string {
  const date = new Date(iso);
  const day = dayName(date, now);
  const time = (exact === 'seconds' ? exactClock : clock).format(date);
  return `${day}${/\d/.test(day) ? ',' : ''} ${time}`;
}

/** `14:03` today, else as `formatMoment`. */
export function formatShort(iso: string, now: Date): string {
  const date = new Date(iso);
  return calendarDaysAgo(date, now) === 0 ? clock.format(date) : formatMoment(iso, now);
}

/** `7 Dec`, with the year where it is another. */
export function formatDay(iso: string, now: Date): string {
  const date = new Date(iso);
  return (date.getFullYear() === now.getFullYear() ? plainDay : dayOtherYear).format(date);
}

/** `14:03 UTC` on the same calendar day in UTC, else with the day. */
export function formatUtc(iso: string): string {
  const date = new Date(iso);
  const text = date.toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}

/** `just now`, `28 min ago`, `3 h ago`, `5 days ago`; for what lies ahead `in 2 days`. */
export function formatAge(iso: string, now: Date): string {
  const ms = now.getTime() - new Date(iso).getTime();
  const size = Math.abs(ms);
  if (size < MINUTE) return 'just now';
  return ms > 0 ? `${formatSpan(size)} ago` : `in ${formatSpan(size)}`;
}

/** A length of time in its largest fitting unit: `28 min`, `3 h`, `5 days`, `7 weeks`, `2 years`. */
function formatSpan(ms: number): string {
  const days = Math.floor(ms / DAY);
  if (ms < HOUR) return `${Math.max(1, Math.floor(ms / MINUTE))} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  if (days < 21) return days === 1 ? '1 day' : `${days} days`;
  if (days < 365) return `${Math.floor(days / 7)} weeks`;
  const years = Math.floor(days / 365);
  return years === 1 ? '1 year' : `${years} years`;
}

/** A length of time that lies ahead, rounded to the nearest unit: two minutes short of two days is still `2 days`. */
export function formatRest(ms: number): string {
  return formatSpan(ms + (ms < HOUR ? MINUTE : ms < DAY ? HOUR : DAY) / 2);
}

/** Milliseconds for reading: `8 ms`, `1.4 s`. */
export function formatMilliseconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
