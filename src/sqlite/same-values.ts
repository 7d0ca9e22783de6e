import { quoteName } from './names.ts';
import type { Table } from './table.ts';

/** SQL: true where the primary key treats both values as equal. A key may have another collation than its column. */
export function sameKey(live: Table, column: string, a: string, b: string): string {
  const { keyCollation = 'BINARY' } = live.columns.find(({ name }) => name === column) ?? {};
  return `${a} = ${b} COLLATE ${quoteName(keyCollation)}`;
}

/** SQL: true where both values have the same storage class and bytes. SQLite calls 0.0 and -0.0 equal; `atan2` tells them apart. */
export function sameValue(a: string, b: string): string {
  const sameZero = `(typeof(${a}) <> 'real' OR ${a} COLLATE BINARY <> 0.0 OR atan2(${a}, -1) = atan2(${b}, -1))`;
  return `(typeof(${a}) = typeof(${b}) AND ${a} IS ${b} COLLATE BINARY AND ${sameZero})`;
}

/**
 * SQL: says the same as `sameValue`, with fewer tests for most values, but no index helps to find it. Without affinities, IS
 * confuses only an integer with an equal real, and 0.0 with -0.0; and what is greater than '' is no number.
 */
export function sameScanned(a: string, b: string): string {
  const sameNumber = `(typeof(${a}) = typeof(${b}) AND (+${b} COLLATE BINARY IS NOT 0.0 OR atan2(${a}, -1) = atan2(${b}, -1)))`;
  return `(+${a} IS +${b} COLLATE BINARY AND (+${b} > '' COLLATE BINARY OR ${sameNumber}))`;
}
