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

/** Checks the shape of an `about` object from a file and puts its keys in the order in which they are written; null where it is none. */
export function parseAbout(value: unknown): SnapshotAbout | null {
  if (!isRecord(value) || typeof value.format !== 'number') return null;
  const { kind, takenAt, lastEventId, userVersion, encoding, schemaHash, tables, absent, log, restore } =
    value;
  if (!isString(kind) || !isString(takenAt) || !isString(encoding) || !isString(schemaHash)) return null;
  if (!isString(lastEventId) || !/^-?\d{1,20}$/.test(lastEventId) || typeof userVersion !== 'number')
    return null;
  if (!isListOf(tables, isDumpedTable) || !isListOf(absent, isString)) return null;
  if (!isExtent(log)) return null;
  const note = restore === null ? null : parseNote(restore);
  if (note === undefined) return null;
  return {
    format: value.format,
    kind,
    takenAt,
    lastEventId,
    userVersion,
    encoding,
    schemaHash,
    tables: tables.map(({ name, columns, hash, rows }) => ({ name, columns, hash, rows })),
    absent,
    log: { events: log.events, chain: log.chain },
    restore: note,
  };
}

/** `about` as it stands in the file and is hashed: JSON in ASCII. Outside of texts no letter can be anything else. */
export function aboutText(about: unknown): string {
  return JSON.stringify(about).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function parseNote(value: unknown): RestoreNote | undefined {
  if (!isRecord(value)) return undefined;
  const { planId, action, snapshotId, snapshotTakenAt, mode, after, log, faults } = value;
  if (!isString(planId) || !isString(snapshotId) || !isString(snapshotTakenAt)) return undefined;
  if (action !== 'restore' && action !== 'undo') return undefined;
  if (mode !== 'full' && mode !== 'projections') return undefined;
  if (!isListOf(after, isHashedTable)) return undefined;
  return {
    planId,
    action,
    snapshotId,
    snapshotTakenAt,
    mode,
    after: after.map(({ name, columns, hash }) => ({ name, columns, hash })),
    log: isExtent(log) ? { events: log.events, chain: log.chain } : null,
    faults: parseFaults(faults),
  };
}

function parseFaults(value: unknown): KnownFaults | null {
  if (!isRecord(value)) return null;
  const { damage, foreignKeys } = value;
  return isListOf(damage, isCounted) && isListOf(foreignKeys, isCounted) ? { damage, foreignKeys } : null;
}

function isExtent(value: unknown): value is LogExtent {
  return isRecord(value) && typeof value.events === 'number' && isString(value.chain);
}

function isCounted(value: unknown): value is readonly [string, number] {
  return Array.isArray(value) && value.length === 2 && isString(value[0]) && typeof value[1] === 'number';
}

type UnknownRecord = { readonly [key: string]: unknown };

function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isListOf<T>(value: unknown, test: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(test);
}

function isHashedTable(value: unknown): value is HashedTable {
  return isRecord(value) && isString(value.name) && isString(value.hash) && isListOf(value.columns, isString);
}

function isDumpedTable(value: unknown): value is DumpedTable {
  return isHashedTable(value) && 'rows' in value && typeof value.rows === 'number';
}
