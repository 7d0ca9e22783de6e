import { SnapbackError } from '../model/errors.ts';
import type { CheckResult } from '../model/restore.ts';
import { isCompileError, sqliteCode, type WriteDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import type { AffectedIndex, SideEffects } from './side-effects.ts';

export type IndexState = 'ok' | 'stale' | 'unchecked';

/**
 * Whether a search index agrees with its contents; `unchecked` where that can't be told here. For contents in another
 * table FTS5 compares them only if asked with a rank, and where it is to hold a part of them they can't be compared.
 * Writes nothing, but SQLite demands a writable handle.
 */
function checkSearchIndex(db: WriteDatabase, index: AffectedIndex): IndexState {
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
    const code = sqliteCode(error);
    if (code?.startsWith('SQLITE_CORRUPT') === true) return 'stale';
    if (isCompileError(error)) return 'unchecked';
    throw error;
  }
}

/**
 * Judges an index after a restore, and builds it anew where it does not agree with its contents. One without contents, or
 * with a part of them, can't be built anew: if it was damaged before, it stays so.
 * @throws `verification-failed` where it can't be brought into agreement; the caller rolls back
 */
export function settleSearchIndex(db: WriteDatabase, index: AffectedIndex, before: IndexState): CheckResult {
  const about = { check: 'search-index', subject: index.name } as const;
  const found = checkSearchIndex(db, index);
  if (found === 'unchecked')
    return { ...about, result: 'not-run', detail: 'this index can not be checked here' };
  if (index.handling === 'left')
    return {
      ...about,
      result: 'not-run',
      detail: 'it can not be brought along row by row, so it was left as it is',
    };
  if (found === 'ok') return { ...about, result: 'ok', detail: null };
  const canRebuild = index.contents !== 'none' && !index.isPartial;
  if (!canRebuild && before === 'stale') return { ...about, result: 'unchanged-damage', detail: null };
  const name = quoteName(index.name);
  if (canRebuild) db.exec(`INSERT INTO main.${name}(${name}) VALUES ('rebuild')`);
  if (checkSearchIndex(db, index) !== 'ok')
    throw new SnapbackError(
      'verification-failed',
      `The search index “${index.name}” can not be brought into agreement; everything was put back.`,
      { check: 'search-index', subject: index.name, expected: 'in agreement', got: 'stale' },
    );
  return { ...about, result: 'rebuilt', detail: null };
}

/** The state of each search index that a plan affects, by name. For the time before its first write. */
export function checkSearchIndexes(
  db: WriteDatabase,
  { searchIndexes }: SideEffects,
): ReadonlyMap<string, IndexState> {
  return new Map(searchIndexes.map((index) => [index.name, checkSearchIndex(db, index)]));
}
