import type { HostDatabase } from '../host/host-database.ts';
import type { Profile } from '../host/profile.ts';
import { type EventColumns, liveEventColumns } from '../log/event-columns.ts';
import { inOrder, orderColumn } from '../log/event-order.ts';
import { createEventReader, type EventReader, type ReadEvent } from '../log/event-reader.ts';
import { findLogTable } from '../log/events.ts';
import { flaggedSql } from '../log/flags.ts';
import { readChatNames } from '../log/payload.ts';
import type { EventMark, NewerEvents, NewerList } from '../model/diff.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { placeOfName, quoteName } from '../sqlite/names.ts';
import { STAGE_SCHEMA, stageColumn } from '../stage/layout.ts';
import { stagedEventColumns } from '../stage/staged-events.ts';
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
  const there = selectReturning(database, log);
  // The lines are in the order of the stage's rowids. Where these are the ids, nothing has to be sorted.
  const isById = rowid === 'key' && placeOfName([live.rowidColumn ?? ''], orderColumn(profile)) === 0;
  const order = isById ? 'p.rowid' : there.order;
  const grouping = { names, yielder };
  const returning = await group(db, `${there.sql} ORDER BY ${order}`, {
    ...grouping,
    reader: there.reader,
    rewound: null,
  });
  const rewound = new Set(returning.map((one) => one.chat));
  const here = eventParts(
    profile,
    liveEventColumns(db, profile, { names: live.columns.map((column) => column.name), prefix: 'l' }),
  );
  const newer = await group(
    db,
    `SELECT ${here.parts} FROM ${lost} n ${joinLive(log, 'n')} ORDER BY ${here.order}`,
    { ...grouping, reader: here.reader, rewound },
  );
  return { newer, returning };
}

/** The events of the snapshot that are missing live or flagged differently: the SQL without its order, which is `order`. */
export function selectReturning({ profile }: HostDatabase, log: Comparison) {
  const { name } = log.staged;
  const { parts, ...there } = stagedParts(profile, log);
  const sql = `SELECT ${parts} FROM ${log.put} p CROSS JOIN ${STAGE_SCHEMA}.${name} s ON s.rowid = p.ord WHERE p.differs`;
  return { ...there, sql };
}

/** The snapshot's events after the one with this id, by chat. Reads only. */
export async function groupStagedAfter(
  database: HostDatabase,
  { staged }: Comparison,
  id: bigint,
  yielder: Yielder,
): Promise<readonly NewerEvents[]> {
  const { profile, db } = database;
  const { parts, order, reader } = stagedParts(profile, { staged });
  const place = placeOfName(staged.columns, profile.log.columns.id);
  const sql = `SELECT ${parts} FROM ${STAGE_SCHEMA}.${staged.name} s
    WHERE ${place === -1 ? 'NULL' : `s.${stageColumn(place)}`} > ${id} ORDER BY ${order}`;
  return group(db, sql, { names: readChatNames(database), reader, yielder, rewound: new Set() });
}

/** The live events after the one with this id, by chat. Reads only. */
export async function groupLiveAfter(
  database: HostDatabase,
  id: bigint,
  yielder: Yielder,
): Promise<readonly NewerEvents[]> {
  const { reader, sql } = liveAfter(database, id);
  return group(database.db, sql, { names: readChatNames(database), reader, yielder, rewound: new Set() });
}

/** The first live events after the one with this id, at most so many. Reads only. */
export async function listLiveAfter(
  database: HostDatabase,
  { id, most }: { readonly id: bigint; readonly most: number },
  yielder: Yielder,
): Promise<NewerList> {
  const { reader, sql } = liveAfter(database, id);
  const names = readChatNames(database);
  const events: NewerList['events'][number][] = [];
  let more = 0;
  for (const values of database.db.prepare<[], unknown[]>(sql).raw().safeIntegers().iterate()) {
    const event = reader.read(values);
    const { chat } = event;
    if (!event.isRewind && events.length < most)
      events.push({
        ...markOf(event, LONGEST_TEXT),
        chat,
        chatName: chat === null ? null : (names.get(chat) ?? null),
      });
    else if (!event.isRewind) more += 1;
    await yielder.step();
  }
  return { events, more };
}

/** The SQL of the live events after the one with this id, in order, and what reads them. */
function liveAfter({ db, profile, schema }: HostDatabase, id: bigint) {
  const { name, columns } = findLogTable(schema, profile);
  const names = columns.map((column) => column.name);
  const events = liveEventColumns(db, profile, { names, prefix: quoteName(name) });
  const { parts, order, reader } = eventParts(profile, events);
  const sql = `SELECT ${parts} FROM main.${quoteName(name)}
    WHERE ${quoteName(profile.log.columns.id)} > ${id} ORDER BY ${order}`;
  return { reader, sql };
}

/** What is told of an event. A text is shortened where it is longer. */
function markOf({ id, ts, kind, speaker, text }: ReadEvent, longest: number): EventMark {
  const told = text !== null && text.length > longest ? shorten(text) : text;
  return { id: typeof id === 'bigint' ? id : 0n, ts, kind, speaker, text: told };
}

/** How the events of a log are read: in SQL, what `reader` wants of each and whether it is flagged; and their order. */
type EventParts = { readonly reader: EventReader; readonly parts: string; readonly order: string };

function eventParts(profile: Profile, { names, sqlOf }: EventColumns): EventParts {
  // Which event a record is about does not show in a group.
  const reader = createEventReader(profile, { ...profile.chat, payloadTarget: [], payloadEvent: [] }, names);
  const parts = [...reader.columns.map(sqlOf), flaggedSql(profile, sqlOf)].join(', ');
  return { reader, parts, order: inOrder(profile, sqlOf(orderColumn(profile)), null) };
}

/** The same of the events of a staged log, which is `s`. */
function stagedParts(profile: Profile, { staged }: Pick<Comparison, 'staged'>): EventParts {
  return eventParts(profile, stagedEventColumns(profile, staged, { alias: 's', schemaName: STAGE_SCHEMA }));
}

type Grouping = {
  readonly names: ReadonlyMap<string, string>;
  readonly reader: EventReader;
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
  { names, reader, yielder, rewound }: Grouping,
): Promise<readonly NewerEvents[]> {
  const groups = new Map<string | null, Group>();
  const scan = db.prepare<[], unknown[]>(sql).raw().safeIntegers();
  let events = 0;
  for (const values of scan.iterate()) {
    const event = reader.read(values);
    const { chat, isRewind } = event;
    // Few marks stay. Only a text that is too long to be kept meanwhile is shortened at once.
    const mark = markOf(event, LONGEST_KEPT);
    const speaks = !isRewind && mark.text !== null;
    const isHidden = values[reader.columns.length] === 1n;
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
