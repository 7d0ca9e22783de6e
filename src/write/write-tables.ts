import type { Comparison } from '../compare/compare-table.ts';
import { sqliteCode, type WriteDatabase } from '../sqlite/database.ts';
import type { Integrity } from '../sqlite/integrity.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Yielder } from '../system/yielder.ts';
import { applyTable } from './apply-table.ts';
import type { IndexState } from './search-index.ts';
import { leaveIndexesApart, type SideEffects } from './side-effects.ts';

/** What is to be written, with what the database was like before: all that writing needs of a plan. */
export type TableWork = {
  readonly comparisons: readonly Comparison[];
  readonly effects: SideEffects;
  readonly integrity: Integrity;
};

/**
 * Makes the tables of a plan what it says, inside the caller's transaction. Of the host's triggers only those run that
 * keep a search index up; the others are away meanwhile, and afterwards all are there again, word for word and in the
 * order in which they fire. An index that was out of date before, or that refuses to be kept up row by row, is not: what
 * became of each is returned. A row that breaks a CHECK now is no reason to refuse it here: whether there are more of
 * them than may be, the caller judges afterwards.
 * @throws as `applyTable`, and `schema-needs-host` where something does not compile here; the caller rolls back
 */
export async function writeTables(
  db: WriteDatabase,
  work: TableWork,
  indexes: ReadonlyMap<string, IndexState>,
  schema: Schema,
  yielder: Yielder,
): Promise<SideEffects> {
  const { effects } = work;
  const isBehind = effects.searchIndexes.some(
    ({ name, handling }) => handling === 'follows' && indexes.get(name) === 'stale',
  );
  if (!isBehind) {
    db.exec(`SAVEPOINT ${FOLLOWING}`);
    try {
      await writeAll(db, work, effects, schema, yielder);
      db.exec(`RELEASE ${FOLLOWING}`);
      return effects;
    } catch (error) {
      const runs = effects.keptTriggers.length + effects.standIns.length > 0;
      // A constraint may have ended the whole transaction.
      if (!db.inTransaction || !runs || !isIndexTrouble(error)) throw error;
      db.exec(`ROLLBACK TO ${FOLLOWING}; RELEASE ${FOLLOWING}`);
    }
  }
  const apart = leaveIndexesApart(effects);
  await writeAll(db, work, apart, schema, yielder);
  return apart;
}

const FOLLOWING = 'snapback_following';

/** What an index says that does not hold what its triggers take out of it, or holds what they put in. */
function isIndexTrouble(error: unknown): boolean {
  return /^SQLITE_(?:CORRUPT_VTAB|CONSTRAINT)/.test(sqliteCode(error) ?? '');
}

async function writeAll(
  db: WriteDatabase,
  { comparisons, integrity }: TableWork,
  effects: SideEffects,
  schema: Schema,
  yielder: Yielder,
): Promise<void> {
  const total = comparisons.reduce(
    (sum, { added, removed, changed }) => sum + added + removed + changed * 2,
    0,
  );
  let done = 0;
  const report = (rows: number) => {
    done += rows;
    yielder.report({ phase: 'apply', done, total, unit: 'rows', cancellable: true });
  };
  // What can't be judged by a check afterwards has to be refused by the database itself.
  if (integrity.unchecked.length === 0) db.pragma('ignore_check_constraints = ON');
  try {
    setTriggersAside(db, effects);
    for (const comparison of comparisons) await applyTable(db, comparison, yielder, report);
    putTriggersBack(db, effects, schema);
  } finally {
    db.pragma('ignore_check_constraints = OFF');
  }
}

function setTriggersAside(db: WriteDatabase, { setAsideTriggers, standIns }: SideEffects): void {
  for (const { object } of setAsideTriggers) drop(db, object.name);
  for (const { name, sql } of standIns) needingHost(name, () => db.exec(sql));
}

/** Triggers of one table fire in an order that depends on when each was made: what was made after the first one that was away is made anew too. */
function putTriggersBack(
  db: WriteDatabase,
  { setAsideTriggers, standIns }: SideEffects,
  schema: Schema,
): void {
  for (const { name } of standIns) drop(db, name);
  const away = new Set(setAsideTriggers.map(({ object }) => object.name));
  const moved = new Set<string>();
  const remade = schema.triggers.filter(({ name, table }) => {
    if (away.has(name)) moved.add(foldName(table));
    return moved.has(foldName(table));
  });
  for (const { name } of remade) if (!away.has(name)) drop(db, name);
  for (const { sql, table } of remade) needingHost(table, () => db.exec(sql ?? ''));
}

function drop(db: WriteDatabase, name: string): void {
  db.exec(`DROP TRIGGER main.${quoteName(name)}`);
}
