import type { HostDatabase } from '../host/host-database.ts';
import { type EventColumns, liveEventColumns } from '../log/event-columns.ts';
import { chatInKey, createEventReader, firstStep } from '../log/event-reader.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SelectedPart, Selection } from '../model/selection.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { stagedEventColumns } from '../stage/staged-events.ts';
import { columnInStage, tableInStage } from '../stage/staged-table.ts';
import { leaveAstray } from './astray.ts';
import {
  type Belonging,
  beginBelonging,
  follow,
  isNone,
  isTextOf,
  type Saying,
  seedBelonging,
  seedSaying,
  takeAway,
  takeBack,
  withBelongings,
} from './belonging.ts';
import type { ChosenTables } from './chosen-rows.ts';
import { findEventColumns, type Reference } from './references.ts';

/*
 * What belongs to a chat: its events, by their payloads or a column of the log; its own row; and the rows of other tables that declared references
 * tie to one of these, or to such a row in turn. It is told on both sides, because a row may have changed hands since.
 */

type ChatSelection = Extract<Selection, { readonly by: 'chat' }>;

export type ChosenChat = Pick<SelectedPart, 'staying' | 'guessed'> & {
  /** Events of the chat and of another one have the same ids: one cannot come back beside the other. */
  readonly reusesIds: boolean;
};

/**
 * Chooses what belongs to a chat. A row that belonged to it then and belongs to something else now, or the reverse, stays as
 * it is. @throws `usage` where neither the snapshot nor the database has such a chat, `schema-needs-host`
 */
export function chooseChat(
  database: HostDatabase,
  tables: ChosenTables,
  { chat, withGuessed }: ChatSelection,
  keys: readonly Reference[],
): ChosenChat {
  const { profile } = database;
  const belonging = beginBelonging(database, tables, 'chat');
  const all = [...belonging.values()];
  const staged = all.map(({ comparison }) => comparison.staged);
  const log = all.find(({ comparison }) => comparison.staged.role === 'log');
  if (log !== undefined) seedEvents(database, log, chat);
  const names = profile.chat.names;
  const own = names === null ? undefined : belonging.get(foldName(names.table));
  if (names !== null && own !== undefined)
    seedBelonging(database, own, [names.id], { says: isTextOf, value: chat });
  // Events belong to a chat by what they say, whatever else refers to them.
  const downwards = [...keys, ...findEventColumns(database, staged)].filter(
    ({ child }) => child.role !== 'log',
  );
  follow(database, belonging, downwards);
  const guesses = findGuesses(database, all, downwards);
  const says = namingChat(database);
  const guessed = guesses.flatMap(({ table, column }) => {
    const rows = countGuessed(database, { table, column }, { says, value: chat });
    return rows === 0 ? [] : [{ table: table.comparison.staged.live.name, column, rows, taken: withGuessed }];
  });
  if (withGuessed) {
    for (const { table, column } of guesses) seedBelonging(database, table, [column], { says, value: chat });
    follow(database, belonging, downwards);
  }
  if (guessed.length === 0 && all.every((one) => isNone(database, one)))
    throw new SnapbackError('usage', `Neither the snapshot nor the database has a chat “${chat}”.`);
  // Events whose ids were given again are told below.
  const owned = downwards.filter(({ parent }) => parent.role !== 'log');
  leaveAstray(database, withBelongings(belonging, owned));
  for (const one of all) takeAway(database, one);
  const staying = all.flatMap((one) => takeBack(database, one));
  const reusesIds =
    log !== undefined &&
    (staying.some(({ table }) => table === log.comparison.staged.live.name) || takesIds(database, log));
  return { staying, guessed, reusesIds };
}

