import type { CheckResult } from '../model/receipt.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import { isAboutContents, sqliteCode } from '../sqlite/result-codes.ts';
import type { AffectedIndex, SideEffects } from './side-effects.ts';

export type IndexState = 'ok' | 'stale' | 'unchecked';

/** An index after the tables were written; `handling` says what became of it. */
export type WrittenIndex = AffectedIndex & {
  readonly wasRebuilt: boolean;
  /** What its check said after the last write. One that is `stale` was left. */
  readonly state: IndexState;
};

/**
 * Whether a search index agrees with its contents; `unchecked` where that can't be told here, for example because its
 * module or tokenizer is missing. FTS5 compares contents in another table only if asked with a rank. An index that is meant
 * to hold only a part of them can't be compared. Writes nothing, but SQLite demands a writable handle.
 */
export function checkSearchIndex(db: WriteDatabase, index: AffectedIndex): IndexState {
  if (!index.isWhole) return 'unchecked';
  const name = quoteName(index.name);
  const withRank = index.module === 'fts5' && index.contents === 'external' && !index.isPartial;
  try {
    db.exec(
      withRank
        ? `INSERT INTO main.${name}(${name}, rank) VALUES ('integrity-check', 1)`
        : `INSERT INTO main.${name}(${name}) VALUES ('integrity-check')`,
    );
    return 'ok';
  } catch (error) {
    if (!isAboutContents(error)) throw error;
    return sqliteCode(error)?.startsWith('SQLITE_CORRUPT') === true ? 'stale' : 'unchecked';
  }
}

/**
 * The state of each search index that a plan affects, by name. Call it before the first write. Those in `presumed` are not
 * looked at, and called in order.
 */
export function checkSearchIndexes(
  db: WriteDatabase,
  { searchIndexes }: SideEffects,
  presumed: readonly AffectedIndex[] = [],
): ReadonlyMap<string, IndexState> {
  return new Map(
    searchIndexes.map((index) => [index.name, presumed.includes(index) ? 'ok' : checkSearchIndex(db, index)]),
  );
}

/** Whether the index can be opened here. Compiling the question reads nothing. */
export function canBeOpened(db: WriteDatabase, { name }: AffectedIndex): boolean {
  try {
    db.prepare(`SELECT 1 FROM main.${quoteName(name)}`);
    return true;
  } catch (error) {
    if (isAboutContents(error)) return false;
    throw error;
  }
}

/**
 * Rebuilds an index from its contents. Returns whether it now agrees with them and holds all that it should; if not, the
 * index is as before.
 */
export function rebuildSearchIndex(
  db: WriteDatabase,
  index: AffectedIndex,
  holdsAll: () => boolean = () => true,
): boolean {
  const name = quoteName(index.name);
  db.exec(`SAVEPOINT ${REBUILDING}`);
  try {
    db.exec(`INSERT INTO main.${name}(${name}) VALUES ('rebuild')`);
    if (checkSearchIndex(db, index) === 'ok' && holdsAll()) {
      db.exec(`RELEASE ${REBUILDING}`);
      return true;
    }
  } catch (error) {
    if (!isAboutContents(error)) throw error;
  }
  db.exec(`ROLLBACK TO ${REBUILDING}; RELEASE ${REBUILDING}`);
  return false;
}

/** Whether a rebuild makes an index what it is meant to be. */
export function canRebuild({ contents, isPartial }: AffectedIndex): boolean {
  return contents === 'external' && !isPartial;
}

/** Makes an index agree with its contents after the tables were written, or leaves it; `handling` of the result says which. */
export function settleSearchIndex(
  db: WriteDatabase,
  index: AffectedIndex,
  wasRepaired: boolean,
): WrittenIndex {
  if (index.handling === 'left') return { ...index, wasRebuilt: false, state: 'unchecked' };
  const state = checkSearchIndex(db, index);
  const isSettled = state === 'ok' || (state === 'unchecked' && index.handling === 'follows');
  if (isSettled)
    return { ...index, handling: wasRepaired ? 'rebuilt' : index.handling, wasRebuilt: wasRepaired, state };
  const wasRebuilt = canRebuild(index) && rebuildSearchIndex(db, index);
  return {
    ...index,
    handling: wasRebuilt ? 'rebuilt' : 'left',
    wasRebuilt,
    state: wasRebuilt ? 'ok' : state,
  };
}

const REBUILDING = 'snapback_rebuilding';

/** What the receipt says about an index. Nothing was written since it was settled. One that was left is never called in order. */
export function describeSearchIndex(index: WrittenIndex, before: IndexState): CheckResult {
  const about = { check: 'search-index', subject: index.name } as const;
  if (index.handling === 'left')
    return { ...about, result: 'left', detail: `${LEFT[before]}; ${CONSEQUENCE}` };
  if (index.state === 'unchecked')
    return { ...about, result: 'not-run', detail: 'this index cannot be checked here' };
  return { ...about, result: index.wasRebuilt ? 'rebuilt' : 'ok', detail: null };
}

const LEFT: Readonly<Record<IndexState, string>> = {
  ok: 'it cannot be brought along row by row',
  stale: 'it was damaged before and cannot be rebuilt here',
  unchecked: 'it cannot be opened here',
};

const CONSEQUENCE =
  'until the chat app rebuilds it, its search may miss what came back and find what is gone';
