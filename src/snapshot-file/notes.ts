import * as v from 'valibot';
import type { LogExtent } from '../log/chain.ts';
import type { RestoreMode } from '../model/restore.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { KnownFaults } from '../sqlite/integrity.ts';

/**
 * Our part of a snapshot file: one last top-level key, which the host's reader ignores. It ends with the hash of `about`
 * and the places of its two parts, so that `about` is found from the end of the file without reading the rest:
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

/** The plan for which a safety copy was taken. It lets undo tell whether the restore was committed. */
export type RestoreNote = {
  readonly planId: string;
  readonly action: 'restore' | 'undo';
  /** The database that was restored, relative to the data folder. Null: an older version wrote the copy and did not record it. */
  readonly database: string | null;
  readonly snapshotId: SnapshotId;
  readonly snapshotTakenAt: string;
  readonly mode: RestoreMode;
  /** Content of each touched table after COMMIT, over the columns that the restore wrote. `tables` has the content before. */
  readonly after: readonly HashedTable[];
  /**
   * The log after COMMIT; null if the restore did not write it, or if its outcome could not be known beforehand. The
   * `log` of the snapshot itself is the one before.
   */
  readonly log: LogExtent | null;
  /**
   * What was wrong with the database before the restore, so that an undo may bring it back. Null: an older version wrote
   * the copy and did not record it.
   */
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
  /** Tables of the profile that the database did not have. As in the host's files, each is an empty list. */
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

/** The shape of an `about` object. Its keys are in the order in which we write them, because the text is hashed. */
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

/** Reads an `about` object and puts its keys in the order in which we write them; null if the value is not one. */
export function parseAbout(value: unknown): SnapshotAbout | null {
  const { success, output } = v.safeParse(snapshotAbout, value);
  return success ? output : null;
}

/** `about` as it is written and hashed: JSON in ASCII. Other characters occur only inside strings, so they can be escaped. */
export function aboutText(about: unknown): string {
  return JSON.stringify(about).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