/** Adds the events that say that they belong to the chat. */
function seedEvents(database: HostDatabase, log: Belonging, chat: string): void {
  const { profile } = database;
  const { payloadChat } = profile.chat;
  const named = [profile.log.columns.payload, ...payloadChat, ...payloadChat.map(firstStep)].map(foldName);
  const { staged } = log.comparison;
  const there = stagedEventColumns(profile, staged, { alias: 's' });
  const here = liveEventColumns(database.db, profile, { names: staged.columns, prefix: 'l' });
  const telling = there.names.filter((column) => named.includes(foldName(column)));
  const reader = createEventReader(profile, profile.chat, telling);
  if (reader.columns.length === 0) return;
  const options = { deterministic: true, varargs: true, safeIntegers: true };
  database.db.function('snapback_chat', options, (...values: unknown[]) => reader.read(values).chat);
  const saysIn = ({ sqlOf }: EventColumns) => `snapback_chat(${reader.columns.map(sqlOf).join(', ')}) = ?`;
  seedSaying(database, log, { inStage: saysIn(there), inLive: saysIn(here), value: chat });
}

/** Tells whether a row belongs to a chat by a column that has the name of the chat’s field in payloads. */
function namingChat({ db, profile }: HostDatabase): Saying['says'] {
  const { chatKey } = profile.chat;
  if (chatKey === null) return isTextOf;
  db.function('snapback_chat_key', { deterministic: true }, (key: unknown) =>
    chatInKey(typeof key === 'string' ? key : null, chatKey),
  );
  return (value) => `snapback_chat_key(CAST(${value} AS TEXT)) = ?`;
}

type Guess = { readonly table: Belonging; readonly column: string };

/** The columns that are named as the chat is in payloads, and that nothing declares to be a reference. */
function findGuesses(
  { profile }: HostDatabase,
  all: readonly Belonging[],
  declared: readonly Reference[],
): readonly Guess[] {
  return all.flatMap((table): readonly Guess[] => {
    const { role, live, columns } = table.comparison.staged;
    if (role === 'log') return [];
    return profile.chat.payloadChat.flatMap((name): readonly Guess[] => {
      const column = columns[placeOfName(columns, name)];
      const isDeclared = declared.some(
        ({ child, pairs }) =>
          child.live.name === live.name &&
          pairs.some(({ from }) => foldName(from) === foldName(column ?? '')),
      );
      return column === undefined || isDeclared ? [] : [{ table, column }];
    });
  });
}

/** How many rows that differ belong to the chat by a guess alone. */
function countGuessed({ db }: HostDatabase, { table, column }: Guess, { says, value }: Saying): number {
  const { comparison, then, now } = table;
  const { staged, identity } = comparison;
  const { live, columns } = staged;
  const place = columnInStage(staged, placeOfName(columns, column));
  const keys = identity.map((_, index) => `g.i${index}`).join(', ');
  const joined = identity.map((name, index) => `g.i${index} = l.${quoteName(name)}`).join(' AND ');
  const counted = db.prepare<[string, string], unknown>(
    `SELECT (SELECT count(*) FROM ${comparison.put} p CROSS JOIN ${tableInStage(staged)} s ON s.rowid = p.ord
        WHERE ${says(`s.${place}`)} AND p.ord NOT IN ${then})
      + (SELECT count(*) FROM main.${quoteName(live.name)} l ${live.scanHint} CROSS JOIN ${comparison.gone} g ON ${joined}
        WHERE ${says(`l.${quoteName(column)}`)} AND (${keys}) NOT IN ${now})`,
  );
  return needingHost(live.name, () => Number(counted.pluck().get(value, value)));
}

/** Whether an event would come back beside a live one with its id, in a log without a key that would refuse it. */
function takesIds({ db, profile }: HostDatabase, { comparison, put, gone }: Belonging): boolean {
  const { staged, identity } = comparison;
  const place = placeOfName(staged.columns, profile.log.columns.id);
  if (staged.live.key.length > 0 || place === -1) return false;
  const goes = identity.map((column, index) => `g.i${index} = l.${quoteName(column)}`).join(' AND ');
  return (
    db
      .prepare(
        `SELECT 1 FROM ${put} p CROSS JOIN ${tableInStage(staged)} s ON s.rowid = p.ord
           CROSS JOIN main.${quoteName(staged.live.name)} l ON l.${quoteName(profile.log.columns.id)} = s.${columnInStage(staged, place)}
         WHERE NOT EXISTS (SELECT 1 FROM ${comparison.gone} g WHERE ${goes} AND g.rowid IN (SELECT line FROM ${gone}))`,
      )
      .get() !== undefined
  );
}
