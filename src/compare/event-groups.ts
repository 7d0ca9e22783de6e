import type { HostDatabase } from '../host/host-database.ts';
import type { Profile } from '../host/profile.ts';
import { chainColumns, findLogTable } from '../log/events.ts';
import { shownTime } from '../log/last-time.ts';
import { readChatNames, readSpeech } from '../log/payload.ts';
import type { EventMark, NewerEvents } from '../model/diff.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { placeOfName, quoteName } from '../sqlite/names.ts';
import { STAGE_SCHEMA, stageColumn } from '../stage/layout.ts';
import type { Yielder } from '../system/yielder.ts';
import { type Comparison, joinLive } from './compare-table.ts';
import type { EventMatch } from './match-events.ts';

export type EventGroups = {
  /** Live events that the snapshot lacks. */
  readonly newer: readonly NewerEvents[];
  /** Events of the snapshot that are missing live or flagged differently. */
  readonly returning: readonly NewerEvents[];
};

const LONGEST_TEXT = 80;
const LONGEST_KEPT = 1000;
const NOTHING = { events: 0, rewindRecords: 0, rewoundAt: null, spoken: 0, spokenHidden: 0, hidden: 0 };
const EVENTS_PER_STEP = 64;

export const NO_GROUPS: EventGroups = { newer: [], returning: [] };

/** Groups the events that differ by chat, with the first and the last of each group; none without a log. Reads only. */
export async function groupEvents(
  database: HostDatabase,
  match: EventMatch | null,
  yielder: Yielder,
): Promise<EventGroups> {
  if (match === null) return NO_GROUPS;
  const { db, profile } = database;
  const { log, newer: lost } = match;
  const names = readChatNames(database);
  const { live, rowid } = log.staged;
  const liveNames = live.columns.map((column) => column.name);
  const fromLive = eventParts(profile, (column) =>
    placeOfName(liveNames, column) === -1 ? 'NULL' : `l.${quoteName(column)}`,
  );
  // The lines are in the order of the stage's rowids. Where these are the ids, nothing has to be sorted.
  const isById = rowid === 'key' && placeOfName([live.rowidColumn ?? ''], profile.log.columns.id) === 0;
  const order = `ORDER BY ${isById ? 'p.rowid' : '1'}`;
  const returning = await group(db, `${selectReturning(database, log)} ${order}`, {
    names,
    profile,
    yielder,
    rewound: null,
  });
  const rewound = new Set(returning.map((one) => one.chat));
  const newer = await group(db, `SELECT ${fromLive} FROM ${lost} n ${joinLive(log, 'n')} ORDER BY 1`, {
    names,
    profile,
    yielder,
    rewound,
  });
  return { newer, returning };
}

/** SQL: the events of the snapshot that are missing live or flagged differently, as `eventParts`. */
export function selectReturning({ profile }: HostDatabase, log: Comparison): string {
  const { name, columns } = log.staged;
  const parts = eventParts(profile, (column) => {
    const index = placeOfName(columns, column);
    return index === -1 ? 'NULL' : `s.${stageColumn(index)}`;
  });
  return `SELECT ${parts} FROM ${log.put} p CROSS JOIN ${STAGE_SCHEMA}.${name} s ON s.rowid = p.ord WHERE p.differs`;
}

/** The snapshot's events after the one with this id, by chat. Reads only. */
export async function groupStagedAfter(
  database: HostDatabase,
  { staged }: Comparison,
  id: bigint,
  yielder: Yielder,
): Promise<readonly NewerEvents[]> {
  const { profile, db } = database;
  const sourceOf = (column: string) => {
    const index = placeOfName(staged.columns, column);
    return index === -1 ? 'NULL' : `s.${stageColumn(index)}`;
  };
  const sql = `SELECT ${eventParts(profile, sourceOf)} FROM ${STAGE_SCHEMA}.${staged.name} s
    WHERE ${sourceOf(profile.log.columns.id)} > ${id} ORDER BY 1`;
  return group(db, sql, { names: readChatNames(database), profile, yielder, rewound: new Set() });
}

