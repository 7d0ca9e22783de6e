import type { TableDiff } from '../../src/model/diff.ts';
import type { RowName } from '../../src/model/search.ts';
import { rowsPart } from '../../words/part.ts';
import { differingRows } from '../../words/rows.ts';
import type { SnapshotViewProps } from '../ask/snapshot-view.ts';

/** Opens the question whether to restore a table or rows. */
export type Restoring = {
  /** Null where only rows can be restored: what the snapshot lacks of a table may be lost. */
  readonly table: ((table: string) => void) | null;
  readonly rows: (rows: readonly RowName[]) => void;
};

/** What can be restored of a snapshot's rows; null: nothing can. */
export function restoringOf({ snapshot, onRestorePart }: SnapshotViewProps): Restoring | null {
  if (onRestorePart === null) return null;
  const table = (name: string) =>
    onRestorePart({ as: 'tables', selection: { by: 'tables', tables: [name] } });
  return {
    table: snapshot.salvagedFrom === null ? table : null,
    rows: (rows) => onRestorePart(rowsPart(rows)),
  };
}

/** Whether restoring a table by itself would do anything. */
export function isRestorable(table: TableDiff): boolean {
  return table.state === 'compared' && differingRows(table) > 0;
}
