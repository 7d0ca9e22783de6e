import type { TaskOptions } from '../model/task.ts';
import { createTableHasher, type RowTotal, type SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import { createYielder } from '../system/yielder.ts';
import { stageColumn } from './layout.ts';
import type { Stage } from './stage.ts';
import type { StagedTable } from './staged-table.ts';

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
  const hasher = createTableHasher(table.columns);
  await forEachRow({ stage, table, order: 'ORDER BY rowid' }, hasher.add, task);
  const total = hasher.total();
  stage.contents.totals.set(table.name, total);
  return total;
}

const ROWS_PER_STEP = 256;

type Source = { readonly stage: Stage; readonly table: StagedTable; readonly order: string };

/** Reads a staged table through a connection of its own, so that it does not matter where the stage is attached. */
async function forEachRow(
  { stage, table, order }: Source,
  use: (row: readonly SqlValue[]) => void,
  task: TaskOptions,
): Promise<void> {
  const yielder = createYielder(task);
  const { encoding } = stage;
  const columns = table.columns.map((_, index) => stageColumn(index));
  const source = { schemaName: 'main', table: table.name, columns, order, encoding };
  let rows = 0;
  for (const row of readRows(stage.db, source)) {
    use(row);
    rows += 1;
    if (rows % ROWS_PER_STEP === 0) await yielder.step();
  }
}
