import { type Comparison, goneRowsFrom, STAGE_SCHEMA } from './compare.ts';
import type { AnyDatabase } from './database.ts';
import { chainColumns } from './log-events.ts';
import type { EventMark, NewerEvents } from './model.ts';
import type { Pace } from './pace.ts';
import type { Profile } from './profile.ts';
import type { Schema } from './schema.ts';
import { foldName, placeOfName, quoteName } from './sql.ts';
import { stageColumn } from './stage-layout.ts';

export type EventGroups = {
  /** Live events that the snapshot lacks. */
  readonly newer: readonly NewerEvents[];
  /** Events of the snapshot that are missing live or flagged differently. */
  readonly returning: readonly NewerEvents[];
};

const LONGEST_TEXT = 80;

/** Groups what a comparison of the log found by chat, with the first and the last of each group. Reads only. */
export async function groupEvents(
  db: AnyDatabase,
  log: Comparison,
  schema: Schema,
  profile: Profile,
  pace: Pace,
): Promise<EventGroups> {
  const names = readChatNames(db, schema, profile);
  const { live, name, columns } = log.staged;
  const liveNames = live.columns.map((column) => column.name);
  const fromLive = eventParts(profile, (column) =>
    placeOfName(liveNames, column) === -1 ? 'NULL' : `l.${quoteName(column)}`,
  );
  const fromStage = eventParts(profile, (column) => {
    const index = placeOfName(columns, column);
    return index === -1 ? 'NULL' : `s.${stageColumn(index)}`;
  });
  const returning = await group(
    db,
    `SELECT ${fromStage} FROM ${log.put} p CROSS JOIN ${STAGE_SCHEMA}.${name} s ON s.ord = p.ord
       WHERE p.differs ORDER BY 1`,
    { names, profile, pace, rewound: null },
  );
  const rewound = new Set(returning.map((one) => one.chat));
  const newer = await group(db, `SELECT ${fromLive} ${goneRowsFrom(log)} ORDER BY 1`, {
    names,
    profile,
    pace,
    rewound,
  });
  return { newer, returning };
}

/** What makes an event the same one, then whether it is flagged as hidden or superseded. */
function eventParts(profile: Profile, sourceOf: (column: string) => string): string {
  const { hidden, supersededBy } = profile.log.columns;
  const flagged = `(${sourceOf(hidden)} IS TRUE OR ${sourceOf(supersededBy)} IS NOT NULL)`;
  return [...chainColumns(profile).map(sourceOf), flagged].join(', ');
}

type Grouping = {
  readonly names: ReadonlyMap<string, string>;
  readonly profile: Profile;
  readonly pace: Pace;
  readonly rewound: ReadonlySet<string | null> | null;
};

type Group = Pick<Writable<NewerEvents>, 'events' | 'rewindRecords' | 'spoken' | 'hidden' | 'first' | 'last'>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

async function group(
  db: AnyDatabase,
  sql: string,
  { names, profile, pace, rewound }: Grouping,
): Promise<readonly NewerEvents[]> {
  const groups = new Map<string | null, Group>();
  const scan = db.prepare<[], unknown[]>(sql).raw().safeIntegers();
  for (const [id, ts, kind, payload, flagged] of scan.iterate()) {
    const fields = parsePayload(payload);
    const chat = firstText(fields, profile.chat.payloadChat);
    const mark: EventMark = {
      id: typeof id === 'bigint' ? id : 0n,
      ts: typeof ts === 'string' ? ts : ts === null || ts === undefined ? null : String(ts),
      kind: typeof kind === 'string' ? kind : null,
      speaker: firstText(fields, profile.chat.payloadSpeaker),
      text: shorten(firstText(fields, profile.chat.payloadText)),
    };
    const found = groups.get(chat);
    const isRewind = mark.kind !== null && profile.chat.rewindKinds.includes(mark.kind);
    const counted = {
      rewindRecords: isRewind ? 1 : 0,
      spoken: !isRewind && mark.text !== null ? 1 : 0,
      hidden: flagged === 1n ? 1 : 0,
    };
    if (found === undefined) groups.set(chat, { events: 1, ...counted, first: mark, last: mark });
    else {
      found.events += 1;
      found.rewindRecords += counted.rewindRecords;
      found.spoken += counted.spoken;
      found.hidden += counted.hidden;
      if (found.first.text === null && mark.text !== null) found.first = mark;
      if (found.last.text === null || mark.text !== null) found.last = mark;
    }
    await pace.step();
  }
  return [...groups].map(([chat, one]) => ({
    chat,
    chatName: chat === null ? null : (names.get(chat) ?? null),
    rewoundChat: rewound?.has(chat) ?? true,
    ...one,
  }));
}

