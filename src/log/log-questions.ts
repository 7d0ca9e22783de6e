import type { Profile } from '../host/profile.ts';
import type { TaskOptions } from '../model/task.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import type { Schema } from '../sqlite/schema.ts';
import { createYielder } from '../system/yielder.ts';
import { createLogChain, fingerprintEvent } from './chain.ts';
import { chainColumns, type Identity, readEvents, readLastEventId } from './events.ts';

/** A place in the live log: it had so many events up to this one, whose identity has this hash. */
type LogMark = { readonly events: number; readonly lastId: bigint; readonly last: string };

/** A place up to which the log was read, with its chain there. */
export type ReadMark = LogMark & { readonly chain: string };

/** The place before the first event, which every log has. */
const START: ReadMark = { events: 0, lastId: 0n, last: '', chain: createLogChain().peek().chain };

/** Questions to the live log. Each is answered by short reads, none of which keeps the host from committing. */
export type LogQuestions = {
  /** Which columns tell its events apart. */
  readonly identity: Identity;
  /** Events with a greater id; all of them without one. */
  readonly countAfter: (id: bigint | null) => Promise<number>;
  /** Events with a greater id than the first and none greater than the second; null: without that bound. */
  readonly countBetween: (after: bigint | null, upTo: bigint | null) => Promise<number>;
  readonly lastId: () => Promise<bigint>;
  /** When the last event says it happened; null where there is none, or it says so in no way that is known. */
  readonly lastTime: () => Promise<Date | null>;
  /** Ids of the events by which the host records a rewind, in ascending order. Reads the whole log, without payloads. */
  readonly rewinds: () => Promise<readonly bigint[]>;
  /** Hash of an event's id, ts, kind and payload; null where there is no such event. */
  readonly fingerprint: (id: bigint) => Promise<string | null>;
  /** Whether the log still has a place, with equally many events before it; not whether these are the same. */
  readonly has: (mark: LogMark) => Promise<boolean>;
  /**
   * Reads the log once, as far as it goes now: its chain after each of the given numbers of events that it has, and
   * after all of them. Null where it was changed before its end meanwhile, or its ids are no integers.
   */
  readonly chains: (
    after: readonly number[],
  ) => Promise<{ readonly at: ReadonlyMap<number, string>; readonly end: ReadMark } | null>;
};

/**
 * After this long a read of the log ends and another one goes on behind the last event: without a WAL the host can't
 * commit under a read. Number and size of events don't bound the time that it takes; only one event is never cut.
 */
const LONGEST_READ_MS = 20;

