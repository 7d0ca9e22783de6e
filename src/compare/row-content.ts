import { joinBalanced } from '../sqlite/balanced.ts';

/** SQL: a text that two rows share exactly if all their values are the same. */
export function rowText(values: readonly string[]): string {
  const one = (value: string) =>
    `CASE typeof(${value}) WHEN 'text' THEN 't' || hex(CAST(${value} AS BLOB))
       WHEN 'real' THEN 'r' || iif(${value} COLLATE BINARY = 0.0, iif(atan2(${value}, -1) > 0, '+0', '-0'), quote(${value})) ELSE quote(${value}) END`;
  return joinBalanced(
    values.map((value, index) => (index === 0 ? one(value) : `',' || ${one(value)}`)),
    '||',
    "''",
  );
}
