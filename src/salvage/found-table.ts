import type { SavedTable } from '../model/salvage.ts';

/** Where the rows of a table are written. */
export type TableOut = {
  /** Begins a row, or several that are given as one text. */
  readonly begin: (rows: number) => Promise<void>;
  /** The next piece of their text. */
  readonly text: (piece: string | Uint8Array) => Promise<void>;
  /** An exact value, as its entry says it. Those of a table are given in the order of its rows. */
  readonly exact: (entry: string) => Promise<void>;
};

/** A table that can be saved: whatever is whole of it. */
export type FoundTable = SavedTable & {
  /** Empty where the file has no row of it. */
  readonly columns: readonly string[];
  /** Writes all of its rows. @throws `snapshot-unreadable`, `cancelled` and what `out` throws */
  readonly write: (out: TableOut) => Promise<void>;
};

/** What a damaged snapshot still holds. */
export type Found = {
  readonly why: string;
  readonly tables: readonly FoundTable[];
  /** The last event that is saved, or that the file names where its log is lost. */
  readonly lastEventId: bigint;
  readonly userVersion: number;
  readonly encoding: string;
  readonly schemaHash: string;
  /** Whether binary data can be told apart from text that looks like it. */
  readonly exact: boolean;
  readonly zeroBytes: number;
};
