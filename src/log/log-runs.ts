import type { Profile } from '../host/profile.ts';
import type { TaskOptions } from '../model/task.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';
import { clockMs } from '../system/clock.ts';
import { createYielder } from '../system/yielder.ts';
import type { EventColumns } from './event-columns.ts';
import type { Identity } from './events.ts';

/* Questions that SQLite answers for a whole run of events at once, so that no event becomes a value here. */

/**
 * After this time a read ends, and another one continues after the last event that was read. Without a WAL the host cannot
 * commit during a read. The limit is a time, because events may have any size; a single event is always read completely.
 */
export const LONGEST_READ_MS = 20;
/** How many events the first run covers. The next ones adapt to the time that it took. */
const FIRST_RUN = 2_000;

/** Performs one short read. Whether it waits for a lock depends on the caller's effort. */
export type Ask = <T>(question: () => T) => Promise<T>;

/** Where the live log is found in the database. */
export type LogSource = {
  readonly profile: Profile;
  readonly live: Table;
  readonly identity: Identity;
  /** How its events are read. The table has no alias. */
  readonly events: EventColumns;
  readonly encoding: Schema['encoding'];
  /** Whether the id is the rowid. Then every event has an integer id and is found without reading others. */
  readonly byRowid: boolean;
};

/** Ids above the first and up to the second. Null means no bound. */
export type Between = readonly [after: bigint | null, upTo: bigint | null];

export type LogRuns = {
  readonly count: (between: Between) => Promise<number>;
  /** The integer ids of the events of which `sql` is one of these texts, in ascending order. */
  readonly find: (sql: string, texts: readonly string[]) => Promise<readonly bigint[]>;
};

/** Where ids are rowids, in reads that adapt to be short ones; elsewhere the log is read in a copy, and in one read. */
export function createLogRuns(db: AnyDatabase, source: LogSource, ask: Ask, task: TaskOptions): LogRuns {
  const id = quoteName(source.profile.log.columns.id);

  /** Reads run by run, and answers how many events there were. */
  async function visit(between: Between, read: Read, see: (answer: unknown) => void): Promise<number> {
    const yielder = createYielder(task);
    let [last] = between;
    let events = 0;
    let most = source.byRowid ? FIRST_RUN : Number.MAX_SAFE_INTEGER;
    for (;;) {
      await yielder.step();
      const began = clockMs();
      const [counted, end, answer] = await ask(() => readRun([last, between[1]], most, read));
      see(answer);
      events += counted;
      if (counted < most || typeof end !== 'bigint') return events;
      last = end;
      most = Math.max(1, Math.floor(clockMs() - began < LONGEST_READ_MS / 4 ? most * 2 : most / 2));
    }
  }

  function readRun(between: Between, most: number, { columns, answer, values }: Read) {
    const run = `SELECT ${[`${id} AS id`, ...columns].join(', ')} FROM main.${quoteName(source.live.name)} ${hintOf(source)}${within(id, between)}LIMIT ${most}`;
    const [counted, end, answered] = db
      .prepare<unknown[], unknown[]>(`SELECT count(*), max(id), ${answer} FROM (${run})`)
      .raw()
      .safeIntegers()
      .get(...values) ?? [0n, null, null];
    return [Number(counted), end, answered] as const;
  }

  return {
    count: (between) => visit(between, { columns: [], answer: 'NULL', values: [] }, () => undefined),
    async find(sql, texts) {
      const found: bigint[] = [];
      const isOne = `typeof(id) = 'integer' AND typeof(of) = 'text' AND of COLLATE BINARY IN (${texts.map(() => '?').join(', ')})`;
      const columns = [`${sql} AS of`];
      const read = { columns, answer: `group_concat(id) FILTER (WHERE ${isOne})`, values: texts };
      await visit([null, null], read, (ids) => {
        if (typeof ids === 'string') for (const one of ids.split(',')) found.push(BigInt(one));
      });
      return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    },
  };
}

/** Which other columns of a run are read, and what is asked of it; `values` are bound in that. */
type Read = {
  readonly columns: readonly string[];
  readonly answer: string;
  readonly values: readonly string[];
};

/** Forces a scan by rowid. With an index on another column, SQLite would sort all events before it yields the first. */
export function hintOf({ byRowid }: Pick<LogSource, 'byRowid'>): string {
  return byRowid ? 'NOT INDEXED ' : '';
}

/** The events between two ids, in their order. `id` is the quoted column. */
export function within(id: string, [after, upTo]: Between): string {
  const limits = [
    ...(after === null ? [] : [`${id} > ${after}`]),
    ...(upTo === null ? [] : [`${id} <= ${upTo}`]),
  ];
  return `${limits.length === 0 ? '' : `WHERE ${limits.join(' AND ')} `}ORDER BY ${id} `;
}
