import { language } from './language.ts';
import { onFirstUse } from './on-first-use.ts';

const relative = onFirstUse(() => new Intl.RelativeTimeFormat(language, { style: 'short' }));

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const YEAR_MS = 365 * DAY_MS;

/** Largest first. A unit is used for lengths of at least `fromMs`. */
const UNITS = [
  { unit: 'year', unitMs: YEAR_MS, fromMs: YEAR_MS },
  { unit: 'week', unitMs: WEEK_MS, fromMs: 3 * WEEK_MS },
  { unit: 'day', unitMs: DAY_MS, fromMs: DAY_MS },
  { unit: 'hour', unitMs: HOUR_MS, fromMs: HOUR_MS },
  { unit: 'minute', unitMs: MINUTE_MS, fromMs: 0 },
] as const;

/** `just now`, `28 min ago`, `3 hr ago`, `5 days ago`; `in 2 days` for the future. Rounded down. */
export function formatAge(iso: string, now: Date): string {
  const ms = now.getTime() - new Date(iso).getTime();
  const size = Math.abs(ms);
  if (size < MINUTE_MS) return 'just now';
  const { unit, amount } = inLargestUnit(size);
  return relative().format(ms > 0 ? -amount : amount, unit);
}

/**
 * The time left until something happens, rounded to the nearest unit: two minutes less than two days is still `in 2
 * days`.
 */
export function formatRest(ms: number): string {
  const half = (ms < HOUR_MS ? MINUTE_MS : ms < DAY_MS ? HOUR_MS : DAY_MS) / 2;
  const { unit, amount } = inLargestUnit(ms + half);
  return relative().format(Math.max(1, amount), unit);
}

function inLargestUnit(ms: number): { readonly unit: Intl.RelativeTimeFormatUnit; readonly amount: number } {
  const { unit, unitMs } = UNITS.find(({ fromMs }) => ms >= fromMs) ?? UNITS[4];
  return { unit, amount: Math.floor(ms / unitMs) };
}
