import { type Comparison, hasNoKey, joinLive } from '../compare/compare-table.ts';
import { allColumns, hashLiveTable } from '../host/content-hash.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { TaskOptions } from '../model/task.ts';
import { quoteName } from '../sqlite/names.ts';
import { createTableHasher, type RowTotal, type SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import { STAGE_SCHEMA, stageColumn } from '../stage/layout.ts';
import type { Stage } from '../stage/stage.ts';
import { contentHash, contentTotal } from '../stage/staged-contents.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { createYielder } from '../system/yielder.ts';

/*
 * What a touched table holds follows from the snapshot and the rows in which both differ: the staged rows that it lacks or
 * holds in another form, and its own rows in another form or that the snapshot lacks. So nothing else has to be read to tell
 * it. All rows are read where that is less work, and where the live table has columns that the snapshot lacks: equal rows tell
 * nothing of these.
 */

/** A table that was compared, in a database whose temporary tables hold the comparison. */
export type Touched = { readonly database: HostDatabase; readonly comparison: Comparison };

/** What a touched live table holds. */
export type ToldContent = {
  readonly name: string;
  /** For the same stage, two contents have the same text only if they are the same. */
  readonly told: string;
  /** The content hash over all columns, where it was made to tell the content. */
  readonly hash: string | null;
  /** The live rows that are not in the snapshot as they are, over all columns; null where `hash` was made. */
  readonly differing: RowTotal | null;
};

/** Tells what a touched live table holds, before it is written. @throws `cancelled`, database errors */
export async function tellContent(touched: Touched, task: TaskOptions): Promise<ToldContent> {
  const { database, comparison } = touched;
  const { live } = comparison.staged;
  const columns = allColumns(live);
  const { added, removed, changed, liveRows, liveOnly } = comparison;
  if (liveOnly.length > 0 || added + removed + 2 * changed > liveRows) {
    const hash = await hashLiveTable(database, live, columns, task);
    return { name: live.name, told: hash, hash, differing: null };
  }
  const staged = createTableHasher(['ord']);
  const differing = createTableHasher(columns);
  await forEach(touched, stagedRows(comparison, []), staged.add, task);
  await forEach(touched, changedRows(comparison), differing.add, task);
  await forEach(touched, goneRows(comparison), differing.add, task);
  const told = JSON.stringify([columns, staged.finish(), differing.finish()]);
  return { name: live.name, told, hash: null, differing: differing.total() };
}

type Known = { readonly stage: Stage; readonly contents: readonly ToldContent[] };

/** The content hash of a touched live table over all its columns, before it is written. @throws as `tellContent` */
export async function hashBefore(
  touched: Touched,
  { stage, contents }: Known,
  task: TaskOptions,
): Promise<string> {
  const { database, comparison } = touched;
  const { staged } = comparison;
  const columns = allColumns(staged.live);
  const known = contents.find(({ name }) => name === staged.live.name);
  if (known?.hash != null) return known.hash;
  if (known?.differing == null || !sharesAllColumns(staged))
    return hashLiveTable(database, staged.live, columns, task);
  const hasher = createTableHasher(columns, await contentTotal(stage, staged, task));
  const values = columns.map((_, index) => `s.${stageColumn(index)}`);
  await forEach(touched, stagedRows(comparison, values), ([, ...row]) => hasher.remove(row), task);
  hasher.addTotal(known.differing);
  return hasher.finish().hash;
}

/** The content hash of a touched live table over all its columns, once it was verified to hold the staged rows. @throws as `tellContent` */
export async function hashAfter(touched: Touched, { stage }: Known, task: TaskOptions): Promise<string> {
  const { database, comparison } = touched;
  const { staged } = comparison;
  if (sharesAllColumns(staged)) return contentHash(stage, staged, task);
  return hashLiveTable(database, staged.live, allColumns(staged.live), task);
}

/** Whether a staged table has all columns of the live one, in the same order: then both have the same content hash once it is restored. */
function sharesAllColumns({ live, columns }: StagedTable): boolean {
  const all = allColumns(live);
  return all.length === columns.length && all.every((column, index) => column === columns[index]);
}

/** SQL for some rows: what is read, from where, and the alias of the table by whose rowid the rows are ordered. */
type Rows = { readonly values: readonly string[]; readonly from: string; readonly by: 'p' | 'g' };

/** The staged rows that the live table lacks or holds in another form, each after its rowid. */
function stagedRows({ staged, put }: Comparison, values: readonly string[]): Rows {
  const joined = `CROSS JOIN ${STAGE_SCHEMA}.${staged.name} s ON s.rowid = p.ord`;
  const from = `${put} p ${values.length === 0 ? '' : joined} WHERE p.differs`;
  return { values: ['p.ord', ...values], from, by: 'p' };
}

/** The live rows that the snapshot has in another form. */
function changedRows(comparison: Comparison): Rows {
  const from = `${comparison.put} p ${joinLive(comparison, 'p')} WHERE p.survivor AND p.differs`;
  return { values: liveValues(comparison), from, by: 'p' };
}

/** The live rows that the snapshot lacks. */
function goneRows(comparison: Comparison): Rows {
  const { gone, identity } = comparison;
  // Where all columns identify a row, its line already holds them. The table itself may have more rows like it.
  if (hasNoKey(comparison.staged.live))
    return { values: identity.map((_, index) => `g.i${index}`), from: `${gone} g`, by: 'g' };
  return { values: liveValues(comparison), from: `${gone} g ${joinLive(comparison, 'g')}`, by: 'g' };
}

function liveValues({ staged: { live } }: Comparison): readonly string[] {
  return allColumns(live).map((column) => `l.${quoteName(column)}`);
}

const VIEW = 'snapback_differing_rows';
const ROWS_PER_STEP = 256;

async function forEach(
  { database: { db, schema } }: Touched,
  { values, from, by }: Rows,
  use: (row: readonly SqlValue[]) => void,
  task: TaskOptions,
): Promise<void> {
  const columns = values.map((_, index) => `v${index}`);
  // The host's collation of a column need not exist here.
  const selected = values.map((value, index) => `${value} COLLATE BINARY AS v${index}`);
  db.exec(`DROP VIEW IF EXISTS temp.${VIEW};
    CREATE TEMP VIEW ${VIEW} AS SELECT ${selected.join(', ')}, ${by}.rowid AS line FROM ${from}`);
  const source = { schemaName: 'temp', table: VIEW, columns, order: 'ORDER BY line' };
  const yielder = createYielder(task);
  let rows = 0;
  for (const row of readRows(db, { ...source, encoding: schema.encoding })) {
    use(row);
    rows += 1;
    if (rows % ROWS_PER_STEP === 0) await yielder.step();
  }
}
