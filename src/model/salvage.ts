import type { SnapshotId } from './snapshots.ts';

/**
 * How much of a table a damaged snapshot still holds. `whole`: all of it. `unproven`: all rows can be read, but the
 * contents are not proven to be what was written. `gaps`: rows are missing at places that are known. `cut`: all rows up to
 * a place. `missing`: none; that does not mean that the table was empty.
 */
type SavedState = 'whole' | 'unproven' | 'gaps' | 'cut' | 'missing';

/** An unknown number of rows is missing between these two, which are named by their first column; null: there is none. */
export type Gap = { readonly after: string | null; readonly before: string | null };

export type SavedTable = {
  readonly name: string;
  readonly state: SavedState;
  readonly rows: number;
  readonly gaps: readonly Gap[];
};

/** What can be saved of a damaged snapshot. */
export type Salvageable = {
  readonly snapshotId: SnapshotId;
  /** One sentence: what is wrong with the file. */
  readonly why: string;
  /** Of every table of the profile, in its order. */
  readonly tables: readonly SavedTable[];
  /** Bytes at the end of the file that are nothing but zeros, as a power failure leaves them. */
  readonly zeroBytes: number;
};

export type SalvageFormat = 'json' | 'sqlite';

export type SalvageReceipt = Salvageable & {
  /** Absolute path. Never crosses to the window. */
  readonly file: string;
  readonly format: SalvageFormat;
  readonly sizeBytes: number;
};
