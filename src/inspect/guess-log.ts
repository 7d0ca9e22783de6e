import { defaultProfile, type Marker, type TimeInId } from '../host/profile.ts';
import { parseJson } from '../log/payload.ts';
import type { LogMeaning } from '../model/profile.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import type { Table } from '../sqlite/table.ts';
import type { LogSample } from './choose-fields.ts';
import { guessField, sampleOf, type Words, wordScore } from './guess-fields.ts';
import { guessMarker } from './guess-marker.ts';

/*
 * Which table is a log, and which of its columns mean what, told from names and from what some rows hold. No name of any one
 * application is known here.
 */

/** A table that may be a log. Columns that nothing tells are left out. */
export type GuessedLog = {
  readonly table: Table;
  readonly sample: LogSample;
  readonly columns: { readonly id: string } & Readonly<Partial<Record<LogMeaning, string>>>;
  /** The column by which its events follow each other, where their ids are no whole numbers; null: nothing tells. */
  readonly order: string | null;
  /** How its ids hold the time, where no column does; null: they do not, or nothing tells. */
  readonly timeInId: TimeInId | null;
  /** How it says that an event is taken back, beside its columns; null: nothing tells. */
  readonly marker: Marker | null;
  /** Its payloads are bytes that only the application can read. */
  readonly opaque: boolean;
};

const LOG: Words = {
  ...{ event: 5, events: 5, log: 3, journal: 4, message: 4, messages: 4, msg: 3, msgs: 3 },
  ...{ turn: 3, turns: 3, said: 3, checkpoint: 3, checkpoints: 3, history: 2, post: 2, posts: 2 },
  ...{ session: -4, sessions: -4, chats: -4, conversations: -4, threads: -4, rooms: -4, streams: -4 },
  ...{ user: -5, users: -5, file: -4, files: -4, memory: -4, memories: -4, snapshot: -3, snapshots: -3 },
  ...{ tag: -4, tags: -4, reaction: -6, reactions: -6, draft: -4, drafts: -4, failures: -4, errors: -4 },
  ...{ migration: -9, migrations: -9, version: -9, versions: -9, settings: -9, config: -9, auth: -9 },
};
const PAYLOAD: Words = {
  ...{ payload: 6, data: 4, body: 4, json: 3, event: 2, message: 1, content: 2, value: 1 },
  ...{ meta: -6, metadata: -6, usage: -4, schema: -4 },
};
const KIND: Words = {
  ...{ kind: 5, type: 5, event: 2, action: 3, verb: 3 },
  ...{ mime: -6, content: -4, media: -6, schema: -4, version: -4, stream: -3, id: -6 },
};
const TIMES = ['ts', 'timestamp', 'created_at', 'created', 'sent_at', 'time', 'date'];

/** The columns by what they mean; null for a table whose rows have no id. */
export function guessLog(table: Table, sample: LogSample): GuessedLog | null {
  const id = guessId(table, sample);
  if (id === null || isTaken('id', id)) return null;
  const taken = new Set([id]);
  const columns: Partial<Record<LogMeaning, string>> & { id: string } = { id };
  const named = (name: RegExp) => sample.columns.find((one) => name.test(one)) ?? null;
  const byDefault = (meaning: LogMeaning) =>
    sample.columns[placeOfName(sample.columns, defaultProfile.log.columns[meaning])] ?? null;
  const guesses: readonly (readonly [LogMeaning, () => string | null])[] = [
    ['branch', () => byDefault('branch') ?? named(/^branch(?:_?id)?$/i)],
    ['supersededBy', () => byDefault('supersededBy') ?? named(/^(?:superseded|replaced)_?by$/i)],
    ['hidden', () => byDefault('hidden') ?? named(/^(?:is_?)?(?:hidden|deleted)$/i)],
    ['ts', () => guessTime(sample, taken) ?? byDefault('ts')],
    ['payload', () => bestColumn(sample, taken, payloadScore) ?? byDefault('payload')],
    ['kind', () => bestColumn(sample, taken, kindScore) ?? byDefault('kind')],
    ['payload', () => bestColumn(sample, taken, opaqueScore)],
  ];
  for (const [meaning, guess] of guesses) {
    const column = guess();
    if (column === null || taken.has(column) || isTaken(meaning, column)) continue;
    if (columns[meaning] !== undefined) continue;
    taken.add(column);
    columns[meaning] = column;
  }
  const { payload } = columns;
  const place = payload === undefined ? -1 : sample.columns.indexOf(payload);
  const values = sample.rows.flatMap((row) => row[place] ?? []);
  return {
    ...{ table, sample, columns, order: guessOrder(table, sample, columns) },
    timeInId: guessTimeInId(sample, columns),
    marker: guessMarker(sample, taken),
    opaque: place !== -1 && values.length > 0 && values.every((value) => value instanceof Uint8Array),
  };
}

