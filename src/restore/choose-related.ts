import type { HostDatabase } from '../host/host-database.ts';
import { liveEventColumns } from '../log/event-columns.ts';
import { createEventReader, NO_FIELDS } from '../log/event-reader.ts';
import type { RowName, StoredValue } from '../model/search.ts';
import type { SelectedPart, Selection } from '../model/selection.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { stagedEventColumns } from '../stage/staged-events.ts';
import { columnInStage, tableInStage } from '../stage/staged-table.ts';
import { leaveAstray } from './astray.ts';
import { type Belonging, beginBelonging, follow, takeAway, takeBack, withBelongings } from './belonging.ts';
import { rowMatch } from './choose-rows.ts';
import { type ChosenTables, countChosen } from './chosen-rows.ts';
import { guessReferences } from './guessed-references.ts';
import { addOperation, type Search } from './operation.ts';
import { findEventColumns, type Reference, valuesOf, valuesToFind } from './references.ts';
import type { Obstacle } from './selected-stage.ts';

/*
 * What comes back along with selected rows: the rows that referred to them, and those that referred to these in turn. What
 * refers to them only since then stays, except to a row that goes.
 */

type RowSelection = Extract<Selection, { readonly by: 'rows' }>;

export type ChosenRelated = Pick<SelectedPart, 'staying' | 'related' | 'guessed'> & {
  readonly obstacle: Obstacle | null;
};

const NONE: ChosenRelated = { staying: [], related: [], guessed: [], obstacle: null };

/** Chooses what is related to rows that are already chosen. @throws `schema-needs-host`, `cancelled` */
export async function chooseRelated(
  database: HostDatabase,
  tables: ChosenTables,
  { rows, related = 'none', withGuessed = false }: RowSelection,
  { keys, yielder }: Search,
): Promise<ChosenRelated> {
  if (related === 'none') return NONE;
  const before = [...tables.values()].map((table) => countChosen(database, table));
  const belonging = beginBelonging(database, tables, 'rows');
  const all = [...belonging.values()];
  const staged = all.map(({ comparison }) => comparison.staged);
  const columns = [...keys, ...findEventColumns(database, staged)];
  // Events belong to others by what they say, whatever else refers to them.
  const declared = columns.filter(({ child }) => child.role !== 'log');
  const guesses = guessReferences(database, staged, columns);
  const downwards = withGuessed ? [...declared, ...guesses] : declared;
  const going = rows.filter((row) => isGoing(database, belonging, row));
  if (going.length > 0) {
    for (const row of going) seedRow(database, belonging, row);
    follow(database, belonging, downwards);
    for (const one of all) takeAway(database, one);
  }
  for (const row of rows) seedRow(database, belonging, row);
  seedEvents(database, all);
  if (
    related === 'operation' &&
    !(await addOperation(database, tables, belonging, { keys: declared, yielder }))
  )
    return { ...NONE, obstacle: 'no-operation' };
  follow(database, belonging, downwards);
  const guessed = guesses.flatMap((guess) => countGuess(database, belonging, guess, withGuessed));
  leaveAstray(database, withBelongings(belonging, downwards));
  const staying = all.flatMap((one) => takeBack(database, one));
  const found = [...tables.values()].flatMap((table, index) => {
    const more = countChosen(database, table) - (before[index] ?? 0);
    return more === 0 ? [] : [{ table: table.comparison.staged.live.name, rows: more }];
  });
  return { staying, related: found, guessed, obstacle: null };
}

type BelongingTables = ReadonlyMap<string, Belonging>;

/** Whether the snapshot does not have a selected row. */
function isGoing({ db }: HostDatabase, belonging: BelongingTables, row: RowName): boolean {
  const own = belonging.get(foldName(row.table));
  if (own === undefined) return false;
  const { staged } = own.comparison;
  const sql = `SELECT 1 FROM ${tableInStage(staged)} WHERE ${rowMatch(own, row).ofStage}`;
  return db.prepare<StoredValue[]>(sql).get(...row.key) === undefined;
}

