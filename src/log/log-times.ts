import type { TaskOptions } from '../model/task.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { readSchema } from '../sqlite/schema.ts';
import { clockMs } from '../system/clock.ts';
import { createYielder } from '../system/yielder.ts';
import { orderColumn } from './event-order.ts';
import { createEventReader } from './event-reader.ts';
import { chainColumns } from './events.ts';
import { parseLogTime, timeColumn } from './last-time.ts';
import { type Ask, hintOf, LONGEST_READ_MS, type LogSource, within } from './log-runs.ts';
import { readChatNames } from './payload.ts';

/** A place in the log's time: `events` were appended since the place before. In milliseconds since 1970. */
export type LogPoint = { readonly time: number; readonly events: number };

/** An event that a rewind took out of its chat. */
export type RewoundEvent = {
  readonly id: bigint;
  /** The id of the event that replaced it. */
  readonly by: bigint;
  /** In milliseconds since 1970; null where the event carries none that we understand. */
  readonly time: number | null;
  readonly isMessage: boolean;
};

/** An event that records a rewind. */
export type RewindRecord = {
  readonly id: bigint;
  readonly time: number | null;
  readonly chat: string | null;
};

/** What the log tells about time. Each question is answered by short reads. */
export type LogTimes = {
  /**
   * At most `most` places in the log, evenly spread over its events, with the first and the last, in the order of the events.
   * Where ids are rowids, only these events are read, and events are counted by their ids.
   */
  readonly points: (most: number) => Promise<readonly LogPoint[]>;
  /** The records of rewinds with these ids. */
  readonly records: (ids: readonly bigint[]) => Promise<readonly RewindRecord[]>;
  /** The live names of chats by id. */
  readonly chatNames: () => Promise<ReadonlyMap<string, string>>;
  /** The events that carry the id of another one as the one that replaced them. Reads the whole log, but few payloads. */
  readonly rewound: () => Promise<readonly RewoundEvent[]>;
};

/** How many events are looked at in the first read. The next ones adapt to the time that it took. */
const FIRST_READ = 500;

export function createLogTimes(db: AnyDatabase, source: LogSource, ask: Ask, task: TaskOptions): LogTimes {
  const { live, profile, identity, events, byRowid } = source;
  const names = live.columns.map(({ name }) => name);
  const nameOf = (wanted: string) => names.find((name) => foldName(name) === foldName(wanted)) ?? null;
  const id = quoteName(profile.log.columns.id);
  const placedBy = byRowid ? id : quoteName(nameOf(orderColumn(profile)) ?? profile.log.columns.id);
  const columns = new Map(chainColumns(profile).map((column, place) => [column, identity[place] ?? null]));
  const sqlName = (column: string | null | undefined) => (column == null ? 'NULL' : quoteName(column));
  const tsSql = sqlName(columns.get(timeColumn(profile.log)));
  const reader = createEventReader(profile, profile.chat, events.names);
  const readSql = reader.columns.map(events.sqlOf).join(', ');
  const from = `FROM main.${quoteName(live.name)} ${hintOf({ byRowid })}`;
  const timeOf = (text: unknown): number | null => {
    const time = typeof text === 'string' ? parseLogTime(text, profile.log) : Number.NaN;
    return Number.isNaN(time) ? null : time;
  };
  const select = (sql: string) => db.prepare<unknown[], unknown[]>(sql).raw().safeIntegers();

  /**
   * Visits what `sqlOf` selects from each run of events, in their order; of the whole log where ids are not rowids.
   */
  async function visit(
    sqlOf: (run: string) => string,
    see: (row: readonly unknown[]) => void,
  ): Promise<void> {
    const yielder = createYielder(task);
    let last: bigint | null = null;
    let most = byRowid ? FIRST_READ : Number.MAX_SAFE_INTEGER;
    for (;;) {
      await yielder.step();
      const began = clockMs();
      const run: string = `(SELECT * ${from}${within(placedBy, [last, null])}LIMIT ${most})`;
      const { rows, end } = await ask<{ rows: unknown[][]; end: unknown }>(() => ({
        rows: select(sqlOf(run)).all(),
        end: byRowid ? select(`SELECT max(${id}) FROM ${run}`).get()?.at(0) : null,
      }));
      for (const row of rows) see(row);
      if (typeof end !== 'bigint') return;
      last = end;
      most = Math.max(1, Math.floor(clockMs() - began < LONGEST_READ_MS / 4 ? most * 2 : most / 2));
    }
  }

  async function pointsByRowid(most: number): Promise<readonly LogPoint[]> {
    const [first, last] = await ask(() => select(`SELECT min(${id}), max(${id}) ${from}`).get() ?? []);
    if (typeof first !== 'bigint' || typeof last !== 'bigint') return [];
    const yielder = createYielder(task);
    const points: LogPoint[] = [];
    let before = first - 1n;
    const steps = BigInt(Math.max(1, most - 1));
    for (let step = 0n; step <= steps; step += 1n) {
      const wanted = first + ((last - first) * step) / steps;
      if (wanted <= before) continue;
      await yielder.step();
      const [found, text] = await ask(
        () =>
          select(`SELECT ${id}, CAST(${tsSql} AS TEXT) ${from}WHERE ${id} >= ? ORDER BY ${id} LIMIT 1`).get(
            wanted,
          ) ?? [],
      );
      const time = timeOf(text);
      if (typeof found !== 'bigint' || found <= before || time === null) continue;
      points.push({ time, events: Number(found - before) });
      before = found;
    }
    return points;
  }

  async function pointsByReading(most: number): Promise<readonly LogPoint[]> {
    const [count] = await ask(() => select(`SELECT count(*) ${from}`).get() ?? []);
    const every = Math.max(1, Math.ceil(Number(count) / most));
    const points: LogPoint[] = [];
    let events = 0;
    await visit(
      (run) => `SELECT CAST(${tsSql} AS TEXT) FROM ${run}`,
      ([text]) => {
        events += 1;
        const time = events < every ? null : timeOf(text);
        if (time === null) return;
        points.push({ time, events });
        events = 0;
      },
    );
    return points;
  }

  return {
    // Ids that hold the time do not count events.
    points: (most) =>
      byRowid && profile.log.timeInId === null ? pointsByRowid(most) : pointsByReading(most),
    async records(ids) {
      const rows = await ask(() =>
        select(
          `SELECT ${id}, CAST(${tsSql} AS TEXT), ${readSql} ${from}WHERE ${id} IN (${ids.join(', ')})`,
        ).all(),
      );
      return rows.flatMap(([found, text, ...event]) =>
        typeof found === 'bigint' ? [{ id: found, time: timeOf(text), chat: reader.read(event).chat }] : [],
      );
    },
    chatNames: () => ask(() => readChatNames({ db, schema: readSchema(db), profile })),
    async rewound() {
      const by = nameOf(profile.log.columns.supersededBy);
      if (by === null) return [];
      const found: RewoundEvent[] = [];
      const integer = (column: string) => `typeof(${column}) = 'integer'`;
      const sql = (run: string) =>
        `SELECT ${id}, ${quoteName(by)}, CAST(${tsSql} AS TEXT), ${readSql} FROM ${run} ${quoteName(live.name)} WHERE ${integer(id)} AND ${integer(quoteName(by))}`;
      await visit(sql, ([event, replacedBy, text, ...said]) => {
        if (typeof event !== 'bigint' || typeof replacedBy !== 'bigint') return;
        const { isRewind, text: words } = reader.read(said);
        found.push({ id: event, by: replacedBy, time: timeOf(text), isMessage: !isRewind && words !== null });
      });
      return found;
    },
  };
}
