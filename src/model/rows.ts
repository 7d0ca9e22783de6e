import type { SchemaDrift, SnapshotRef, TableDiff } from './diff.ts';
import type { StoredValue } from './search.ts';
import type { SnapshotId } from './snapshots.ts';

/** What a restore does to a row: it brings it back, removes it, or changes it. */
export type RowChange = 'added' | 'changed' | 'removed';

/**
 * Two states to compare. The direction is that of a restore: from `otherId`, or from the database as it is now (null), to
 * `snapshotId`.
 */
export type RowsSubject = { readonly snapshotId: SnapshotId; readonly otherId: SnapshotId | null };

/** A difference between what two states can hold. `of`: whose tables or columns these are. */
export type SchemaDifference = SchemaDrift & { readonly of: 'snapshot' | 'other' };

/** The differences by table. */
export type RowsOverview = {
  readonly snapshot: SnapshotRef;
  /** Null: the database as it is now. */
  readonly other: SnapshotRef | null;
  readonly tables: readonly TableDiff[];
  readonly schema: readonly SchemaDifference[];
  /** `other`: neither of the two logs continues the other. */
  readonly lineage: 'same' | 'other';
};

/** Which rows of which table, in which order. Without a filter and a sort they come by change, each in the order of its side. */
export type RowsRequest = {
  readonly table: string;
  readonly change: RowChange | null;
  /** Rows that hold this text before or after, in a column or, with null, in any. Case and compatible forms are ignored. */
  readonly filter: { readonly column: string | null; readonly text: string } | null;
  readonly sort: { readonly column: string; readonly descending: boolean } | null;
};

/** Part of the rows, and of the columns by their place in `RowsShape.columns`. */
export type RowsWindow = {
  readonly offset: number;
  readonly limit: number;
  readonly firstColumn: number;
  readonly columnCount: number;
};

export type RowColumn = {
  readonly name: string;
  readonly declaredType: string;
  readonly isKey: boolean;
  /** Which of the two states have it. In one that lacks it, its values are unknown, and a restore leaves them as they are. */
  readonly in: 'both' | 'before' | 'after';
  /** Whether mostly numbers are expected in it, which are aligned at the right. */
  readonly isNumeric: boolean;
};

export type ChangeCounts = { readonly [C in RowChange]: number };

/** What is known of a table's rows before any is read. */
export type RowsShape = {
  /** The key's columns first, then the others in the order of the schema. */
  readonly columns: readonly RowColumn[];
  readonly counts: ChangeCounts;
  /** How many rows the request selects. */
  readonly total: number;
  /** Why there are no rows to show although the tables may differ; null where all are shown. */
  readonly without: 'missing-live' | 'not-in-snapshot' | 'empty-then' | 'derived' | 'unreadable' | null;
};

/** A value, cut where it is long. `bytes`: its full size. */
export type CellPreview =
  | { readonly type: 'null' }
  /** The state has no such column. */
  | { readonly type: 'absent' }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'real'; readonly value: number }
  | { readonly type: 'text'; readonly text: string; readonly bytes: number; readonly isCut: boolean }
  | { readonly type: 'blob'; readonly hex: string; readonly bytes: number; readonly picture: Picture | null }
  /** Text that is not valid Unicode. */
  | { readonly type: 'broken-text'; readonly hex: string; readonly bytes: number };

export type Picture = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

/** A part of two texts: both have it, or only the one before or after. */
export type TextPart = { readonly in: 'both' | 'before' | 'after'; readonly text: string };

export type RowCell = {
  readonly before: CellPreview | null;
  readonly after: CellPreview | null;
  /** Of a changed row: whether this value changes. */
  readonly isChanged: boolean;
  /** The changed words of two texts, with what stands around them; null where the values themselves tell more. */
  readonly parts: readonly TextPart[] | null;
};

export type ShownRow = {
  /** Names the row as long as the comparison is open. */
  readonly line: number;
  readonly change: RowChange;
  readonly cells: readonly RowCell[];
};

/** A row that can be chosen: `key` names it at any time, and its table with it. */
export type NamedRow = Pick<ShownRow, 'line' | 'change'> & { readonly key: readonly StoredValue[] };

/** The rows of a range that can be chosen; `unnamed`: how many have no key that names them exactly. */
export type NamedRows = { readonly rows: readonly NamedRow[]; readonly unnamed: number };

export type RowsPage = { readonly rows: readonly ShownRow[] };

/** One line of two JSON values side by side, as a tree is written. */
export type JsonLine = {
  readonly depth: number;
  readonly in: TextPart['in'];
  /** The key or index, and then the value or the bracket that opens or closes one. */
  readonly text: string;
};

/** One value before and after, in full as far as it can be shown. */
export type CellDetail = RowCell & {
  /** Null: not both are JSON objects or lists, or they are too large. */
  readonly json: readonly JsonLine[] | null;
  /** Not all of a value is shown. */
  readonly isCut: boolean;
};
