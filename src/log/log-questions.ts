import { ALL_ROWIDS, MOST_ROWS, type RowidRange, rangeAfter } from '../host/row-text.ts';
import type { TaskOptions } from '../model/task.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import { clockMs } from '../system/clock.ts';
import { createYielder } from '../system/yielder.ts';
import { createLogChain, createRowChain, fingerprintEvent, type LogChain, type RowChain } from './chain.ts';
import { type ChainFeeder, createChainFeeder } from './event-lines.ts';
import { type Identity, readEvents, readLastEventId, repeatsIds } from './events.ts';
import { readTime } from './last-time.ts';
import {
  type Ask,
  type Between,
  createLogRuns,
  hintOf,
  LONGEST_READ_MS,
  type LogSource,
  within,
} from './log-runs.ts';
import { createLogTimes, type LogTimes } from './log-times.ts';

/** A place in the live log: the number of events up to and with `lastId`, and the hash of that event's identity (`last`). */
type LogMark = { readonly events: number; readonly lastId: bigint; readonly last: string };

/** A place up to which the log was read, and the chain there. */
export type ReadMark = LogMark & { readonly chain: string };

/** The place before the first event, which every log has. */
const START: ReadMark = { events: 0, lastId: 0n, last: '', chain: createLogChain().peek().chain };

/** Questions about the live log. Each is answered by short reads, so that the host can always commit in between. */
export type LogQuestions = LogTimes & {
  /** The columns that identify its events. */
  readonly identity: Identity;
  /** How many events have a greater id; with null, how many there are. */
  readonly countAfter: (id: bigint | null) => Promise<number>;
  /** How many events have an id above `after` and at most `upTo`. Null means no bound. */
  readonly countBetween: (after: bigint | null, upTo: bigint | null) => Promise<number>;
  readonly lastId: () => Promise<bigint>;
  /** Whether an event may have got the id of a deleted one. SQLite prevents that only with AUTOINCREMENT. */
  readonly reusesIds: () => Promise<boolean>;
  /** The time that the last event carries; null if there is no event or its time has an unknown form. */
  readonly lastTime: () => Promise<Date | null>;
  /** The same of the event with this id. */
  readonly timeOf: (id: bigint) => Promise<Date | null>;
  /** The ids of the events that record a rewind, in ascending order. Reads the whole log, but no payloads. */
  readonly rewinds: () => Promise<readonly bigint[]>;
  /** The hash of an event's id, ts, kind and payload; null if there is no such event. */
  readonly fingerprint: (id: bigint) => Promise<string | null>;
  /** The same of several events, in one read; those that the log lacks are left out. */
  readonly fingerprints: (ids: readonly bigint[]) => Promise<ReadonlyMap<bigint, string>>;
  /** Whether the log still has this event with as many events before it. Does not check that those are the same. */
  readonly has: (mark: LogMark) => Promise<boolean>;
  /**
   * Reads the log once, up to its present end. `at`: the chain after each of the given numbers of events, as far as there
   * are so many; `end`: the chain after all of them. Null if earlier events changed meanwhile, or if ids are not integers or only a part of the key.
   */
  readonly chains: (after: readonly number[]) => Promise<Chains | null>;
  /** The same of the chain that notes of format 1 name. */
  readonly rowChains: (after: readonly number[]) => Promise<Chains | null>;
};

type Chains = { readonly at: ReadonlyMap<number, string>; readonly end: ReadMark };

/** How many events are first added to a chain at once, before it is known how long that takes. */
const FEWEST_AT_ONCE = 8;

