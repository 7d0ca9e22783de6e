import type { DataFolder } from './data-folder.ts';
import { type AnyDatabase, classifyDatabaseError, openReadDatabase } from './database.ts';
import { SnapbackError } from './errors.ts';
import type { TaskOptions } from './model.ts';
import { createPace } from './pace.ts';
import { withReadView } from './read-view.ts';
import { createLogChain, createRowHasher, type SqlValue } from './row-hash.ts';
import { readSchema, type Schema } from './schema.ts';
import { chainColumns, readLastEventId } from './snapshot-writer.ts';
import { foldName, quoteName } from './sql.ts';
import { readRows } from './table-rows.ts';
import { withLockPatience } from './transaction.ts';

/** A place in the live log: it had so many events up to this one, whose identity has this hash. */
export type LogMark = { readonly events: number; readonly lastId: bigint; readonly last: string };

/** The place before the first event, which every log has. */
const START: LogMark = { events: 0, lastId: 0n, last: '' };

/** The live log in questions that are answered by short reads, none of which keeps the host from committing. */
export type LiveLog = {
  /** Events with a greater id; all of them without one. */
  readonly countAfter: (id: bigint | null) => Promise<number>;
  readonly lastId: () => Promise<bigint>;
  /** Hash of an event's id, ts, kind and payload; null where there is no such event. */
  readonly fingerprint: (id: bigint) => Promise<string | null>;
  /** Whether the log still has a place, with equally many events before it. */
  readonly has: (mark: LogMark) => Promise<boolean>;
  /**
   * Reads the log once: its chain after each of the given numbers of events that it has, and after all of them. Null
   * where it was changed before its end meanwhile, or its ids are no integers.
   */
  readonly chains: (
    after: readonly number[],
  ) => Promise<{ readonly at: ReadonlyMap<number, string>; readonly end: LogMark } | null>;
};

const EVENTS_PER_STEP = 2000;

/**
 * Opens the live log for reading. `glance` asks in place and at once; otherwise a lock is waited for, and where the
 * database can't be opened in its place a private copy is read.
 * @throws `database-busy`, `database-missing` (no log table), and as `withReadView`
 */
export async function withLiveLog<T>(
  folder: DataFolder,
  effort: 'glance' | 'patient',
  task: TaskOptions,
  use: (log: LiveLog) => Promise<T>,
): Promise<T> {
  const db =
    effort === 'glance' ? openReadDatabase(folder.databaseFile, folder) : await openPatiently(folder, task);
  if (db === null)
    return withReadView(folder, task, (view) => openLog(folder, view.db, effort, task).then(use));
  try {
    return await use(await openLog(folder, db, effort, task));
  } catch (error) {
    throw classifyDatabaseError(error, folder.databaseFile);
  } finally {
    db.close();
  }
}

/** Null where SQLite can't open the file in its place for reading alone. */
async function openPatiently(folder: DataFolder, task: TaskOptions) {
  try {
    return await withLockPatience(task, () => openReadDatabase(folder.databaseFile, folder));
  } catch (error) {
    const code = error instanceof SnapbackError ? error.code : null;
    if (code === 'database-unreadable' || code === 'database-read-only' || code === 'io-failed') return null;
    throw error;
  }
}

async function openLog(
  folder: DataFolder,
  db: AnyDatabase,
  effort: 'glance' | 'patient',
  task: TaskOptions,
): Promise<LiveLog> {
  const { profile } = folder;
  const from = `FROM main.${quoteName(profile.log.table)}`;
  const id = quoteName(profile.log.columns.id);
  const ask: Ask = async (question) => (effort === 'glance' ? question() : withLockPatience(task, question));
  const source = await ask(() => findLog(db, folder));
  const count = (where: string, ...values: readonly bigint[]) =>
    ask(() =>
      Number(
        db
          .prepare<bigint[], unknown>(`SELECT count(*) ${from} ${where}`)
          .pluck()
          .get(...values),
      ),
    );
  const readEvents = async (range: string) => {
    const columns = chainColumns(profile);
    return ask(() => [...readRows(db, { ...source, schemaName: 'main', columns, order: range })]);
  };
  const fingerprint = async (event: bigint) => {
    const [row] = await readEvents(`WHERE ${id} = ${event}`);
    return row === undefined ? null : fingerprintEvent(row);
  };
  const has = async ({ events, lastId, last }: LogMark) =>
    events === 0 ||
    ((await fingerprint(lastId)) === last && (await count(`WHERE ${id} <= ?`, lastId)) === events);

  async function* readSteps() {
    const stop = db
      .prepare<[bigint], unknown>(
        `SELECT ${id} ${from} WHERE ${id} > ? ORDER BY ${id} LIMIT 1 OFFSET ${EVENTS_PER_STEP - 1}`,
      )
      .pluck()
      .safeIntegers();
    for (let after: bigint | null = BEFORE_ALL_IDS; after !== null; ) {
      const start = after;
      const end: unknown = await ask(() => stop.get(start));
      after = typeof end === 'bigint' ? end : null;
      yield await readEvents(
        `WHERE ${id} > ${start}${after === null ? '' : ` AND ${id} <= ${after}`} ORDER BY ${id}`,
      );
    }
  }

  async function chains(after: readonly number[]) {
    const pace = createPace(task);
    const wanted = new Set(after);
    const chain = createLogChain();
    const at = new Map([[0, chain.peek().chain]]);
    let events = 0;
    let lastId: bigint | null = null;
    for await (const rows of readSteps()) {
      await pace.step();
      for (const row of rows) {
        if (typeof row[0] !== 'bigint') return null;
        lastId = row[0];
        chain.add(row);
        events += 1;
        if (wanted.has(events)) at.set(events, chain.peek().chain);
      }
    }
    at.set(events, chain.peek().chain);
    const last = lastId === null ? null : await fingerprint(lastId);
    const end = lastId === null || last === null ? START : { events, lastId, last };
    return end.events === events && (await has(end)) ? { at, end } : null;
  }

  return {
    countAfter: (event) => (event === null ? count('') : count(`WHERE ${id} > ?`, event)),
    lastId: () => ask(() => readLastEventId(db, profile)),
    fingerprint,
    has,
    chains,
  };
}

type Ask = <T>(question: () => T) => Promise<T>;

const BEFORE_ALL_IDS = -(2n ** 63n);

const hashEvent = createRowHasher();

/** Hash of what makes an event the same one: its values in the order of `chainColumns`. */
export function fingerprintEvent(event: readonly SqlValue[]): string {
  return hashEvent(event).toString('hex');
}

type Source = { readonly table: string; readonly encoding: Schema['encoding'] };

function findLog(db: AnyDatabase, folder: DataFolder): Source {
  const schema = readSchema(db);
  const table = schema.tables.get(foldName(folder.profile.log.table));
  if (table !== undefined) return { table: table.name, encoding: schema.encoding };
  throw new SnapbackError('database-missing', `The database has no table "${folder.profile.log.table}".`, {
    database: folder.databaseFile,
    table: folder.profile.log.table,
  });
}
