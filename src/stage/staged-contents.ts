import type { TaskOptions } from '../model/task.ts';
import { createTableHasher, type RowTotal } from '../sqlite/row-hash.ts';
import { addUpRows } from '../sqlite/row-total.ts';
import type { RowSource } from '../sqlite/rows.ts';
import { stageColumn } from './layout.ts';
import type { Stage } from './stage.ts';
import type { StagedTable } from './staged-table.ts';

/** Fewer rows are sooner added up than another thread is asked. */
const MANY_ROWS = 5000;

/** The content hash of a staged table over its columns: what the live table must have after a restore. @throws as `contentTotal` */
export async function contentHash(stage: Stage, table: StagedTable, task: TaskOptions): Promise<string> {
  return createTableHasher(table.columns, await contentTotal(stage, table, task)).finish().hash;
}

/**
 * The total of the row hashes of a staged table, over its columns. It is computed when it is first asked for, and kept
 * with the stage. @throws `cancelled`, database errors
 */
export async function contentTotal(stage: Stage, table: StagedTable, task: TaskOptions): Promise<RowTotal> {
  const known = stage.contents.totals.get(table.name);
  if (known !== undefined) return known;
  const begun = await stage.begunTotals.get(table.name);
  const total = begun ?? (await addUpRows(stage.db, sourceOf(stage, table), task));
  stage.contents.totals.set(table.name, total);
  return total;
}

/** The rows of a stage that are to be added up. */
export type StagedRows = { readonly file: string; readonly source: RowSource };

/**
 * Has the rows of a large staged table added up by `addUp`, beside what its caller does meanwhile. `contentTotal` waits for
 * that. Where it fails, the rows are added up again when they are asked for, so nothing depends on it.
 */
export function beginContentTotal(
  stage: Stage,
  table: StagedTable,
  addUp: (rows: StagedRows) => Promise<RowTotal>,
): void {
  if (table.rows < MANY_ROWS || stage.contents.totals.has(table.name)) return;
  const begun = addUp({ file: stage.file, source: sourceOf(stage, table) });
  stage.begunTotals.set(
    table.name,
    begun.catch(() => null),
  );
}

/** The table as a connection of the stage's own sees it, so that it does not matter where the stage is attached. */
function sourceOf({ encoding }: Stage, table: StagedTable): RowSource {
  const columns = table.columns.map((_, index) => stageColumn(index));
  return { schemaName: 'main', table: table.name, columns, order: 'ORDER BY rowid', encoding };
}
