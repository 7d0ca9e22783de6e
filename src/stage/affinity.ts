import { KIND } from '../snapshot-file/plain-tokens.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import type { Column } from '../sqlite/table.ts';

export type Affinity = 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC';

/** SQLite's rules for the affinity of a declared type; in STRICT tables ANY has none. */
export function affinityOf(column: Column, strict: boolean): Affinity {
  const type = column.declaredType.toUpperCase();
  if (type.includes('INT')) return 'INTEGER';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'TEXT';
  if (type === '' || type.includes('BLOB') || (strict && type === 'ANY')) return 'BLOB';
  return /REAL|FLOA|DOUB/.test(type) ? 'REAL' : 'NUMERIC';
}

/** A text that SQLite takes for a number. It ignores its own kinds of white space, and whatever follows a NUL. */
const NUMERIC_TEXT = /^[\t-\r ]*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[\t-\r ]*(?:\0|$)/i;

/**
 * What storing the value in a column of this affinity does to it. `none`: nothing. `kept`: it gets another storage class
 * but still says the same. `lost`: the original can't be told from it any more, as with the zeros of `007`.
 */
export function conversionOf(value: SqlValue, affinity: Affinity): 'none' | 'kept' | 'lost' {
  const keptIf = (isSame: boolean) => (isSame ? 'kept' : 'lost');
  if (affinity === 'BLOB') return 'none';
  if (typeof value === 'string')
    return affinity === 'TEXT' || !NUMERIC_TEXT.test(value) ? 'none' : keptIf(isCanonical(value, affinity));
  if (typeof value === 'bigint') {
    if (affinity === 'REAL') return keptIf(BigInt(Number(value)) === value);
    return affinity === 'TEXT' ? 'kept' : 'none';
  }
  if (typeof value !== 'number') return 'none';
  // As text a real keeps 15 digits, and not always more.
  if (affinity === 'TEXT') return keptIf(Number(value.toPrecision(15)) === value);
  const becomesInteger = affinity !== 'REAL' && Number.isInteger(value) && Math.abs(value) < 2 ** 63;
  return becomesInteger ? keptIf(!Object.is(value, -0)) : 'none';
}

/** Whether the text is exactly how the number that it becomes would be written. */
function isCanonical(text: string, affinity: Affinity): boolean {
  if (!/^-?(?:0|[1-9]\d*)$/.test(text)) return String(Number(text)) === text;
  const number = BigInt(text);
  if (text === '-0') return false;
  return affinity === 'REAL' ? BigInt(Number(number)) === number : BigInt.asIntN(64, number) === number;
}

const WORDS = KIND.NULL | KIND.TEXT | KIND.BYTES_LIKE;
const UNCHANGED: Readonly<Record<Affinity, number>> = {
  TEXT: WORDS | KIND.NUMBER_LIKE,
  INTEGER: WORDS | KIND.INTEGER,
  NUMERIC: WORDS | KIND.INTEGER,
  REAL: WORDS | KIND.REAL,
  BLOB: WORDS | KIND.NUMBER_LIKE | KIND.INTEGER | KIND.REAL,
};

/** Whether `conversionOf` says `none` for whatever is of these kinds: a mask of `KIND`s. */
export function keepsKinds(kinds: number, affinity: Affinity): boolean {
  return (kinds & ~UNCHANGED[affinity]) === 0;
}
