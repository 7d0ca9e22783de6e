import type { Marker } from '../host/profile.ts';
import type { LogSample } from './choose-fields.ts';

const WHEN = /^(?:deleted|removed|retracted|reverted|rewound|undone)_?(?:at|on)$/i;
const WHETHER_THERE = /^(?:is_?)?active$/i;
const STATUS = /^(?:status|state)$/i;
const GONE = /^(?:deleted|removed|retracted|reverted|rewound|undone)$/i;

/** The column by whose values an event is taken back, where its name and its values are clear about it; null: none is. */
export function guessMarker({ columns, rows }: LogSample, taken: ReadonlySet<string>): Marker | null {
  for (const [place, column] of columns.entries()) {
    if (taken.has(column)) continue;
    const values = rows.map((row) => row[place]);
    if (WHEN.test(column) && (values.length === 0 || values.includes(null)))
      return { column, takenBack: null };
    const are = (...some: readonly unknown[]) => values.every((value) => some.includes(value));
    if (WHETHER_THERE.test(column) && values.length > 0 && are(0n, 1n)) return { column, takenBack: [0] };
    if (!STATUS.test(column) || !values.every((value) => typeof value === 'string')) continue;
    const gone = new Set(values.filter((value) => GONE.test(value)));
    if (gone.size > 0) return { column, takenBack: [...gone].toSorted() };
  }
  return null;
}
