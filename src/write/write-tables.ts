import type { Comparison } from '../compare/compare-table.ts';
import { SnapbackError } from '../model/errors.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import type { Integrity } from '../sqlite/integrity.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { isAboutContents } from '../sqlite/result-codes.ts';
import type { KnownDatabase, Schema } from '../sqlite/schema.ts';
import type { Yielder } from '../system/yielder.ts';
import { applyTable } from './apply-table.ts';
import { holdsWhatItIsTold } from './partial-index.ts';
import {
  canBeOpened,
  canRebuild,
  checkSearchIndex,
  type IndexState,
  rebuildSearchIndex,
  settleSearchIndex,
  type WrittenIndex,
} from './search-index.ts';
import { type AffectedIndex, findSideEffects, type SideEffects } from './side-effects.ts';

/** What writing needs of a plan: what is to be written, and how the database was before. */
export type TableWork = {
  readonly comparisons: readonly Comparison[];
  readonly effects: SideEffects;
  readonly integrity: Integrity;
};

/** The state of each search index that a plan affects, by its name, before the first write. */
export type IndexStates = ReadonlyMap<string, IndexState>;

/** How tables were written: which triggers ran, and what became of each search index. */
export type WrittenEffects = Pick<SideEffects, 'keptTriggers' | 'setAsideTriggers'> & {
  readonly searchIndexes: readonly WrittenIndex[];
};

/**
 * Makes the tables of a plan what the plan says, inside the caller's transaction. Of the host's triggers only those run
 * that maintain a search index. The others are removed meanwhile, and put back verbatim and in their firing order. If the
 * maintenance of an index fails in any way, the index is set apart: nothing writes to it, and afterwards it is rebuilt where
 * that makes it what it is meant to be, else left. So an index never stands in the way of the tables. A row that breaks a
 * CHECK is not refused here: the caller judges afterwards whether there are more of them than allowed.
 * @throws as `applyTable` of the tables alone; the caller rolls back
 */
export async function writeTables(
  database: KnownDatabase<WriteDatabase>,
  work: TableWork,
  indexes: IndexStates,
  yielder: Yielder,
): Promise<WrittenEffects> {
  const { db } = database;
  const affected = work.effects.searchIndexes;
  const touched = work.comparisons.map(({ staged }) => staged.live.name);
  const repaired = affected.filter(
    (index) =>
      index.contents === 'own' &&
      index.handling === 'follows' &&
      indexes.get(index.name) === 'stale' &&
      rebuildSearchIndex(db, index, () => holdsWhatItIsTold(database, index) === true),
  );
  const candidates = affected.filter(
    (index) => index.hasUpkeep && (indexes.get(index.name) !== 'stale' || repaired.includes(index)),
  );
  const effectsOf = (following: readonly AffectedIndex[]): SideEffects => {
    const apart = affected.filter((index) => !following.includes(index)).map(({ name }) => name);
    return findSideEffects(database, touched, apart);
  };
  const write = async (following: readonly AffectedIndex[]): Promise<SideEffects> => {
    const effects = effectsOf(following);
    await writeAll(database, work, effects, yielder);
    return effects;
  };
  /** On success the savepoint stays open; otherwise nothing of the attempt is left. */
  const attempt = async (
    following: readonly AffectedIndex[],
    rebuilt: readonly AffectedIndex[] = [],
  ): Promise<SideEffects | null> => {
    db.exec(`SAVEPOINT ${FOLLOWING}`);
    try {
      // A rebuild ends as following would, only sooner. So it is told as that.
      const told = rebuilt.length === 0 ? null : effectsOf([...following, ...rebuilt]);
      const effects = await write(following);
      const isDone =
        following.every((index) => hasFollowed(database, index, indexes)) &&
        rebuilt.every((index) => rebuildSearchIndex(db, index));
      if (isDone) return told ?? effects;
    } catch (error) {
      // A constraint may have ended the whole transaction.
      if (!db.inTransaction || !mayBeOfIndex(error)) throw error;
    }
    undoAttempt(db);
    return null;
  };
  const outdated = candidates.filter(
    (index) => indexes.get(index.name) === 'ok' && isSoonerRebuilt(index, work.comparisons),
  );
  const rest = candidates.filter((index) => !outdated.includes(index));
  let effects = outdated.length === 0 ? null : await attempt(rest, outdated);
  const rebuilt = effects === null ? [] : outdated.map(({ name }) => name);
  if (effects === null && candidates.length > 0) effects = await attempt(candidates);
  if (effects === null && candidates.length > 1) {
    const able: AffectedIndex[] = [];
    for (const index of candidates) {
      if ((await attempt([...able, index])) === null) continue;
      undoAttempt(db);
      able.push(index);
    }
    effects = able.length === 0 ? null : await attempt(able);
  }
  if (effects !== null) db.exec(`RELEASE ${FOLLOWING}`);
  // Without any trigger, what fails is the fault of the tables themselves.
  const { keptTriggers, setAsideTriggers, searchIndexes } = effects ?? (await write([]));
  return {
    keptTriggers,
    setAsideTriggers,
    searchIndexes: searchIndexes.map((index) => {
      if (rebuilt.includes(index.name)) return { ...index, wasRebuilt: false, state: 'ok' };
      const wasRepaired = repaired.some(({ name }) => name === index.name);
      return settleSearchIndex(db, index, wasRepaired);
    }),
  };
}

