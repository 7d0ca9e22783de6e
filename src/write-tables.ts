import { applyTable } from './apply-table.ts';
import { needingHost } from './compare.ts';
import type { WriteDatabase } from './database.ts';
import type { Pace } from './pace.ts';
import type { PreparedPlan } from './plan.ts';
import type { Schema } from './schema.ts';
import type { SideEffects } from './side-effects.ts';
import { foldName, quoteName } from './sql.ts';

/**
 * Makes the tables of a plan what it says, inside the caller's transaction. Of the host's triggers only those run that
 * keep a search index up; the others are away meanwhile, and afterwards all are there again, word for word and in the
 * order in which they fire. A row that breaks a CHECK now is no reason to refuse it here: whether there are more of them
 * than may be, the caller judges afterwards.
 * @throws as `applyTable`, and `schema-needs-host` where something does not compile here; the caller rolls back
 */
export async function writeTables(
  db: WriteDatabase,
  { comparisons, effects, integrity }: Pick<PreparedPlan, 'comparisons' | 'effects' | 'integrity'>,
  schema: Schema,
  pace: Pace,
): Promise<void> {
  const total = comparisons.reduce(
    (sum, { added, removed, changed }) => sum + added + removed + changed * 2,
    0,
  );
  let done = 0;
  const report = (rows: number) => {
    done += rows;
    pace.report({ phase: 'apply', done, total, unit: 'rows', cancellable: true });
  };
  // What can't be judged by a check afterwards has to be refused by the database itself.
  if (integrity.unchecked.length === 0) db.pragma('ignore_check_constraints = ON');
  try {
    setTriggersAside(db, effects);
    for (const comparison of comparisons) await applyTable(db, comparison, pace, report);
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
