import type { DataFolder } from '../host/data-folder.ts';
import { openInPlace, withReadView } from '../host/private-copy.ts';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { type AnyDatabase, classifyDatabaseError, openReadDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { readSchemaOf } from '../sqlite/schema.ts';
import { withLockPatience } from '../sqlite/transaction.ts';
import { whileMarked } from '../system/private-folder.ts';
import { liveEventColumns } from './event-columns.ts';
import { findLogTable, identityOf } from './events.ts';
import { createLogQuestions, type LogQuestions } from './log-questions.ts';
import type { Ask, LogSource } from './log-runs.ts';

/** The live log, opened for questions. */
export type LiveLog = LogQuestions & {
  readonly journalMode: string;
  /** True if SQLite could not open the database where it is, so that its files were copied. */
  readonly viewingCopy: boolean;
  /** True if the questions are put to the database itself, so that opening it again costs little. */
  readonly inPlace: boolean;
};

/**
 * Opens the live log for reading: in the database itself if short reads are enough, otherwise in a private copy. A copy is
 * needed if SQLite cannot open the database in its folder, or if finding one event by its id means reading all of them.
 * `glance` never copies and never waits for a lock; `patient` does both if necessary.
 * @throws `database-busy`, `database-missing` (no log table, or one without ids), as `withReadView`; with `glance` also
 * `database-unreadable` if a copy would be needed
 */
export function withLiveLog<T>(
  folder: DataFolder,
  effort: 'glance' | 'patient',
  task: TaskOptions,
  use: (log: LiveLog) => Promise<T>,
): Promise<T> {
  return whileMarked(() => askLiveLog(folder, effort, task, use));
}

async function askLiveLog<T>(
  folder: DataFolder,
  effort: 'glance' | 'patient',
  task: TaskOptions,
  use: (log: LiveLog) => Promise<T>,
): Promise<T> {
  const ask: Ask = async (question) => (effort === 'glance' ? question() : withLockPatience(task, question));
  const db =
    effort === 'glance' ? openReadDatabase(folder.databaseFile, folder) : await openInPlace(folder, task);
  if (db !== null)
    try {
      const source = await ask(() => findLog(db, folder));
      if (source.byRowid) {
        const journalMode = await ask(() => String(db.pragma('journal_mode', { simple: true })));
        const questions = createLogQuestions(db, source, ask, task);
        return await use({ journalMode, viewingCopy: false, inPlace: true, ...questions });
      }
    } catch (error) {
      throw classifyDatabaseError(error, { ...folder, file: folder.databaseFile });
    } finally {
      db.close();
    }
  if (effort === 'glance')
    throw new SnapbackError('database-unreadable', 'The event log can only be read in a copy.', {
      database: folder.databaseFile,
    });
  return withReadView(folder, task, (view) =>
    use({
      journalMode: view.journalMode,
      viewingCopy: view.viewingCopy,
      inPlace: false,
      ...createLogQuestions(view.db, findLog(view.db, folder), ask, task),
    }),
  );
}

function findLog(db: AnyDatabase, { profile }: DataFolder): LogSource {
  const schema = readSchemaOf(db, profile.log.table);
  const table = findLogTable(schema, profile);
  const byRowid =
    table.rowidColumn !== null && foldName(table.rowidColumn) === foldName(profile.log.columns.id);
  return {
    profile,
    live: table,
    identity: identityOf(table, profile),
    events: liveEventColumns(db, profile, {
      names: table.columns.map(({ name }) => name),
      prefix: quoteName(table.name),
    }),
    encoding: schema.encoding,
    byRowid,
  };
}