function seedRow({ db }: HostDatabase, belonging: BelongingTables, row: RowName): void {
  const own = belonging.get(foldName(row.table));
  if (own === undefined) return;
  const { staged, identity } = own.comparison;
  const { live } = staged;
  const { ofStage, ofLive } = rowMatch(own, row);
  const columns = identity.map((column) => `l.${quoteName(column)}`).join(', ');
  db.prepare<StoredValue[]>(
    `INSERT OR IGNORE INTO ${own.then} SELECT rowid FROM ${tableInStage(staged)} WHERE ${ofStage}`,
  ).run(...row.key);
  db.prepare<StoredValue[]>(
    `INSERT OR IGNORE INTO ${own.now} SELECT ${columns} FROM main.${quoteName(live.name)} l ${live.scanHint} WHERE ${ofLive}`,
  ).run(...row.key);
}

/** Adds the events that belong to selected ones by what they say. */
function seedEvents({ db, profile }: HostDatabase, all: readonly Belonging[]): void {
  const log = all.find(({ comparison }) => comparison.staged.role === 'log');
  if (log === undefined || db.prepare(`SELECT 1 FROM ${log.then} LIMIT 1`).get() === undefined) return;
  const { staged, identity } = log.comparison;
  const { live, columns } = staged;
  const idAt = placeOfName(columns, profile.log.columns.id);
  if (idAt === -1) return;
  const id = `s.${columnInStage(staged, idAt)}`;
  const { payloadEvent } = profile.chat;
  const there = stagedEventColumns(profile, staged, { alias: 's' });
  const here = liveEventColumns(db, profile, { names: columns, prefix: 'l' });
  const reader = createEventReader(profile, { ...NO_FIELDS, payloadEvent }, there.names);
  const options = { deterministic: true, varargs: true, safeIntegers: true };
  db.function('snapback_event', options, (...values: unknown[]) => reader.read(values).belongsTo);
  const inStage = reader.columns.map(there.sqlOf);
  const inLive = reader.columns.map(here.sqlOf);
  const chosen = `SELECT CAST(${id} AS TEXT) FROM ${tableInStage(staged)} s WHERE s.rowid IN ${log.then}`;
  needingHost(live.name, () =>
    db.exec(`CREATE TEMP TABLE snapback_chosen_events AS ${chosen};
      INSERT OR IGNORE INTO ${log.then} SELECT s.rowid FROM ${tableInStage(staged)} s
        WHERE snapback_event(${inStage.join(', ')}) IN (SELECT * FROM snapback_chosen_events);
      INSERT OR IGNORE INTO ${log.now} SELECT ${identity.map((column) => `l.${quoteName(column)}`).join(', ')}
        FROM main.${quoteName(live.name)} l ${live.scanHint}
        WHERE snapback_event(${inLive.join(', ')}) IN (SELECT * FROM snapback_chosen_events);
      DROP TABLE snapback_chosen_events`),
  );
}

/** How many rows of the snapshot that differ are related by a guess alone, with `taken` whether they come back. */
function countGuess(
  { db }: HostDatabase,
  belonging: BelongingTables,
  guess: Reference,
  taken: boolean,
): SelectedPart['guessed'] {
  const [child, parent] = [guess.child, guess.parent].map(({ live }) => belonging.get(foldName(live.name)));
  if (child === undefined || parent === undefined) return [];
  const there = { staged: 's' };
  // Where they are taken they belong already.
  const alone = taken ? '' : `AND p.ord NOT IN ${child.then}`;
  const rows = needingHost(guess.child.live.name, () =>
    Number(
      db
        .prepare<[], unknown>(
          `SELECT count(*) FROM ${child.comparison.put} p CROSS JOIN ${tableInStage(guess.child)} s ON s.rowid = p.ord
             WHERE ${valuesToFind(guess, there)} IN (SELECT ${valuesOf(guess, 'parent', there).join(', ')}
               FROM ${tableInStage(guess.parent)} s WHERE s.rowid IN ${parent.then}) ${alone}`,
        )
        .pluck()
        .get(),
    ),
  );
  const [{ from } = { from: '' }] = guess.pairs;
  return rows === 0 ? [] : [{ table: guess.child.live.name, column: from, rows, taken }];
}