/** Ids that begin with the time: UUIDs of version 6 and 7, and ULIDs. They follow each other as texts do. */
const TIMED_ID =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[67][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25})$/i;

/** Whole numbers are in order by themselves. Else the ids where they begin with the time, or the time. */
function guessOrder(
  { rowidColumn }: Table,
  { columns, rows }: LogSample,
  { id, ts }: GuessedLog['columns'],
): string | null {
  const valuesOf = (column: string) => rows.map((row) => row[columns.indexOf(column)]);
  const ids = valuesOf(id);
  if (rowidColumn === id || ids.length === 0 || ids.every((value) => typeof value === 'bigint')) return null;
  if (ids.every((value) => typeof value === 'string' && TIMED_ID.test(value))) return id;
  return ts !== undefined && valuesOf(ts).every((value) => value !== null) ? ts : null;
}

function guessTimeInId({ columns, rows }: LogSample, { id, ts }: GuessedLog['columns']): TimeInId | null {
  if (ts !== undefined || rows.length === 0) return null;
  const ids = rows.map((row) => row[columns.indexOf(id)]);
  const form = ids.every((value) => String(value).length === 26) ? 'ulid' : 'uuid';
  const isTimed = ids.every((value) => typeof value === 'string' && TIMED_ID.test(value));
  return isTimed ? { form, epoch: null, bits: 22 } : null;
}

/** Whether a profile that does not say otherwise takes a column of this name for something else. */
function isTaken(meaning: LogMeaning, column: string): boolean {
  return Object.entries(defaultProfile.log.columns).some(
    ([other, name]) => other !== meaning && foldName(name) === foldName(column),
  );
}

/** How much the table is like a log; null where it is none. `speaks`, `chats`: a text, and a chat, is found in its events. */
export function scoreLog(
  { table, sample, columns }: GuessedLog,
  { speaks, chats }: { readonly speaks: boolean; readonly chats: boolean },
): number | null {
  const named = wordScore(table.name, LOG);
  if (speaks ? named < -2 : named < 3) return null;
  const described = [columns.payload, columns.ts, columns.kind].filter(
    (column) => column !== undefined,
  ).length;
  const counts = (table.rowidColumn === columns.id ? 3 : 0) + (speaks ? 5 : 0) + (chats ? 2 : 0);
  return named + counts + described + Math.log10(1 + sample.rows.length);
}

/**
 * The integer key, or else a key of other values. Of several columns it is the last one, and only where it alone tells the
 * rows apart and does not count them: a number that begins anew in each chat is no id.
 */
function guessId({ rowidColumn, key }: Table, { columns, rows }: LogSample): string | null {
  if (rowidColumn !== null) return rowidColumn;
  const last = key.at(-1);
  if (last === undefined || key.length === 1) return last ?? null;
  const values = rows.map((row) => row[columns.indexOf(last)]);
  return new Set(values).size === values.length && values.every((value) => typeof value === 'string')
    ? last
    : null;
}

function guessTime({ columns, rows }: LogSample, taken: ReadonlySet<string>): string | null {
  const free = columns.filter((column) => !taken.has(column));
  if (rows.length === 0) return free.find((column) => TIMES.includes(foldName(column))) ?? null;
  const samples = rows.map((row) =>
    sampleOf(free.map((column): [string, unknown] => [column, plain(row[columns.indexOf(column)])])),
  );
  return guessField('time', samples);
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** How likely a column has a meaning, by its name and the values that it holds; 0 or less: not at all. */
type Score = (name: string, values: readonly unknown[]) => number;

function bestColumn({ columns, rows }: LogSample, taken: ReadonlySet<string>, score: Score): string | null {
  let best: string | null = null;
  let most = 0;
  for (const [place, name] of columns.entries()) {
    if (taken.has(name)) continue;
    const values = rows.map((row) => row[place]).filter((value) => value !== null);
    const found = score(name, values);
    if (found > most) [best, most] = [name, found];
  }
  return best;
}

function payloadScore(name: string, values: readonly unknown[]): number {
  const named = wordScore(name, PAYLOAD);
  if (values.length === 0) return named >= 3 ? named : 0;
  const objects = values.map(parseJson).filter((one) => isObject(one)).length;
  return named > 0 && objects * 2 >= values.length ? named : 0;
}

/** As `payloadScore`, of a column that holds nothing but bytes. */
function opaqueScore(name: string, values: readonly unknown[]): number {
  const isBytes = values.length > 0 && values.every((value) => value instanceof Uint8Array);
  const named = wordScore(name, PAYLOAD);
  return isBytes && named >= 3 ? named : 0;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindScore(name: string, values: readonly unknown[]): number {
  const named = wordScore(name, KIND);
  if (values.some((value) => typeof value !== 'string' || value.length > 100)) return 0;
  // One that is always the same says less than one that varies.
  return named <= 0 ? 0 : named + Math.min(new Set(values).size, 3);
}
