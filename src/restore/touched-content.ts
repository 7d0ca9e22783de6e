import { createHash } from 'node:crypto';
import { type Comparison, hasNoKey, joinLive } from '../compare/compare-table.ts';
import type { EventMatch } from '../compare/match-events.ts';
import { allColumns, hashLiveTable, tellRows } from '../host/content-hash.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { createEventSum } from '../log/chain.ts';
import { createIdentifier, identityOf } from '../log/events.ts';
import type { TaskOptions } from '../model/task.ts';
import type { ChangedLog, NotedContent } from '../snapshot-file/notes.ts';
import { quoteName } from '../sqlite/names.ts';
import { createTableHasher, type RowTotal, type SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import { STAGE_SCHEMA, stageColumn } from '../stage/layout.ts';
import type { Stage } from '../stage/stage.ts';
import { contentHash } from '../stage/staged-contents.ts';
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
  /** The rows in which it differs from the snapshot, over all columns; null where all its rows were read. */
  readonly differing: Differing | null;
};

/** Rows of the snapshot that a table lacks, or holds in another form, and rows of its own likewise. */
type Differing = { readonly lacks: RowTotal; readonly has: RowTotal };

/** Whether all rows of a touched table are read to tell what it holds, and all staged ones to note what it will hold. */
export function isToldWhole({ added, removed, changed, liveRows, liveOnly }: Comparison): boolean {
  return liveOnly.length > 0 || added + removed + 2 * changed > liveRows;
}

/** Tells what a touched live table holds, before it is written. @throws `cancelled`, database errors */
export async function tellContent(touched: Touched, task: TaskOptions): Promise<ToldContent> {
  const { database, comparison } = touched;
  const { live } = comparison.staged;
  const columns = allColumns(live);
  if (isToldWhole(comparison)) {
    // Where columns are left alone, the table may hold the same before and after, and must be told in the same way.
    const told = comparison.liveOnly.length > 0 ? null : await tellRows(database, live, task);
    return {
      name: live.name,
      told: told ?? (await hashLiveTable(database, live, columns, task)),
      differing: null,
    };
  }
  const [lacking, having] = [createTableHasher(columns), createTableHasher(columns)];
  await forEachRow(database, stagedRows(comparison), lacking.add, task);
  await forEachRow(database, changedRows(comparison), having.add, task);
  await forEachRow(database, goneRows(comparison), having.add, task);
  const differing = { lacks: lacking.total(), has: having.total() };
  return { name: live.name, told: tellDiffering(columns, differing), differing };
}

function tellDiffering(columns: readonly string[], { lacks, has }: Differing): string {
  return JSON.stringify([columns, lacks, has]);
}

/**
 * What a safety copy notes of a touched table after the restore: where few rows differ, only these. The others are in the
 * copy itself. @throws as `tellContent`
 */
export async function noteContent(
  stage: Stage,
  staged: StagedTable,
  { differing }: ToldContent,
  task: TaskOptions,
): Promise<NotedContent> {
  const { live, columns } = staged;
  return differing === null
    ? { name: live.name, columns, hash: await contentHash(stage, staged, task) }
    : { name: live.name, columns: allColumns(live), removed: differing.has, added: differing.lacks };
}

/**
 * What a safety copy notes of the log after the restore: the events that go, and those that come. Null where the snapshot
 * lacks a column that identifies them. @throws as `tellContent`
 */
export async function noteLog(
  database: HostDatabase,
  { log, newer, missing }: EventMatch,
  task: TaskOptions,
): Promise<ChangedLog | null> {
  const { live, name, columns } = log.staged;
  const identity = identityOf(live, database.profile);
  if (!createIdentifier(identity, columns).whole) return null;
  const names = identity.filter((column) => column !== null);
  const { pick } = createIdentifier(identity, names);
  const sumUp = async (rows: Rows) => {
    const sum = createEventSum();
    await forEachRow(database, rows, (row) => sum.add(pick(row)), task);
    return sum.total();
  };
  const staged = names.map((column) => `s.${stageColumn(columns.indexOf(column))}`);
  const inStage = `CROSS JOIN ${STAGE_SCHEMA}.${name} s ON s.rowid = m.ord`;
  // Of rows that nothing tells apart, only the comparison knows how many there are.
  if (hasNoKey(live)) {
    const values = names.map((column) => `g.i${log.identity.indexOf(column)}`);
    return {
      removed: await sumUp({ values, from: `${log.gone} g`, by: 'g' }),
      added: await sumUp({ values: staged, from: `${log.put} m ${inStage} WHERE m.differs`, by: 'm' }),
    };
  }
  const values = names.map((column) => `l.${quoteName(column)}`);
  return {
    removed: await sumUp({ values, from: `${newer} n ${joinLive(log, 'n')}`, by: 'n' }),
    added: await sumUp({ values: staged, from: `${missing} m ${inStage}`, by: 'm' }),
  };
}

/** What the receipt calls the content of a table: two names of one restore are the same only if the contents are. */
export type ContentNames = { readonly before: string; readonly after: string };

/**
 * Names what a touched table held before a restore and holds now that it was verified to hold the staged rows.
 * @throws as `tellContent`
 */
export async function nameContents(
  { database, comparison: { staged } }: Touched,
  { stage, content }: { readonly stage: Stage; readonly content: ToldContent },
  task: TaskOptions,
): Promise<ContentNames> {
  const { live, columns } = staged;
  const all = allColumns(live);
  if (content.differing !== null) {
    const name = (told: string) => createHash('sha256').update(`${stage.sha256}${told}`).digest('hex');
    return { before: name(content.told), after: name(tellDiffering(all, NOTHING)) };
  }
  // With all columns of the live table, in the same order, both have the same content hash now.
  const isShared = all.length === columns.length && all.every((column, index) => column === columns[index]);
  const after = isShared
    ? await contentHash(stage, staged, task)
    : await hashLiveTable(database, live, all, task);
  return { before: content.told, after };
}

const NO_ROWS = createTableHasher([]).total();
const NOTHING: Differing = { lacks: NO_ROWS, has: NO_ROWS };

/** SQL for some rows: what is read, from where, and the alias of the table by whose rowid the rows are ordered. */
export type Rows = { readonly values: readonly string[]; readonly from: string; readonly by: string };

/** The staged rows that the live table lacks or holds in another form. Without a live column the snapshot lacks, they have all. */
function stagedRows({ staged: { live, name, columns }, put }: Comparison): Rows {
  const from = `${put} p CROSS JOIN ${STAGE_SCHEMA}.${name} s ON s.rowid = p.ord WHERE p.differs`;
  const values = allColumns(live).map((column) => `s.${stageColumn(columns.indexOf(column))}`);
  return { values, from, by: 'p' };
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

/** Reads some rows, in the order of the lines that name them. @throws `schema-needs-host`, `cancelled`, database errors */
export async function forEachRow(
  { db, schema }: HostDatabase,
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