/** Makes the questions to a log. Each read is one that `ask` makes. */
export function createLogQuestions(
  db: AnyDatabase,
  { byRowid, profile, ...source }: LogSource,
  ask: Ask,
  task: TaskOptions,
): LogQuestions {
  const id = quoteName(profile.log.columns.id);
  // By the rowid alone, since in an index of another column SQLite would have to sort all events before the first one.
  const hint = byRowid ? 'NOT INDEXED ' : '';
  const read = (order: string) => readEvents(db, { ...source, order: hint + order });
  const readIds = (order: string) =>
    db
      .prepare<[], unknown>(`SELECT ${id} FROM main.${quoteName(source.table)} ${hint}${order}`)
      .pluck()
      .safeIntegers()
      .iterate();

  /** Meets each event between the two ids once, in the order of their ids. `see` returns the event's id. */
  async function walk<T>(
    [after, upTo]: readonly [bigint | null, bigint | null],
    read: (order: string) => Iterable<T>,
    see: (event: T) => unknown,
  ): Promise<void> {
    const yielder = createYielder(task);
    let last = after;
    const goOn = () => {
      const began = performance.now();
      const limits = [
        ...(last === null ? [] : [`${id} > ${last}`]),
        ...(upTo === null ? [] : [`${id} <= ${upTo}`]),
      ];
      const where = limits.length === 0 ? '' : `WHERE ${limits.join(' AND ')} `;
      for (const event of read(`${where}ORDER BY ${id}`)) {
        const seen = see(event);
        if (typeof seen === 'bigint') last = seen;
        if (byRowid && performance.now() - began >= LONGEST_READ_MS) return true;
      }
      return false;
    };
    for (let more = true; more; ) {
      await yielder.step();
      more = await ask(() => atOneMoment(db, goOn));
    }
  }

  async function count(after: bigint | null, upTo: bigint | null): Promise<number> {
    let events = 0;
    await walk([after, upTo], readIds, (event) => {
      events += 1;
      return event;
    });
    return events;
  }

  async function rewinds(): Promise<readonly bigint[]> {
    const kind = source.identity[chainColumns(profile).indexOf(profile.log.columns.kind)];
    if (kind == null) return [];
    const found: bigint[] = [];
    const readKinds = (order: string) =>
      db
        .prepare<[], unknown[]>(
          `SELECT ${id}, ${quoteName(kind)} FROM main.${quoteName(source.table)} ${hint}${order}`,
        )
        .raw()
        .safeIntegers()
        .iterate();
    await walk([null, null], readKinds, ([event, of]) => {
      if (typeof event === 'bigint' && typeof of === 'string' && profile.chat.rewindKinds.includes(of))
        found.push(event);
      return event;
    });
    return found;
  }

  const fingerprint = (event: bigint) =>
    ask(() =>
      atOneMoment(db, () => {
        for (const row of read(`WHERE ${id} = ${event}`)) return fingerprintEvent(row);
        return null;
      }),
    );

  const has = async ({ events, lastId, last }: LogMark) =>
    events === 0 || ((await fingerprint(lastId)) === last && (await count(null, lastId)) === events);

  async function chains(after: readonly number[]) {
    const wanted = new Set(after);
    const chain = createLogChain();
    const at = new Map([[0, chain.peek().chain]]);
    let events = 0;
    let lastId: unknown = null;
    let integers = true;
    // A host that appends all the time must not keep the reading from ending.
    const upTo = byRowid ? await ask(() => readLastEventId(db, profile)) : null;
    await walk([null, upTo], read, (row) => {
      [lastId] = row;
      integers &&= typeof lastId === 'bigint';
      if (!integers) return lastId;
      chain.add(row);
      events += 1;
      if (wanted.has(events)) at.set(events, chain.peek().chain);
      return lastId;
    });
    if (!integers) return null;
    const whole = chain.peek();
    at.set(events, whole.chain);
    const last = typeof lastId === 'bigint' ? await fingerprint(lastId) : null;
    const end = typeof lastId !== 'bigint' || last === null ? START : { ...whole, lastId, last };
    return end.events === events && (await has(end)) ? { at, end } : null;
  }

  return {
    identity: source.identity,
    countAfter: (event) => count(event, null),
    countBetween: count,
    rewinds,
    lastId: () => ask(() => readLastEventId(db, profile)),
    lastTime: () => ask(() => readLastTime(db, profile, source)),
    fingerprint,
    has,
    chains,
  };
}

function readLastTime(
  db: AnyDatabase,
  { log: { columns } }: Profile,
  { table, identity }: Pick<LogSource, 'table' | 'identity'>,
): Date | null {
  // `chainColumns` says where it stands.
  const column = identity[1];
  if (column == null) return null;
  const [id, ts] = [quoteName(columns.id), quoteName(column)];
  const value = db
    .prepare<[], unknown>(
      `SELECT CAST(${ts} AS TEXT) FROM main.${quoteName(table)} ORDER BY ${id} DESC LIMIT 1`,
    )
    .pluck()
    .get();
  const time = typeof value === 'string' ? parseTime(value) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time);
}

/** ISO 8601, or seconds or milliseconds since 1970. NaN for anything else. */
function parseTime(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) return Date.parse(text);
  const number = Number(text);
  const time = number < FIRST_MILLISECONDS ? number * 1000 : number;
  return time <= LATEST_MS ? time : Number.NaN;
}

/** As seconds this is the year 5138, as milliseconds 1973. */
const FIRST_MILLISECONDS = 1e11;
const LATEST_MS = 8.64e15;

/** Lets everything that is read be of one moment: what reads rows may need more than one statement. */
function atOneMoment<T>(db: AnyDatabase, read: () => T): T {
  db.exec('BEGIN');
  try {
    return read();
  } finally {
    if (db.inTransaction) db.exec('COMMIT');
  }
}

/** Makes one short read, and waits for a lock where that is wanted. */
export type Ask = <T>(question: () => T) => Promise<T>;

/** Where the live log is found in the database. */
export type LogSource = {
  readonly profile: Profile;
  readonly table: string;
  readonly identity: Identity;
  readonly encoding: Schema['encoding'];
  /** The id is the rowid: each event has one, an integer, and it is found without looking at others. */
  readonly byRowid: boolean;
};
