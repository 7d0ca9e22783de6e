/** A name quoted for SQL, whatever characters it contains. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** SQL for the storage class and bytes of a column; better-sqlite3 alone would hide what is not valid text. */
export function exactly(column: string): readonly string[] {
  return [
    `typeof(${column})`,
    `iif(typeof(${column}) IN ('text', 'blob'), hex(CAST(${column} AS BLOB)), ${column})`,
  ];
}

/** A value that SQL read `exactly`, as text: a negative zero is another value than zero. */
export function describe(value: unknown): string {
  return typeof value === 'number' && Object.is(value, -0) ? '-0' : String(value);
}
