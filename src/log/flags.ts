import type { Marker, Profile } from '../host/profile.ts';
import { placeOfName } from '../sqlite/names.ts';

/* Whether an event is taken back although it is still in the log: it is hidden, superseded, or marked as the profile says. */

/** SQL: whether an event is flagged as hidden or superseded, or marked. `sourceOf` makes SQL of a column; `NULL` where there is none. */
export function flaggedSql({ log }: Profile, sourceOf: (column: string) => string): string {
  const { hidden, supersededBy } = log.columns;
  return `(${sourceOf(hidden)} IS TRUE OR ${sourceOf(supersededBy)} IS NOT NULL OR ${markedSql(log.marker, sourceOf)})`;
}

/** SQL: whether the column of the profile's marker says that an event is taken back. */
export function markedSql(marker: Marker | null, sourceOf: (column: string) => string): string {
  if (marker === null) return 'false';
  const value = sourceOf(marker.column);
  if (marker.takenBack === null) return `${value} IS NOT NULL`;
  const values = marker.takenBack.map((one) => `'${String(one).replaceAll("'", "''")}'`);
  return `(typeof(${value}) IN ('integer', 'text') AND CAST(${value} AS TEXT) COLLATE BINARY IN (${values.join(', ')}))`;
}

/** Makes the function that tells of a row of the log with these columns what `flaggedSql` tells. Integers must be bigints. */
export function createFlagReader({ log }: Profile, columns: readonly string[]) {
  const { marker } = log;
  const [hidden, superseded, marked] = [
    ...[log.columns.hidden, log.columns.supersededBy, marker?.column ?? ''],
  ].map((name) => placeOfName(columns, name));
  const marks = marker?.takenBack == null ? null : new Set(marker.takenBack.map(String));
  const isMarked = (value: unknown) => {
    if (marker === null || value === null || value === undefined) return false;
    if (marks === null) return true;
    return (typeof value === 'bigint' || typeof value === 'string') && marks.has(String(value));
  };
  return (row: readonly unknown[]): boolean =>
    isTrue(row[hidden ?? -1]) || (row[superseded ?? -1] ?? null) !== null || isMarked(row[marked ?? -1]);
}

/** As SQLite judges a value: a number other than 0, or a text that begins with one. */
function isTrue(value: unknown): boolean {
  if (typeof value === 'string') return (Number.parseFloat(value) || 0) !== 0;
  return typeof value === 'bigint' ? value !== 0n : typeof value === 'number' && value !== 0;
}

/** Makes the function that names columns in SQL, `NULL` where there is none of that name. `nameOf` makes SQL of one that there is. */
export function columnSource(available: readonly string[], nameOf: (column: string) => string) {
  return (column: string): string => {
    const name = available[placeOfName(available, column)];
    return name === undefined ? 'NULL' : nameOf(name);
  };
}