/**
 * The search indexes of a plan for which the check after the write tells enough: they follow the table that
 * holds their contents, and their check compares the two. So if they agree afterwards without having been rebuilt, nothing
 * was wrong with them that matters.
 */
export function findJudgedAfterwards(
  db: WriteDatabase,
  { comparisons, effects }: TableWork,
): readonly AffectedIndex[] {
  return effects.searchIndexes.filter(
    (index) =>
      index.handling === 'follows' &&
      index.hasUpkeep &&
      index.isWhole &&
      canRebuild(index) &&
      !isSoonerRebuilt(index, comparisons) &&
      canBeOpened(db, index),
  );
}

const FOLLOWING = 'snapback_following';

/** Fewer rows than these take no time worth saving, one by one or not. */
const MANY_ROWS = 2000;

/**
 * Whether an index is sooner rebuilt from its contents than brought along with each row that changes. Measured with FTS5: a
 * row that is taken out or put in costs three to four times as much as one in a rebuild.
 */
function isSoonerRebuilt(index: AffectedIndex, comparisons: readonly Comparison[]): boolean {
  const { contentTable } = index;
  if (!canRebuild(index) || !index.isWhole || contentTable === null) return false;
  const content = comparisons.find(({ staged }) => foldName(staged.live.name) === foldName(contentTable));
  if (content === undefined) return false;
  const steps = content.added + content.removed + 2 * content.changed;
  return steps > Math.max(MANY_ROWS, content.staged.rows / 2);
}

function undoAttempt(db: WriteDatabase): void {
  db.exec(`ROLLBACK TO ${FOLLOWING}; RELEASE ${FOLLOWING}`);
}

/** Whether an index may be the cause of a failure. An attempt without its maintenance then shows whether it was. */
function mayBeOfIndex(error: unknown): boolean {
  return error instanceof SnapbackError ? error.code !== 'cancelled' : isAboutContents(error);
}

/** Whether an index is now what its triggers make of the rows, or can be rebuilt. One that could not be checked before counts as such. */
function hasFollowed(
  database: KnownDatabase<WriteDatabase>,
  index: AffectedIndex,
  indexes: IndexStates,
): boolean {
  if (indexes.get(index.name) === 'unchecked' || canRebuild(index)) return true;
  if (checkSearchIndex(database.db, index) !== 'ok') return false;
  return !index.isPartial || holdsWhatItIsTold(database, index) === true;
}

async function writeAll(
  { db, schema }: KnownDatabase<WriteDatabase>,
  { comparisons, integrity }: TableWork,
  effects: SideEffects,
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
  // Where no check can judge the result afterwards, the database itself has to refuse a row.
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

/** Triggers of one table fire in the order in which they were created. So every trigger that follows one that was set aside is created again too. */
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