/** Makes the questions about a log. `ask` performs each of their reads. */
export function createLogQuestions(
  db: AnyDatabase,
  { byRowid, profile, live, ...rest }: LogSource,
  ask: Ask,
  task: TaskOptions,
): LogQuestions {
  const source = { ...rest, table: live.name };
  const id = quoteName(profile.log.columns.id);
  const runs = createLogRuns(db, { byRowid, profile, live, ...rest }, ask, task);
  const read = (order: string) => readEvents(db, { ...source, order: hintOf({ byRowid }) + order });
  /** Calls `goOn` in one read after the other, as long as it says that there is more. It stops where `isOver` says so. */
  async function inShortReads(goOn: (isOver: () => boolean) => boolean): Promise<void> {
    const yielder = createYielder(task);
    for (let more = true; more; ) {
      await yielder.step();
      more = await ask(() => {
        const began = clockMs();
        return atOneMoment(db, () => goOn(() => clockMs() - began >= LONGEST_READ_MS));
      });
    }
  }

  /** Visits each event between the two ids once, in the order of the ids. `see` must return the event's id. */
  async function walk<T>(
    [after, upTo]: Between,
    read: (order: string) => Iterable<T>,
    see: (event: T) => unknown,
  ): Promise<void> {
    let last = after;
    await inShortReads((isOver) => {
      for (const event of read(within(id, [last, upTo]))) {
        const seen = see(event);
        if (typeof seen === 'bigint') last = seen;
        if (byRowid && isOver()) return true;
      }
      return false;
    });
  }

  async function rewinds(): Promise<readonly bigint[]> {
    const kind = rest.events.sqlOf(profile.log.columns.kind);
    return kind === 'NULL' ? [] : runs.find(kind, profile.chat.rewindKinds);
  }

  const fingerprints = (events: readonly bigint[]) =>
    ask(() =>
      atOneMoment(db, () => {
        const found = new Map<bigint, string>();
        // Rows in a certain order are read as they are. Otherwise each text would be fetched as its bytes.
        const order = byRowid ? ` ORDER BY ${id}` : '';
        for (const row of read(`WHERE ${id} IN (${events.join(', ')})${order}`)) {
          const [event] = row;
          if (typeof event === 'bigint' && !found.has(event)) found.set(event, fingerprintEvent(row));
        }
        return found;
      }),
    );

  const fingerprint = async (event: bigint) => (await fingerprints([event])).get(event) ?? null;

  const has = async ({ events, lastId, last }: LogMark) =>
    events === 0 || ((await fingerprint(lastId)) === last && (await runs.count([null, lastId])) === events);

  /** Adds all events up to an id to a chain, and notes it after the wanted ones. Returns the last id; null as `chains`. */
  async function addEach(chain: RowChain, upTo: bigint | null, note: () => void): Promise<bigint | null> {
    let lastId: unknown = START.lastId;
    await walk([null, upTo], read, (row) => {
      if (typeof lastId !== 'bigint') return null;
      [lastId] = row;
      if (typeof lastId === 'bigint') chain.add(row);
      note();
      return lastId;
    });
    return typeof lastId === 'bigint' ? lastId : null;
  }

  /** The same, many events at a time. `stops` are the wanted numbers in ascending order. */
  async function addMany(
    chain: LogChain,
    feed: ChainFeeder,
    {
      upTo,
      stops,
      note,
    }: { readonly upTo: bigint; readonly stops: readonly number[]; readonly note: () => void },
  ): Promise<bigint> {
    let lastId = START.lastId;
    let range: RowidRange | null = { ...ALL_ROWIDS, last: upTo };
    let size = FEWEST_AT_ONCE;
    await inShortReads((isOver) => {
      while (range !== null) {
        const events = chain.events();
        const stop = stops.find((wanted) => wanted > events) ?? Number.POSITIVE_INFINITY;
        const began = clockMs();
        const last = feed(chain, range, Math.min(size, stop - events));
        if (last === null) return false;
        const quick = (clockMs() - began) * 4 < LONGEST_READ_MS;
        size = quick ? Math.min(size * 2, MOST_ROWS) : FEWEST_AT_ONCE;
        lastId = last;
        note();
        range = rangeAfter(range, last);
        if (isOver()) return true;
      }
      return false;
    });
    return lastId;
  }

  /** Differs from the last time if anyone has committed since, by SQLite's own measure. */
  const version = () => ask(() => db.pragma('data_version', { simple: true }));

  async function readChains(chain: RowChain | LogChain, after: readonly number[]): Promise<Chains | null> {
    if (await ask(() => repeatsIds(db, live, { column: profile.log.columns.id, staged: null }))) return null;
    const before = await version();
    const wanted = new Set(after);
    const at = new Map([[0, chain.peek().chain]]);
    const note = () => {
      if (wanted.has(chain.events())) at.set(chain.events(), chain.peek().chain);
    };
    // Fixed beforehand, so that the reading ends even if the host keeps appending.
    const upTo = byRowid ? await ask(() => readLastEventId(db, profile)) : null;
    const feed = await ask(() => createChainFeeder(db, { ...source, schemaName: 'main', table: live }));
    const stops = [...wanted].sort((a, b) => a - b);
    const lastId =
      feed !== null && upTo !== null && 'addLines' in chain
        ? await addMany(chain, feed, { upTo, stops, note })
        : await addEach(chain, upTo, note);
    if (lastId === null) return null;
    const whole = chain.peek();
    at.set(whole.events, whole.chain);
    const last = whole.events > 0 ? await fingerprint(lastId) : null;
    const end = last === null ? START : { ...whole, lastId, last };
    if (end.events !== whole.events) return null;
    return (await version()) === before || (await has(end)) ? { at, end } : null;
  }

  return {
    ...createLogTimes(db, { byRowid, profile, live, ...rest }, ask, task),
    identity: source.identity,
    countAfter: (event) => runs.count([event, null]),
    countBetween: (after, upTo) => runs.count([after, upTo]),
    rewinds,
    lastId: () => ask(() => readLastEventId(db, profile)),
    reusesIds: () => ask(() => !hasSequence(db, live.name)),
    lastTime: () => ask(() => readTime(db, profile, source, null)),
    timeOf: (event) => ask(() => readTime(db, profile, source, event)),
    fingerprint,
    fingerprints,
    has,
    chains: (after) => readChains(createLogChain(), after),
    rowChains: (after) => readChains(createRowChain(), after),
  };
}

function hasSequence(db: AnyDatabase, table: string): boolean {
  const sequences = db.prepare("SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'");
  if (sequences.get() === undefined) return false;
  return db.prepare('SELECT 1 FROM main.sqlite_sequence WHERE name = ?').get(table) !== undefined;
}

/** Runs a read in one transaction, because reading rows may take more than one statement. */
function atOneMoment<T>(db: AnyDatabase, read: () => T): T {
  db.exec('BEGIN');
  try {
    return read();
  } finally {
    if (db.inTransaction) db.exec('COMMIT');
  }
}
