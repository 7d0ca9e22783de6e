import type { SqlValue } from '../sqlite/row-hash.ts';

const NUMBER = /^-?(?:Infinity|(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
/** Characters of the longest 64-bit integer, its sign included. */
const LONGEST_INTEGER = 20;
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** The words of Python's JSON and what each becomes in SQLite. */
export const WORDS: ReadonlyMap<string, SqlValue> = new Map([
  ['null', null],
  ['true', 1n],
  ['false', 0n],
  // SQLite cannot store NaN and makes it NULL, for the host too.
  ['NaN', null],
]);

/** Whether a token is a number as Python's JSON writes one. */
export function isNumber(token: string): boolean {
  return NUMBER.test(token);
}

/** A number token's value: a bigint (INTEGER) without point and exponent, else a number (REAL); null beyond 64 bits. */
export function parseNumber(token: string): bigint | number | null {
  if (/[.eEI]/.test(token)) return Number(token);
  // Check the length first: converting millions of digits would take minutes.
  if (token.length > LONGEST_INTEGER) return null;
  const value = BigInt(token);
  return value < INT64.min || value > INT64.max ? null : value;
}