/** The live events after the one with this id, by chat. Reads only. */
export async function groupLiveAfter(
  database: HostDatabase,
  id: bigint,
  yielder: Yielder,
): Promise<readonly NewerEvents[]> {
  const { profile, db, schema } = database;
  const { name, columns } = findLogTable(schema, profile);
  const names = columns.map((column) => column.name);
  const sourceOf = (column: string) => (placeOfName(names, column) === -1 ? 'NULL' : quoteName(column));
  const sql = `SELECT ${eventParts(profile, sourceOf)} FROM main.${quoteName(name)}
    WHERE ${sourceOf(profile.log.columns.id)} > ${id} ORDER BY 1`;
  return group(db, sql, { names: readChatNames(database), profile, yielder, rewound: new Set() });
}

/** SQL: the columns that identify an event, then whether it is flagged as hidden or superseded. */
function eventParts(profile: Profile, sourceOf: (column: string) => string): string {
  return [...chainColumns(profile).map(sourceOf), flaggedSql(profile, sourceOf)].join(', ');
}

/** SQL: whether an event is flagged as hidden or superseded. */
export function flaggedSql({ log }: Profile, sourceOf: (column: string) => string): string {
  return `(${sourceOf(log.columns.hidden)} IS TRUE OR ${sourceOf(log.columns.supersededBy)} IS NOT NULL)`;
}

type Grouping = {
  readonly names: ReadonlyMap<string, string>;
  readonly profile: Profile;
  readonly yielder: Yielder;
  readonly rewound: ReadonlySet<string | null> | null;
};

type Group = Pick<
  Writable<NewerEvents>,
  'events' | 'rewindRecords' | 'rewoundAt' | 'spoken' | 'spokenHidden' | 'hidden' | 'first' | 'last'
>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

async function group(
  db: AnyDatabase,
  sql: string,
  { names, profile, yielder, rewound }: Grouping,
): Promise<readonly NewerEvents[]> {
  const groups = new Map<string | null, Group>();
  const scan = db.prepare<[], unknown[]>(sql).raw().safeIntegers();
  let events = 0;
  for (const [id, ts, kind, payload, flagged] of scan.iterate()) {
    const { chat, speaker, text } = readSpeech(profile, payload);
    const mark: EventMark = {
      id: typeof id === 'bigint' ? id : 0n,
      ts: shownTime(ts === null || ts === undefined ? null : String(ts), profile.log),
      kind: typeof kind === 'string' ? kind : null,
      speaker,
      // Few marks stay. Only a text that is too long to be kept meanwhile is shortened at once.
      text: text !== null && text.length > LONGEST_KEPT ? shorten(text) : text,
    };
    const isRewind = mark.kind !== null && profile.chat.rewindKinds.includes(mark.kind);
    const speaks = !isRewind && mark.text !== null;
    const isHidden = flagged === 1n;
    const found = groups.get(chat) ?? { ...NOTHING, first: mark, last: mark };
    if (found.events === 0) groups.set(chat, found);
    found.events += 1;
    if (isRewind) {
      found.rewindRecords += 1;
      found.rewoundAt = mark.ts;
    }
    if (speaks) found.spoken += 1;
    if (speaks && isHidden) found.spokenHidden += 1;
    if (isHidden) found.hidden += 1;
    if (found.first.text === null && mark.text !== null) found.first = mark;
    if (found.last.text === null || mark.text !== null) found.last = mark;
    events += 1;
    if (events % EVENTS_PER_STEP === 0) await yielder.step();
  }
  return [...groups].map(([chat, one]) => ({
    chat,
    chatName: chat === null ? null : (names.get(chat) ?? null),
    rewoundChat: rewound?.has(chat) ?? true,
    ...one,
    first: { ...one.first, text: shorten(one.first.text) },
    last: { ...one.last, text: shorten(one.last.text) },
  }));
}

function shorten(text: string | null): string | null {
  return text === null ? null : shortenText(text, LONGEST_TEXT);
}

/** At most so many characters, cut at a word, with “…” at the end if anything was cut off. */
export function shortenText(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const letters = [...text.slice(0, longest * 2)];
  return letters.length <= longest && text.length <= longest * 2
    ? text
    : `${cutAtWord(letters.slice(0, longest - 1).join(''))}…`;
}

/** Drops the word that was cut off, unless it is a quarter of the text or more: some scripts have no spaces. */
function cutAtWord(text: string): string {
  const at = text.lastIndexOf(' ');
  return at > text.length * 0.75 ? text.slice(0, at) : text;
}
