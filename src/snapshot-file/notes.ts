import { createLogChain, createRowChain, type LogExtent, type RowChain } from '../log/chain.ts';
import type { RestoreMode } from '../model/restore.ts';
import type { SavedTable } from '../model/salvage.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { KnownFaults } from '../sqlite/integrity.ts';
import { createTableHasher, type RowTotal } from '../sqlite/row-hash.ts';

/**
 * Our part of a snapshot file: one last top-level key, which the host's reader ignores. It ends with the hash of `about`
 * and the places of its two parts, so that `about` is found from the end of the file without reading the rest:
 * `"_snapback": {"exact": {table: [[row, column, class, base64], …]}, "about": {…}, "aboutHash": H, "exactAt": N, "aboutAt": M}}`
 */
export const OWN_KEY = '_snapback';
/** 3: of a snapshot that is a database. 4 and 5: of a salvaged one, as JSON or as a database, which older versions refuse. */
export type Format = 1 | 2 | 3 | 4 | 5;
/** The format that we write. Files of every `Format` are read. */
export const FORMAT_VERSION = 2 satisfies Format;

/** Content hash of a table over the given columns. */
export type HashedTable = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly hash: string;
};

/** Content of a table over the given columns, given by the content before: some rows were taken out of it, and others added. */
type ChangedTable = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly removed: RowTotal;
  readonly added: RowTotal;
};

/** Content of a table after a restore, as its safety copy notes it. */
export type NotedContent = HashedTable | ChangedTable;

/** A log after a restore, given by the log before: the sums of the events that were taken out of it, and added. */
export type ChangedLog = { readonly removed: RowTotal; readonly added: RowTotal };

/** A table in a file of format 1, proven by its content hash. */
export type HashedDump = HashedTable & { readonly rows: number };

/** A table in a file of format 2, proven by its text. */
export type WrittenDump = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** SHA-256 of what we wrote between the brackets of its list. */
  readonly sha256: string;
  /** The same of its list in `exact`; null if it has none there. */
  readonly exactSha256: string | null;
};

/** A table in a database file, which its seal proves. Where somebody rebuilt the file, only `hash` can. */
export type CopiedTable = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly hash: string | null;
  /** The column by whose values the rows are ordered; null: by their rowid or key. */
  readonly orderedBy: string | null;
};

/** What a file says about one of its tables. All tables of a file are of the same kind. */
export type DumpedTable = HashedDump | WrittenDump | CopiedTable;

/** Whether the notes name the content hash of a table. */
export function isHashed(table: DumpedTable): table is DumpedTable & HashedDump {
  return 'hash' in table && table.hash !== null;
}

/** The plan for which a safety copy was taken. It lets undo tell whether the restore was committed. */
export type RestoreNote = {
  readonly planId: string;
  readonly action: 'restore' | 'undo';
  /** The database that was restored, relative to the data folder. Null: an older version wrote the copy and did not record it. */
  readonly database: string | null;
  readonly snapshotId: SnapshotId;
  readonly snapshotTakenAt: string;
  readonly mode: RestoreMode;
  /** Only a selected part of the snapshot was restored. */
  readonly isPart?: true;
  /** Content of each touched table before the restore, over all columns, as older versions wrote it. The copy itself holds it. */
  readonly before?: readonly HashedTable[];
  /** Content of each touched table after COMMIT, over the columns that the restore wrote. */
  readonly after: readonly NotedContent[];
  /**
   * The log after COMMIT, as older versions wrote it by its extent; null if the restore did not write it, or if its outcome
   * could not be known beforehand. The log of the copy itself is the one before.
   */
  readonly log: ChangedLog | LogExtent | null;
  /**
   * What was wrong with the database before the restore, so that an undo may bring it back. Null: an older version wrote
   * the copy and did not record it.
   */
  readonly faults: KnownFaults | null;
  /** Where the tables did not hold the whole log before the restore, or do not afterwards. */
  readonly tablesAt?: TablesAt;
};

/** The id of the event up to which the tables hold the log, before a restore and after it; null: all of it. */
type TablesAt = { readonly before: string | null; readonly after: string | null };

/** What a salvaged snapshot was made of. It stays in the file for ever: nothing that is missing here was empty. */
export type SalvageNote = {
  readonly from: SnapshotId;
  readonly why: string;
  readonly at: string;
  readonly tables: readonly SavedTable[];
  /** Whether bytes can be told from the text of them. In what was saved of a host's file they cannot. */
  readonly exact: boolean;
};

export type SnapshotAbout = {
  readonly format: Format;
  readonly kind: string;
  readonly takenAt: string;
  readonly lastEventId: string;
  readonly userVersion: number;
  readonly encoding: string;
  readonly schemaHash: string;
  readonly tables: readonly DumpedTable[];
  /** Tables of the profile that the database did not have. As in the host's files, each is an empty list. */
  readonly absent: readonly string[];
  /** Null in a database, of which the log itself can be asked. Older ones name it all the same. */
  readonly log: LogExtent | null;
  readonly restore: RestoreNote | null;
  /** Only in what was salvaged of a damaged snapshot. */
  readonly salvaged?: SalvageNote;
};

/** The chain of a log, as notes of that format name it. */
export function createNotedChain(format: Format): RowChain {
  return format === 1 ? createRowChain() : createLogChain();
}

/** The content hashes of the tables before the restore that a safety copy was taken for, as far as its notes name them. */
export function contentBefore({ restore, tables }: SnapshotAbout): readonly HashedTable[] {
  return restore?.before ?? tables.filter(isHashed);
}

/** The content of a table after a restore. `before`: what its rows in the safety copy come to, over the noted columns. */
export function contentAfter(noted: NotedContent, before: RowTotal): HashedTable {
  if ('hash' in noted) return noted;
  const { name, columns, removed, added } = noted;
  const hasher = createTableHasher(columns, before);
  hasher.removeTotal(removed);
  hasher.addTotal(added);
  return { name, columns, hash: hasher.finish().hash };
}
