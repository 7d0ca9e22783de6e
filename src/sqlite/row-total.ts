import type { TaskOptions } from '../model/task.ts';
import { createYielder } from '../system/yielder.ts';
import type { AnyDatabase } from './database.ts';
import { createTableHasher, type RowTotal } from './row-hash.ts';
import { type RowSource, readRows } from './rows.ts';

const ROWS_PER_STEP = 256;

/** Adds up the rows of a table, as its content hash counts them. @throws as `readRows`, and `cancelled` */
export async function addUpRows(db: AnyDatabase, source: RowSource, task: TaskOptions): Promise<RowTotal> {
  const yielder = createYielder(task);
  const hasher = createTableHasher(source.columns);
  let rows = 0;
  for (const row of readRows(db, source)) {
    hasher.add(row);
    rows += 1;
    if (rows % ROWS_PER_STEP === 0) await yielder.step();
  }
  return hasher.total();
}
