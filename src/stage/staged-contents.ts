import type { Profile } from '../host/profile.ts';
import { ALL_ROWIDS, MOST_ROWS, type RowidRange, rangeAfter } from '../host/row-text.ts';
import { createLogChain, type LogExtent } from '../log/chain.ts';
import { createChainFeeder } from '../log/event-lines.ts';
import { createIdentifier, identityOf } from '../log/events.ts';
import type { TaskOptions } from '../model/task.ts';
import { placeOfName } from '../sqlite/names.ts';
import { createTableHasher, type RowTotal, type SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import { readTable } from '../sqlite/table.ts';
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

/**
 * What the log will be once it is written from the stage; null where the stage has no log, or lacks a column that
 * identifies its events. It is computed when it is first asked for, and kept with the stage. @throws `cancelled`,
 * database errors
 */
export async function logExtent(
  stage: Stage,
  profile: Profile,
  task: TaskOptions,
): Promise<LogExtent | null> {
  const table = stage.tables.find(({ role }) => role === 'log');
  if (table === undefined) return null;
  const { whole, pick } = createIdentifier(identityOf(table.live, profile), table.columns);
  if (!whole) return null;
  if (stage.contents.log !== null) return stage.contents.log;
  const chain = createLogChain();
  const feed = createStagedFeeder(stage, table, profile);
  if (feed === null) {
    const id = stageColumn(placeOfName(table.columns, profile.log.columns.id));
    await forEachRow({ stage, table, order: `ORDER BY ${id}` }, (row) => chain.add(pick(row)), task);
  } else {
    const yielder = createYielder(task);
    for (let range: RowidRange | null = ALL_ROWIDS; range !== null; ) {
      const last = feed(chain, range, MOST_ROWS);
      range = last === null ? null : rangeAfter(range, last);
      await yielder.step();
    }
  }
  stage.contents.log = chain.peek();
  return stage.contents.log;
}

/** As `createChainFeeder`, for the log in the stage. */
function createStagedFeeder({ db, encoding }: Stage, staged: StagedTable, profile: Profile) {
  const entry = { schema: 'main', name: staged.name, type: 'table', wr: 0, strict: 0 };
  const identity = identityOf(staged.live, profile).map((name) =>
    name === null ? null : stageColumn(placeOfName(staged.columns, name)),
  );
  return createChainFeeder(db, { schemaName: 'main', table: readTable(db, entry), identity, encoding });
}

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
  for (const row of readRows(stage.db, source)) {
    use(row);
    await yielder.step();
  }
}