function parsePayload(payload: unknown): ReadonlyMap<string, unknown> {
  if (typeof payload !== 'string') return new Map();
  try {
    const parsed: unknown = JSON.parse(payload);
    return typeof parsed === 'object' && parsed !== null ? new Map(Object.entries(parsed)) : new Map();
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

function firstText(fields: ReadonlyMap<string, unknown>, names: readonly string[]): string | null {
  const found = names
    .map((name) => fields.get(name))
    .find((value) => typeof value === 'string' || typeof value === 'number');
  return found === undefined ? null : String(found);
}

function shorten(text: string | null): string | null {
  if (text === null) return null;
  const letters = [...text.slice(0, LONGEST_TEXT * 2)];
  return letters.length <= LONGEST_TEXT && text.length <= LONGEST_TEXT * 2
    ? text
    : `${letters.slice(0, LONGEST_TEXT - 1).join('')}…`;
}

/** Names of chats by id, from the live table and the snapshot's, where the profile says which table has them. */
function readChatNames(db: AnyDatabase, schema: Schema, profile: Profile): ReadonlyMap<string, string> {
  const source = profile.chat.names;
  const table = source === null ? undefined : schema.tables.get(foldName(source.table));
  if (source === null || table === undefined) return new Map();
  const columns = table.columns.map((column) => column.name);
  const id = columns[placeOfName(columns, source.id)];
  const name = source.name.flatMap((candidate) => columns[placeOfName(columns, candidate)] ?? []).at(0);
  if (id === undefined || name === undefined) return new Map();
  const rows = db
    .prepare<[], [unknown, unknown]>(
      `SELECT ${quoteName(id)}, ${quoteName(name)} FROM main.${quoteName(table.name)}`,
    )
    .raw()
    .all();
  return new Map(rows.map(([key, value]) => [String(key), String(value)]));
}

/**
 * Whether snapshot and live log are one timeline: up to the smaller of their last ids both have the same events (id, ts,
 * kind and payload). By ids alone two logs that went different ways look the same.
 */
export function sameTimeline(db: AnyDatabase, log: Comparison, profile: Profile): boolean {
  const { live, name, columns } = log.staged;
  // What one of them has not got tells nothing of the other.
  const identity = chainColumns(profile).filter((column) => placeOfName(columns, column) !== -1);
  const places = identity.map((column) => placeOfName(columns, column));
  const id = placeOfName(columns, profile.log.columns.id);
  if (id === -1) return true;
  const idColumn = quoteName(profile.log.columns.id);
  const same = identity.map((column, index) => {
    const [a, b] = [`l.${quoteName(column)}`, `s.${stageColumn(places[index] ?? 0)}`];
    return `typeof(${a}) = typeof(${b}) AND ${a} IS ${b} COLLATE BINARY`;
  });
  const table = `main.${quoteName(live.name)}`;
  const staged = `${STAGE_SCHEMA}.${name}`;
  const shortest = `min((SELECT ifnull(max(${idColumn}), 0) FROM ${table}), (SELECT ifnull(max(${stageColumn(id)}), 0) FROM ${staged}))`;
  const counted = db
    .prepare<[], { here: number; there: number; both: number }>(
      `WITH cut(id) AS (SELECT ${shortest})
       SELECT (SELECT count(*) FROM ${table} WHERE ${idColumn} <= (SELECT id FROM cut)) AS here,
              (SELECT count(*) FROM ${staged} WHERE ${stageColumn(id)} <= (SELECT id FROM cut)) AS there,
              (SELECT count(*) FROM ${staged} s CROSS JOIN ${table} l ON l.${idColumn} = s.${stageColumn(id)}
                 WHERE s.${stageColumn(id)} <= (SELECT id FROM cut) AND ${same.join(' AND ')}) AS both`,
    )
    .get();
  return counted === undefined || (counted.here === counted.both && counted.there === counted.both);
}
