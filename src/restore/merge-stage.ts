import { createHash } from 'node:crypto';
import { hasNoKey, joinLive } from '../compare/compare-table.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { TaskOptions } from '../model/task.ts';
import { explainPrivateWrite, openPrivateDatabase, type WriteDatabase } from '../sqlite/database.ts';
import { createRowInsert } from '../sqlite/insert-row.ts';
import { quoteName } from '../sqlite/names.ts';
import { createTableHasher } from '../sqlite/row-hash.ts';
import type { Stage } from '../stage/stage.ts';
import { columnInStage, type StagedTable } from '../stage/staged-table.ts';
import { createYielder } from '../system/yielder.ts';
import type { ChosenTable } from './chosen-rows.ts';
import { forEachRow } from './touched-content.ts';

/** A stage of which some tables hold live rows now. */
export type Merged = {
  readonly tables: readonly StagedTable[];
  /** The content of the live rows that were put in, and which rows of the snapshot had to go. */
  readonly hash: string;
};

/**
 * Makes a copy of a stage hold, of all rows that differ, the chosen ones as in the snapshot and the others as in the live
 * tables. So restoring it brings back what was chosen and changes nothing else.
 * @throws `disk-full`, `schema-needs-host`, `cancelled`, database errors; then the copy is useless
 */
export async function mergeLiveRows(
  { stage, nativeBinding }: { readonly stage: Stage; readonly nativeBinding: string | undefined },
  database: HostDatabase,
  chosen: readonly ChosenTable[],
  task: TaskOptions,
): Promise<Merged> {
  const db = openPrivateDatabase(stage.file, { nativeBinding });
  const digest = createHash('sha256');
  const tables: StagedTable[] = [];
  try {
    db.exec('BEGIN');
    for (const one of chosen) {
      const { staged, isWhole } = { ...one.comparison, ...one };
      const rows = isWhole
        ? staged.rows
        : staged.rows + (await mergeTable(db, { database, one, digest }, task));
      const { schemaName: _, ...table } = staged;
      tables.push({ ...table, rows });
    }
    db.exec('COMMIT');
  } catch (error) {
    throw explainPrivateWrite(error, stage.file);
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK');
    db.close();
  }
  return { tables, hash: digest.digest('hex') };
}

type Merging = {
  readonly database: HostDatabase;
  readonly one: ChosenTable;
  readonly digest: ReturnType<typeof createHash>;
};

/** Returns how many rows the staged table has more than before. */
async function mergeTable(
  db: WriteDatabase,
  { database, one, digest }: Merging,
  task: TaskOptions,
): Promise<number> {
  const { comparison, put, gone } = one;
  const { staged } = comparison;
  const yielder = createYielder(task);
  digest.update(JSON.stringify(staged.live.name));
  const remove = db.prepare<[bigint]>(`DELETE FROM ${staged.name} WHERE rowid = ?`);
  const unchosen = database.db
    .prepare<[], bigint>(
      `SELECT ord FROM ${comparison.put} WHERE ord NOT IN (SELECT ord FROM ${put}) ORDER BY ord`,
    )
    .pluck()
    .safeIntegers();
  let more = 0;
  for (const ord of unchosen.iterate()) {
    remove.run(ord);
    digest.update(`${ord},`);
    more -= 1;
    await yielder.step();
  }
  const places = staged.columns.map((_, index) => columnInStage(staged, index));
  const insert = createRowInsert(db, staged.name, places);
  const hasher = createTableHasher(staged.columns);
  const values = staged.columns.map((column) => `l.${quoteName(column)}`);
  // Where all columns identify a row, its line already holds them. The table itself may have more rows like it.
  const hasLines = hasNoKey(staged.live);
  const ofLine = staged.columns.map((column) => `n.i${comparison.identity.indexOf(column)}`);
  const goneRows = `${comparison.gone} n ${hasLines ? '' : joinLive(comparison, 'n')} WHERE n.rowid NOT IN (SELECT line FROM ${gone})`;
  const changed = `${comparison.put} n ${joinLive(comparison, 'n')} WHERE n.survivor AND n.ord NOT IN (SELECT ord FROM ${put})`;
  const kept = [
    { values, from: changed, by: 'n' },
    { values: hasLines ? ofLine : values, from: goneRows, by: 'n' },
  ];
  for (const rows of kept)
    await forEachRow(
      database,
      rows,
      (row) => {
        insert(row);
        hasher.add(row);
        more += 1;
      },
      task,
    );
  digest.update(hasher.finish().hash);
  return more;
}
