import type { HostDatabase } from '../host/host-database.ts';
import { readSpeech } from '../log/payload.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SelectedPart, Selection } from '../model/restore.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { columnInStage, type StagedTable, tableInStage } from '../stage/staged-table.ts';
import { type Belonging, type Belongings, leaveAstray } from './astray.ts';
import { type ChosenTable, type ChosenTables, nameStaged } from './chosen-rows.ts';
import { findEventColumns, type Reference, valuesOf, valuesToFind } from './references.ts';

/*
 * What belongs to a chat: its events, by their payloads; its own row; and the rows of other tables that declared references
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
  const { db, profile } = database;
  const belonging = new Map(
    [...tables].map(([name, table], index) => [name, beginBelonging(database, table, index)]),
  );
  const all = [...belonging.values()];
  const staged = all.map(({ comparison }) => comparison.staged);
  const log = all.find(({ comparison }) => comparison.staged.role === 'log');
  db.function(
    'snapback_chat',
    { deterministic: true },
    (payload: unknown) => readSpeech(profile, payload).chat,
  );
  if (log !== undefined)
    seed(database, log, profile.log.columns.payload, (value) => `snapback_chat(${value}) = ?`, chat);
  const names = profile.chat.names;
  const own = names === null ? undefined : belonging.get(foldName(names.table));
  if (names !== null && own !== undefined) seed(database, own, names.id, isTextOf, chat);
  // Events belong to a chat by what they say, whatever else refers to them.
  const downwards = [...keys, ...findEventColumns(database, staged)].filter(
    ({ child }) => child.role !== 'log',
  );
  follow(database, belonging, downwards);
  const guesses = findGuesses(database, all, downwards);
  const guessed = guesses.flatMap(({ table, column }) => {
    const rows = countGuessed(database, table, column, chat);
    return rows === 0 ? [] : [{ table: table.comparison.staged.live.name, column, rows, taken: withGuessed }];
  });
  if (withGuessed) {
    for (const { table, column } of guesses) seed(database, table, column, isTextOf, chat);
    follow(database, belonging, downwards);
  }
  if (guessed.length === 0 && all.every((one) => isNone(database, one)))
    throw new SnapbackError('usage', `Neither the snapshot nor the database has a chat “${chat}”.`);
  // Events whose ids were given again are told below.
  const owned = downwards.filter(({ parent }) => parent.role !== 'log');
  leaveAstray(database, withBelongings(belonging, owned));
  const staying = all.flatMap((one) => choose(database, one));
  const reusesIds =
    log !== undefined &&
    (staying.some(({ table }) => table === log.comparison.staged.live.name) || takesIds(database, log));
  return { staying, guessed, reusesIds };
}

function beginBelonging({ db }: HostDatabase, table: ChosenTable, index: number): Belonging {
  const named = (what: string) => `temp.snapback_${what}_${index}`;
  const [then, now, astray] = [named('then'), named('now'), named('astray')];
  const identity = table.comparison.identity.map((_, place) => `i${place}`).join(', ');
  db.exec(`DROP TABLE IF EXISTS ${then}; DROP TABLE IF EXISTS ${now}; DROP TABLE IF EXISTS ${astray};
    CREATE TABLE ${then} (ord INTEGER PRIMARY KEY);
    CREATE TABLE ${astray} (ord INTEGER PRIMARY KEY);
    CREATE TABLE ${now} (${identity}, PRIMARY KEY (${identity}))`);
  return { ...table, then, now, astray };
}

const isTextOf = (value: string) => `CAST(${value} AS TEXT) = ?`;

/** Adds the rows of which a column says that they belong to the chat. */
function seed(
  { db }: HostDatabase,
  { comparison: { staged, identity }, then, now }: Belonging,
  name: string,
  says: (value: string) => string,
  chat: string,
): void {
  const { live, columns } = staged;
  const column = columns[placeOfName(columns, name)];
  if (column === undefined) return;
  const place = columnInStage(staged, placeOfName(columns, column));
  needingHost(live.name, () => {
    db.prepare<[string]>(
      `INSERT OR IGNORE INTO ${then} SELECT rowid FROM ${tableInStage(staged)} WHERE ${says(place)}`,
    ).run(chat);
    db.prepare<[string]>(
      `INSERT OR IGNORE INTO ${now} SELECT ${identity.map(quoteName).join(', ')}
         FROM main.${quoteName(live.name)} ${live.scanHint} WHERE ${says(quoteName(column))}`,
    ).run(chat);
  });
}

