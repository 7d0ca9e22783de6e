import type { SnapbackError } from '../model/errors.ts';
import type { Gap } from '../model/salvage.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import type { OwnNotes } from './own-notes.ts';
import type { Segment } from './row-list.ts';

type SurveyedSegment = Segment & {
  /** The place of its first row among those that were written; null where that is not known. */
  readonly firstOrdinal: number | null;
};

export type SurveyedTable = {
  /** As the file spells it. */
  readonly name: string;
  columns: readonly string[] | null;
  readonly segments: SurveyedSegment[];
  readonly gaps: Gap[];
  /** The bytes between the brackets; null where they are not all there. */
  list: { readonly from: number; readonly to: number } | null;
  /** Whether its end was reached. */
  closed: boolean;
  last: SqlValue;
  ascending: boolean;
};

export type Survey = {
  readonly notes: OwnNotes | null;
  readonly lastEventId: bigint | null;
  /** By their folded names. */
  readonly tables: ReadonlyMap<string, SurveyedTable>;
  /** The first damage; null where the form of the file is right. */
  readonly damage: SnapbackError | null;
  /** Zeros at the end of the file. */
  readonly zeroBytes: number;
};

/** The tables that a file may hold, in the order of a dump, and the columns by which the log is recognized. */
export type Expected = { readonly order: readonly string[]; readonly logColumns: readonly string[] };

/** The value of the first column, by which a row is named. */
export function keyText(
  { columns }: { readonly columns: readonly string[] | null },
  value: SqlValue,
): string | null {
  return columns === null || value === null || typeof value === 'object'
    ? null
    : `${columns[0]} ${String(value)}`.slice(0, 120);
}

/** Whether rows have exactly these columns, in this order. */
export function sameNames(a: readonly string[], b: readonly string[] | null): boolean {
  return b !== null && a.length === b.length && a.every((name, index) => b[index] === name);
}
