import type { TableDiff } from '../src/model/diff.ts';
import type { CellPreview, RowChange, RowsOverview, RowsShape, SchemaDifference } from '../src/model/rows.ts';
import { driftWords } from './diff-notes.ts';
import { formatBytes, formatNumber } from './numbers.ts';
import { MOST_CHOSEN } from './part.ts';
import { choose, count } from './plurals.ts';

/** What happens to a row, in one word: of a filter, and of a row. */
export const CHANGE_WORDS: { readonly [C in RowChange]: string } = {
  added: 'Back',
  changed: 'Changed',
  removed: 'Removed',
};

/** The menu item that asks whether to restore one row. */
export const RESTORE_ROW: { readonly [C in RowChange]: string } = {
  added: 'Bring back this row…',
  changed: 'Bring this row back as it was…',
  removed: 'Remove this row…',
};

/** The button that asks whether to restore the chosen rows. `isRemoval`: the restore would only remove them. */
export function restoreRowsWords(rows: number, isRemoval: boolean): string {
  return `${isRemoval ? 'Remove' : 'Bring back'} ${count(rows, 'row')}…`;
}

/** `3 rows in 2 tables chosen` */
export function chosenRowsWords(rows: number, tables: number): string {
  return tables > 1
    ? `${count(rows, 'row')} in ${count(tables, 'table')} chosen`
    : `${count(rows, 'row')} chosen`;
}

/** Why none of the rows were chosen. */
export const TOO_MANY_ROWS = `More than ${formatNumber(MOST_CHOSEN)} rows can’t be chosen one by one: choose fewer, or bring back the whole table.`;

/** Why some rows of a range are not chosen. */
export function unnamedWords(rows: number): string {
  return `${count(rows, 'row')} can’t be chosen: nothing names ${choose(rows, 'it', 'them')} exactly.`;
}

/** Why no row of a table can be chosen. */
export const NO_KEY = 'No key tells them apart, so only the whole table can be brought back.';

/** A difference between what the two states can hold. Of two snapshots it says which one it is about. */
export function schemaWords(difference: SchemaDifference, { other }: Pick<RowsOverview, 'other'>): string {
  const words = driftWords(difference);
  if (other === null) return words;
  return difference.of === 'other' ? `In the earlier state: ${words}` : `In the later state: ${words}`;
}

/** How many rows of a table differ, all changes together. */
export function differingRows({
  added,
  changed,
  removed,
}: Pick<TableDiff, 'added' | 'changed' | 'removed'>): number {
  return added + changed + removed;
}

/** Why no rows of a table are shown although it may differ. `between`: two snapshots are compared. */
export function withoutRowsWords(
  { name, snapshotRows, liveRows }: TableDiff,
  without: NonNullable<RowsShape['without']>,
  between: boolean,
): string {
  switch (without) {
    case 'missing-live':
      return between
        ? `Only one of the two snapshots has the table ${name}, with ${count(snapshotRows, 'row')}.`
        : `The database has no table ${name} today. The snapshot holds ${count(snapshotRows, 'row')} of it, which can be exported.`;
    case 'not-in-snapshot':
      return between
        ? `Only one of the two snapshots has the table ${name}, with ${count(liveRows, 'row')}.`
        : `This snapshot does not hold ${name}. A restore leaves its ${count(liveRows, 'row')} alone.`;
    case 'empty-then':
      return `${name} was empty or did not exist yet. Its ${count(liveRows, 'row')} of now are left alone unless you choose otherwise.`;
    case 'derived':
      return `${name} is made from other tables and follows their changes. Its rows are not restored themselves.`;
    case 'unreadable':
      return `${name} can’t be read here, so its rows can’t be shown.`;
  }
}

/** A value in one line, as far as it was read. */
export function cellWords(cell: CellPreview): string {
  switch (cell.type) {
    case 'null':
      return 'NULL';
    case 'absent':
      return '—';
    case 'integer':
      // It may be the name of something, and it is shown as it is stored.
      return String(cell.value);
    case 'real':
      return realWords(cell.value);
    case 'text':
      return cell.isCut ? `${cell.text}… (${formatBytes(cell.bytes)})` : cell.text;
    case 'blob':
      return `${cell.picture === null ? 'Binary' : 'Picture'}, ${formatBytes(cell.bytes)}: ${cell.hex}`;
    case 'broken-text':
      return `Text that is not valid Unicode, ${formatBytes(cell.bytes)}: ${cell.hex}`;
  }
}

/** A real with all its digits, and recognizable as one: `1.0`, `-0.0`, `1e+300`. */
function realWords(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** What is said of tables in which no row differs. Where the tables themselves differ, that is not “identical”. */
export function tablesAlikeWords(tables: number, schema: readonly unknown[]): string {
  return schema.length === 0
    ? count(tables, 'identical table')
    : `${count(tables, 'table')} with no differing row`;
}