/** Adds the rows that refer to rows which belong to the chat, until there are no more. */
function follow(
  { db }: HostDatabase,
  belonging: ReadonlyMap<string, Belonging>,
  references: readonly Reference[],
): void {
  const steps = withBelongings(belonging, references).flatMap(({ reference, child, parent }) => {
    const there = { staged: 's' };
    const here = { live: 'l' };
    const of = ({ live }: StagedTable) => `main.${quoteName(live.name)} l ${live.scanHint}`;
    const isParent = `(${parent.comparison.identity.map((column) => `l.${quoteName(column)}`).join(', ')}) IN ${parent.now}`;
    return [
      `INSERT OR IGNORE INTO ${child.then} SELECT s.rowid FROM ${tableInStage(reference.child)} s
         WHERE ${valuesToFind(reference, there)} IN (SELECT ${valuesOf(reference, 'parent', there).join(', ')}
           FROM ${tableInStage(reference.parent)} s WHERE s.rowid IN ${parent.then})`,
      `INSERT OR IGNORE INTO ${child.now} SELECT ${child.comparison.identity.map((column) => `l.${quoteName(column)}`).join(', ')}
         FROM ${of(reference.child)} WHERE ${valuesToFind(reference, here)} IN (
           SELECT ${valuesOf(reference, 'parent', here).join(', ')} FROM ${of(reference.parent)} WHERE ${isParent})`,
    ];
  });
  const add = (sql: string) => db.prepare(sql).run().changes;
  while (steps.reduce((sum, sql) => sum + add(sql), 0) > 0);
}

function withBelongings(
  belonging: ReadonlyMap<string, Belonging>,
  references: readonly Reference[],
): readonly Belongings[] {
  return references.flatMap((reference): readonly Belongings[] => {
    const [child, parent] = [reference.child, reference.parent].map(({ live }) =>
      belonging.get(foldName(live.name)),
    );
    return child === undefined || parent === undefined ? [] : [{ reference, child, parent }];
  });
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
function countGuessed(
  { db }: HostDatabase,
  { comparison, then, now }: Belonging,
  column: string,
  chat: string,
): number {
  const { staged, identity } = comparison;
  const { live, columns } = staged;
  const place = columnInStage(staged, placeOfName(columns, column));
  const keys = identity.map((_, index) => `g.i${index}`).join(', ');
  const joined = identity.map((name, index) => `g.i${index} = l.${quoteName(name)}`).join(' AND ');
  const counted = db.prepare<[string, string], unknown>(
    `SELECT (SELECT count(*) FROM ${comparison.put} p CROSS JOIN ${tableInStage(staged)} s ON s.rowid = p.ord
        WHERE ${isTextOf(`s.${place}`)} AND p.ord NOT IN ${then})
      + (SELECT count(*) FROM main.${quoteName(live.name)} l ${live.scanHint} CROSS JOIN ${comparison.gone} g ON ${joined}
        WHERE ${isTextOf(`l.${quoteName(column)}`)} AND (${keys}) NOT IN ${now})`,
  );
  return needingHost(live.name, () => Number(counted.pluck().get(chat, chat)));
}

function isNone({ db }: HostDatabase, { then, now }: Belonging): boolean {
  return db.prepare(`SELECT 1 FROM ${then} UNION ALL SELECT 1 FROM ${now}`).get() === undefined;
}

/** Chooses what belongs to the chat in one table. Returns what stays: it belongs to the chat on one side only, or is astray. */
function choose(
  database: HostDatabase,
  { comparison, put, gone, then, now, astray }: Belonging,
): SelectedPart['staying'] {
  const { db } = database;
  const keys = (alias: string) =>
    `(${comparison.identity.map((_, index) => `${alias}.i${index}`).join(', ')})`;
  const wasOurs = `p.ord IN ${then}`;
  const isOurs = `${keys('p')} IN ${now}`;
  db.exec(`
    INSERT INTO ${put} SELECT p.ord FROM ${comparison.put} p WHERE ${wasOurs} AND (NOT p.survivor OR ${isOurs});
    INSERT INTO ${gone} SELECT g.rowid FROM ${comparison.gone} g WHERE ${keys('g')} IN ${now}`);
  return db
    .prepare<[], bigint>(
      `SELECT p.ord FROM ${comparison.put} p
         WHERE p.survivor AND (${wasOurs}) <> (${isOurs}) OR p.ord IN ${astray} LIMIT ${MOST_STAYING + 1}`,
    )
    .pluck()
    .safeIntegers()
    .all()
    .map((ord) => ({ ...nameStaged(database, comparison.staged, ord), because: null }));
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

/** So many rows that stay are named. */
export const MOST_STAYING = 100;
