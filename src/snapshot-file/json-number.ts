import type { SqlValue } from '../sqlite/row-hash.ts';

const NUMBER = /^-?(?:Infinity|(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
/** Digits and sign of the longest 64-bit integer. */
const LONGEST_INTEGER = 20;
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** What the words of Python's JSON are in SQLite. */
export const WORDS: ReadonlyMap<string, SqlValue> = new Map([
  ['null', null],
  ['true', 1n],
  ['false', 0n],
  // NaN can't be stored: SQLite makes it NULL, as it does for the host.
  ['NaN', null],
]);

/** Whether a token is a number as Python's JSON writes one. */
export function isNumber(token: string): boolean {
  return NUMBER.test(token);
}

/** A number with its storage class: INTEGER without point and exponent, else REAL; null for an integer beyond 64 bits. */
export function parseNumber(token: string): bigint | number | null {
  if (/[.eEI]/.test(token)) return Number(token);
  // The length first: making a number of millions of digits would take minutes.
  if (token.length > LONGEST_INTEGER) return null;
  const value = BigInt(token);
  return value < INT64.min || value > INT64.max ? null : value;
}
