import { sameScanned } from '../sqlite/same-values.ts';
import type { Table } from '../sqlite/table.ts';
import { affinityOf } from '../stage/affinity.ts';

/**
 * SQL: true where a live value and the staged value of the same column have the same storage class and bytes. It says the
 * same as `sameValue`, with as few tests as the column's affinity allows. The stage was filled under that affinity, so what
 * can stand there is known. Nothing is presumed of the live value: a host may have changed the column's type meanwhile.
 */
export function sameStored(table: Table, column: string, live: string, staged: string): string {
  const declared = table.columns.find(({ name }) => name === column);
  // The affinity of a view's column says nothing about its values, and a virtual table need not obey it.
  if (declared === undefined || table.kind !== 'table') return sameScanned(live, staged);
  // Without affinities on both sides, IS confuses only an integer with an equal real, and 0.0 with -0.0.
  const alike = `+${live} IS +${staged} COLLATE BINARY`;
  switch (affinityOf(declared, table.strict)) {
    case 'TEXT':
      // Here the stage holds no number at all.
      return alike;
    case 'REAL':
      // In such a column SQLite reads every number as a real.
      return `(${alike} AND (${staged} IS NOT 0.0 OR atan2(${live}, -1) = atan2(${staged}, -1)))`;
    case 'INTEGER':
    case 'NUMERIC':
      // Here the stage turned -0.0 into an integer.
      return `(${alike} AND (${staged} IS NULL OR typeof(${live}) = typeof(${staged})))`;
    case 'BLOB':
      return sameScanned(live, staged);
  }
}
