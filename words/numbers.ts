import { language } from './language.ts';
import { onFirstUse } from './on-first-use.ts';

const grouped = onFirstUse(() => new Intl.NumberFormat(language));
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const bytesIn = BYTE_UNITS.map((unit) =>
  onFirstUse(
    () =>
      new Intl.NumberFormat(language, {
        style: 'unit',
        unit,
        unitDisplay: unit === 'byte' ? 'long' : 'short',
        maximumSignificantDigits: 3,
      }),
  ),
);
const milliseconds = onFirstUse(
  () =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: 'millisecond',
      maximumFractionDigits: 0,
    }),
);
const wholeUnits = [
  { unit: 'day', lengthSeconds: 86_400 },
  { unit: 'hour', lengthSeconds: 3_600 },
  { unit: 'minute', lengthSeconds: 60 },
  { unit: 'second', lengthSeconds: 1 },
].map(({ unit, lengthSeconds }) => ({
  lengthSeconds,
  format: onFirstUse(() => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' })),
}));
const seconds = onFirstUse(
  () =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: 'second',
      unitDisplay: 'long',
      maximumFractionDigits: 1,
    }),
);

const percent = onFirstUse(() => new Intl.NumberFormat(language, { style: 'percent' }));

/** A share from 0 to 1: `42%`. Rounded down, so that only the whole is 100%. */
export function formatPercent(share: number): string {
  return percent().format(Math.floor(share * 100) / 100);
}

export function formatNumber(value: number | bigint): string {
  return grouped().format(value);
}

/** Decimal units, three significant digits: `812 bytes`, `4.2 MB`, `138 MB`. */
export function formatBytes(bytes: number): string {
  const fitting = bytesIn.findIndex((_, power) => bytes < 999.5 * 1000 ** power);
  const power = fitting === -1 ? bytesIn.length - 1 : fitting;
  return bytesIn[power]?.().format(bytes / 1000 ** power) ?? '';
}

/** A duration: `8 ms`, `1.4 seconds`. */
export function formatMilliseconds(ms: number): string {
  return ms < 999.5 ? milliseconds().format(ms) : seconds().format(ms / 1000);
}

/** A duration in the largest unit that gives a whole number: `30 minutes`, `2 hours`, `90 seconds`. */
export function formatSeconds(value: number): string {
  const whole = wholeUnits.find(({ lengthSeconds }) => value % lengthSeconds === 0);
  return whole === undefined ? `${value}` : whole.format().format(value / whole.lengthSeconds);
}

/** The sum of a size over all of them. */
export function sumOf<T>(all: readonly T[], sizeOf: (one: T) => number): number {
  return all.reduce((sum, one) => sum + sizeOf(one), 0);
}
