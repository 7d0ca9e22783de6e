import * as v from 'valibot';
import type { LogExtent } from '../log/chain.ts';
import type { RestoreMode } from '../model/restore.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { KnownFaults } from '../sqlite/integrity.ts';

/**
 * The part of a snapshot file that is ours: one last top-level key, which the host's reader ignores. It ends in two
 * numbers and the hash of its small part, so that its small part is found from the end of the file without reading the rest:
 * `"_snapback": {"exact": {table: [[row, column, class, base64], …]}, "about": {…}, "aboutHash": H, "exactAt": N, "aboutAt": M}}`
 */
export const OWN_KEY = '_snapback';
export const FORMAT_VERSION = 1;

export type DumpedTable = {
  readonly name: string;
  readonly rows: number;
  readonly hash: string;
  readonly columns: readonly string[];
};

/** Content hash of a table over the given columns. */
export type HashedTable = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly hash: string;
};

/** In a safety copy: the plan that it was taken for. With it, undo can tell whether the restore was committed. */
export type RestoreNote = {
  readonly planId: string;
  readonly action: 'restore' | 'undo';
  /** The database that was restored, relative to the data folder. Null: a copy of an older version, which does not say. */
  readonly database: string | null;
  readonly snapshotId: SnapshotId;
  readonly snapshotTakenAt: string;
  readonly mode: RestoreMode;
  /** Content of each touched table after COMMIT, over the columns that the restore wrote. Before it: `tables` of this file. */
  readonly after: readonly HashedTable[];
  /** The log after COMMIT, where the restore wrote it and that could be told beforehand; before it: `log` of this file. */
  readonly log: LogExtent | null;
  /** What was wrong with the database before it, so that an undo may bring that back. Null: a copy of an older version, which does not say. */
  readonly faults: KnownFaults | null;
};

export type SnapshotAbout = {
  readonly format: number;
  readonly kind: string;
  readonly takenAt: string;
  readonly lastEventId: string;
  readonly userVersion: number;
  readonly encoding: string;
  readonly schemaHash: string;
  readonly tables: readonly DumpedTable[];
  /** Tables of the profile that the database did not have: written as empty lists, as the host does. */
  readonly absent: readonly string[];
  readonly log: LogExtent;
  readonly restore: RestoreNote | null;
};

const count = v.number();
const extent = v.object({ events: count, chain: v.string() }) satisfies v.GenericSchema<unknown, LogExtent>;
const hashed = { name: v.string(), columns: v.array(v.string()), hash: v.string() };
const counted = v.array(v.tuple([v.string(), count]));

const restoreNote = v.object({
  planId: v.string(),
  action: v.picklist(['restore', 'undo']),
  database: v.fallback(v.nullable(v.string()), null),
  snapshotId: v.string(),
  snapshotTakenAt: v.string(),
  mode: v.picklist(['full', 'projections']),
  after: v.array(v.object(hashed)),
  log: v.fallback(v.nullable(extent), null),
  faults: v.fallback(v.nullable(v.object({ damage: counted, foreignKeys: counted })), null),
}) satisfies v.GenericSchema<unknown, RestoreNote>;

/** The shape of an `about` object in a file. What is read has its keys in the order in which they are written. */
const snapshotAbout = v.object({
  format: v.number(),
  kind: v.string(),
  takenAt: v.string(),
  lastEventId: v.pipe(v.string(), v.regex(/^-?\d{1,20}$/)),
  userVersion: v.number(),
  encoding: v.string(),
  schemaHash: v.string(),
  tables: v.array(v.object({ ...hashed, rows: count })),
  absent: v.array(v.string()),
  log: extent,
  restore: v.nullable(restoreNote),
}) satisfies v.GenericSchema<unknown, SnapshotAbout>;

/** Reads an `about` object, its keys in the order in which they are written; null where the value is none. */
export function parseAbout(value: unknown): SnapshotAbout | null {
  const { success, output } = v.safeParse(snapshotAbout, value);
  return success ? output : null;
}

/** `about` as it stands in the file and is hashed: JSON in ASCII. Outside of texts no letter can be anything else. */
export function aboutText(about: unknown): string {
  return JSON.stringify(about).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
