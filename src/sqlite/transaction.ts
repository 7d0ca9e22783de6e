import { setTimeout as sleep } from 'node:timers/promises';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { throwIfCancelled } from '../system/yielder.ts';
import type { WriteDatabase } from './database.ts';
import { sqliteCode } from './result-codes.ts';

const PATIENCE_MS = 5000;
const POLL_MS = 40;

/**
 * Tries a step that needs a lock until it gets it, for 5 s at the most, deaf to nothing: a cancel ends the wait.
 * @throws `database-busy` with nothing changed, `cancelled`, and `plan-stale` where somebody committed since the read transaction began
 */
export async function withLockPatience<T>(task: TaskOptions, step: () => T): Promise<T> {
  const since = performance.now();
  for (;;) {
    throwIfCancelled(task);
    try {
      return step();
    } catch (error) {
      const code = lockCode(error);
      if (code === 'SQLITE_BUSY_SNAPSHOT') throw staleError(error);
      if (code === null || !/^SQLITE_(?:BUSY|LOCKED)/.test(code)) throw error;
      if (performance.now() - since > PATIENCE_MS)
        throw new SnapbackError(
          'database-busy',
          'Another program kept the database locked; nothing was changed.',
          { waitedMs: PATIENCE_MS },
          error,
        );
    }
    task.onProgress?.({
      phase: 'wait-for-lock',
      done: Math.round((performance.now() - since) / 1000),
      total: PATIENCE_MS / 1000,
      unit: 'steps',
      cancellable: true,
    });
    await sleep(POLL_MS);
  }
}

/** SQLite's code, also of an error that was classified already, as that of opening a database is. */
function lockCode(error: unknown): string | null {
  if (!(error instanceof SnapbackError)) return sqliteCode(error);
  return error.code === 'database-busy' ? 'SQLITE_BUSY' : null;
}

/** The refusal of a plan that no longer describes the database. */
export function staleError(cause?: unknown): SnapbackError {
  return new SnapbackError(
    'plan-stale',
    'The database changed since this was planned; nothing was written.',
    {},
    cause,
  );
}

/**
 * Begins a transaction as a read and pins its moment. Nothing is locked for writing until `takeWriteLock`, and if
 * anyone commits in between, SQLite refuses that.
 */
export async function beginReading(db: WriteDatabase, task: TaskOptions): Promise<void> {
  await withLockPatience(task, () => {
    if (!db.inTransaction) db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM main.sqlite_schema').get();
  });
}

/**
 * Turns the read transaction into a writing one, of the same state or not at all. It fires no trigger and names no table.
 * With a rollback journal a writer who is about to commit waits for us to stop reading, as we would wait for it: so the
 * read transaction ends, and the lock is waited for without one. @throws `plan-stale`, `database-busy`, `cancelled`
 */
export async function takeWriteLock(
  db: WriteDatabase,
  userVersion: number,
  task: TaskOptions,
): Promise<void> {
  // A write that changes nothing: the database's own user version once more.
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
    // Not BEGIN IMMEDIATE: it would take the attached stage into the commit, and bind the two files by a third one.
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

/** Changes, for one connection, whenever another one has committed. */
function readDataVersion(db: WriteDatabase): unknown {
  return db.pragma('main.data_version', { simple: true });
}

/** Commits, waiting for readers that a rollback journal makes us wait for. After success nothing can be cancelled any more. */
export async function commit(db: WriteDatabase, task: TaskOptions): Promise<void> {
  await withLockPatience(task, () => db.exec('COMMIT'));
}

/** Ends a transaction without a trace, if one is open. */
export function rollBack(db: WriteDatabase): void {
  if (db.open && db.inTransaction) db.exec('ROLLBACK');
}
