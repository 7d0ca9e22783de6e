import * as v from 'valibot';
import type { LogExtent } from '../log/chain.ts';
import type { SnapshotForm } from '../model/snapshots.ts';
import type { RowTotal } from '../sqlite/row-hash.ts';
import type { DumpedTable, Format, RestoreNote, SalvageNote, SnapshotAbout } from './notes.ts';

const count = v.number();
const extent = v.object({ events: count, chain: v.string() }) satisfies v.GenericSchema<unknown, LogExtent>;
const hashed = { name: v.string(), columns: v.array(v.string()), hash: v.string() };
const total = v.object({
  sum: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  rows: v.pipe(count, v.safeInteger(), v.minValue(0)),
}) satisfies v.GenericSchema<unknown, RowTotal>;
const counted = v.array(v.tuple([v.string(), count]));

const eventId = v.pipe(v.string(), v.regex(/^-?\d{1,20}$/));
const restoreNote = v.object({
  planId: v.string(),
  action: v.picklist(['restore', 'undo']),
  database: v.fallback(v.nullable(v.string()), null),
  snapshotId: v.string(),
  snapshotTakenAt: v.string(),
  mode: v.picklist(['full', 'projections']),
  isPart: v.exactOptional(v.literal(true)),
  before: v.exactOptional(v.array(v.object(hashed))),
  after: v.array(
    v.union([
      v.object(hashed),
      v.object({ name: v.string(), columns: v.array(v.string()), removed: total, added: total }),
    ]),
  ),
  log: v.fallback(v.nullable(v.union([extent, v.object({ removed: total, added: total })])), null),
  faults: v.fallback(v.nullable(v.object({ damage: counted, foreignKeys: counted })), null),
  tablesAt: v.exactOptional(v.object({ before: v.nullable(eventId), after: v.nullable(eventId) })),
}) satisfies v.GenericSchema<unknown, RestoreNote>;

const written = { name: v.string(), columns: v.array(v.string()), rows: count, sha256: v.string() };

/** The shape of an `about` object. Its keys are in the order in which we write them, because the text is hashed. */
function aboutOf<
  F extends Format,
  T extends v.GenericSchema<unknown, DumpedTable>,
  L extends v.GenericSchema<unknown, LogExtent | null>,
>(format: F, table: T, log: L) {
  return v.object({
    format: v.literal(format),
    kind: v.string(),
    takenAt: v.string(),
    lastEventId: eventId,
    userVersion: v.number(),
    encoding: v.string(),
    schemaHash: v.string(),
    tables: v.array(table),
    absent: v.array(v.string()),
    log,
    restore: v.nullable(restoreNote),
  });
}

const label = v.nullable(v.string());
const salvageNote = v.object({
  from: v.string(),
  why: v.string(),
  at: v.string(),
  tables: v.array(
    v.object({
      name: v.string(),
      state: v.picklist(['whole', 'unproven', 'gaps', 'cut', 'missing']),
      rows: count,
      gaps: v.array(v.object({ after: label, before: label })),
    }),
  ),
  exact: v.boolean(),
}) satisfies v.GenericSchema<unknown, SalvageNote>;

/** The same with what a salvaged file says of itself. */
function salvagedOf<E extends v.ObjectEntries>({ entries }: v.ObjectSchema<E, undefined>) {
  return v.object({ ...entries, salvaged: salvageNote });
}

const writtenTable = v.object({ ...written, exactSha256: v.nullable(v.string()) });
const copiedTable = v.object({
  name: v.string(),
  columns: v.array(v.string()),
  rows: count,
  hash: v.nullable(v.string()),
  orderedBy: v.nullable(v.string()),
});

const jsonAbout = v.variant('format', [
  aboutOf(1, v.object({ ...hashed, rows: count }), extent),
  aboutOf(2, writtenTable, extent),
  salvagedOf(aboutOf(4, writtenTable, v.null())),
]) satisfies v.GenericSchema<unknown, SnapshotAbout>;

const databaseAbout = v.variant('format', [
  aboutOf(3, copiedTable, v.nullable(extent)),
  salvagedOf(aboutOf(5, copiedTable, v.null())),
]) satisfies v.GenericSchema<unknown, SnapshotAbout>;

/** Notes that are longer are not ours. */
export const LARGEST_ABOUT_BYTES = 8 << 20;

/** Null where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Reads the `about` object of a file of that form and puts its keys in the order in which we write them; null if it is not
 * one that we know.
 */
export function parseAbout(value: unknown, form: SnapshotForm = 'json'): SnapshotAbout | null {
  const { success, output } = v.safeParse(form === 'json' ? jsonAbout : databaseAbout, value);
  return success ? output : null;
}

/** `about` as it is written and hashed: JSON in ASCII. Other characters occur only inside strings, so they can be escaped. */
export function aboutText(about: unknown): string {
  return JSON.stringify(about).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
