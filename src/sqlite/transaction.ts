import { setTimeout as sleep } from 'node:timers/promises';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { clockMs } from '../system/clock.ts';
import { throwIfCancelled } from '../system/yielder.ts';
import type { AnyDatabase, WriteDatabase } from './database.ts';
import { sqliteCode } from './result-codes.ts';

const PATIENCE_MS = 5000;
const POLL_MS = 40;

/**
 * Retries a step that needs a lock for up to 5 s; a cancel ends the wait at once.
 * @throws `database-busy`, `cancelled`, and `plan-stale` where somebody committed since the read transaction began; the step then changed nothing
 */
export async function withLockPatience<T>(task: TaskOptions, step: () => T): Promise<T> {
  const since = clockMs();
  for (;;) {
    throwIfCancelled(task);
    try {
      return step();
    } catch (error) {
      const code = lockCode(error);
      if (code === 'SQLITE_BUSY_SNAPSHOT') throw staleError(error);
      if (code === null || !/^SQLITE_(?:BUSY|LOCKED)/.test(code)) throw error;
      if (clockMs() - since > PATIENCE_MS)
        throw new SnapbackError(
          'database-busy',
          'Another program kept the database locked; nothing was changed.',
          { waitedMs: PATIENCE_MS },
          error,
        );
    }
    task.onProgress?.({
      phase: 'wait-for-lock',
      done: Math.round((clockMs() - since) / 1000),
      total: PATIENCE_MS / 1000,
      unit: 'steps',
      cancellable: true,
    });
    await sleep(POLL_MS);
  }
}

/** SQLite's code, also of an error that was classified already, as opening a database does. */
function lockCode(error: unknown): string | null {
  if (!(error instanceof SnapbackError)) return sqliteCode(error);
  return error.code === 'database-busy' ? 'SQLITE_BUSY' : null;
}

/** Refuses a plan that no longer describes the database. */
export function staleError(cause?: unknown): SnapbackError {
  return new SnapbackError(
    'plan-stale',
    'The database changed since this was planned; nothing was written.',
    {},
    cause,
  );
}

/**
 * Begins a transaction as a read, which sees one moment of the database. Nothing is locked for writing until
 * `takeWriteLock`, which SQLite refuses if anyone commits in between.
 */
export async function beginReading(db: AnyDatabase, task: TaskOptions): Promise<void> {
  await withLockPatience(task, () => {
    if (!db.inTransaction) db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM main.sqlite_schema').get();
  });
}

/**
 * Turns the read transaction into a writing one of the same state, or fails. It fires no trigger and touches no table.
 * With a rollback journal, a writer about to commit waits until we stop reading, while we would wait for it. There the
 * read transaction ends first, and we wait for the lock without one. @throws `plan-stale`, `database-busy`, `cancelled`
 */
export async function takeWriteLock(
  db: WriteDatabase,
  userVersion: number,
  task: TaskOptions,
): Promise<void> {
  // A write that changes nothing: it sets the user version to its present value.
  const upgrade = () => db.pragma(`main.user_version = ${userVersion}`);
  if (db.pragma('main.journal_mode', { simple: true }) === 'wal') {
    await withLockPatience(task, upgrade);
    return;
  }
  try {
    upgrade();
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_BUSY') throw error;
    const before = readDataVersion(db);
    db.exec('COMMIT');
    // Not BEGIN IMMEDIATE: it would include the attached stage in the commit, which then needs a super-journal.
    await withLockPatience(task, () => {
      db.exec('BEGIN');
      try {
        upgrade();
      } catch (failure) {
        db.exec('ROLLBACK');
        throw failure;
      }
    });
    if (readDataVersion(db) !== before) throw staleError(error);
  }
}

/** A number that changes whenever another connection has committed. */
function readDataVersion(db: WriteDatabase): unknown {
  return db.pragma('main.data_version', { simple: true });
}

/** Commits; with a rollback journal, after waiting for readers. Afterwards nothing can be cancelled. @throws as `withLockPatience` */
export async function commit(db: WriteDatabase, task: TaskOptions): Promise<void> {
  await withLockPatience(task, () => db.exec('COMMIT'));
}

/**
 * Rolls the transaction back, if one is open. Where SQLite cannot do it now, it does it when the handle is closed, or whoever
 * opens the database next does: so that hides no other error, and keeps nobody from closing the handle.
 */
export function rollBack(db: AnyDatabase): void {
  if (!db.open || !db.inTransaction) return;
  try {
    db.exec('ROLLBACK');
  } catch (error) {
    if (sqliteCode(error) === null) throw error;
  }
}
