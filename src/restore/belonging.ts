import type { HostDatabase } from '../host/host-database.ts';
import type { SelectedPart } from '../model/selection.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { columnInStage, type StagedTable, tableInStage } from '../stage/staged-table.ts';
import { type ChosenTable, type ChosenTables, nameStaged } from './chosen-rows.ts';
import { type Reference, valuesOf, valuesToFind } from './references.ts';

/* What belongs to a chat or to single rows, told on both sides, because a row may have changed hands since. */

/**
 * What belongs to them in one table, in temporary tables: rowids of the stage (`then`), and identities of live rows (`now`).
 * `astray`: rowids of the stage that belonged to it and cannot come back.
 */
export type Belonging = ChosenTable & {
  readonly then: string;
  readonly now: string;
  readonly astray: string;
};

/** A reference with what belongs to them on both of its sides. */
export type Belongings = {
  readonly reference: Reference;
  readonly child: Belonging;
  readonly parent: Belonging;
};

/** So many rows that stay are named. */
export const MOST_STAYING = 100;

/**
 * Begins with nothing in each table. `purpose`: names the temporary tables, so that two can be there at once. Writes temporary
 * tables only.
 */
export function beginBelonging(
  { db }: HostDatabase,
  tables: ChosenTables,
  purpose: string,
): ReadonlyMap<string, Belonging> {
  return new Map(
    [...tables].map(([name, table], index) => {
      const named = (what: string) => `temp.snapback_${purpose}_${what}_${index}`;
      const [then, now, astray] = [named('then'), named('now'), named('astray')];
      const identity = table.comparison.identity.map((_, place) => `i${place}`).join(', ');
      db.exec(`DROP TABLE IF EXISTS ${then}; DROP TABLE IF EXISTS ${now}; DROP TABLE IF EXISTS ${astray};
        CREATE TABLE ${then} (ord INTEGER PRIMARY KEY);
        CREATE TABLE ${astray} (ord INTEGER PRIMARY KEY);
        CREATE TABLE ${now} (${identity}, PRIMARY KEY (${identity}))`);
      return [name, { ...table, then, now, astray }];
    }),
  );
}

/** What columns say of a row that belongs to them: SQL about their values, with one parameter. */
export type Saying = { readonly says: (values: string) => string; readonly value: string };

/** SQL: a value as text is the parameter. */
export const isTextOf = (value: string) => `CAST(${value} AS TEXT) = ?`;

/** Adds the rows of which columns say that they belong to them; none where the table lacks one of these. */
export function seedBelonging(
  database: HostDatabase,
  { comparison, then, now }: Belonging,
  names: readonly string[],
  { says, value }: Saying,
): void {
  const { staged } = comparison;
  const { columns } = staged;
  const places = names.map((name) => placeOfName(columns, name));
  if (places.includes(-1)) return;
  seedSaying(
    database,
    { comparison, then, now },
    {
      inStage: says(places.map((place) => columnInStage(staged, place)).join(', ')),
      inLive: says(places.map((place) => quoteName(columns[place] ?? '')).join(', ')),
      value,
    },
  );
}

/** Adds the rows of which SQL with one parameter says that they belong to them. The tables are `s` and `l`. */
export function seedSaying(
  { db }: HostDatabase,
  { comparison: { staged, identity }, then, now }: Pick<Belonging, 'comparison' | 'then' | 'now'>,
  { inStage, inLive, value }: { readonly inStage: string; readonly inLive: string; readonly value: string },
): void {
  const { live } = staged;
  needingHost(live.name, () => {
    db.prepare<[string]>(
      `INSERT OR IGNORE INTO ${then} SELECT s.rowid FROM ${tableInStage(staged)} s WHERE ${inStage}`,
    ).run(value);
    db.prepare<[string]>(
      `INSERT OR IGNORE INTO ${now} SELECT ${identity.map((column) => `l.${quoteName(column)}`).join(', ')}
         FROM main.${quoteName(live.name)} l ${live.scanHint} WHERE ${inLive}`,
    ).run(value);
  });
}

/** Whether nothing in a table belongs to them. */
export function isNone({ db }: HostDatabase, { then, now }: Belonging): boolean {
  return db.prepare(`SELECT 1 FROM ${then} UNION ALL SELECT 1 FROM ${now}`).get() === undefined;
}

/** Adds the rows that refer to rows which belong to them, until there are no more. */
export function follow(
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

/** The references between tables that rows can be chosen of. */
export function withBelongings(
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

/** Chooses of one table the live rows that belong to them and that the snapshot lacks. */
export function takeAway({ db }: HostDatabase, one: Belonging): void {
  db.exec(`INSERT OR IGNORE INTO ${one.gone}
    SELECT g.rowid FROM ${one.comparison.gone} g WHERE ${isOurs(one, 'g')}`);
}

/**
 * Chooses of one table the rows of the snapshot that belonged to them. Returns what stays: it belongs to them on one side
 * only, or is astray.
 */
export function takeBack(database: HostDatabase, one: Belonging): SelectedPart['staying'] {
  const { comparison, put, then, astray } = one;
  const [was, is] = [`p.ord IN ${then}`, isOurs(one, 'p')];
  database.db.exec(
    `INSERT OR IGNORE INTO ${put} SELECT p.ord FROM ${comparison.put} p WHERE ${was} AND (NOT p.survivor OR ${is})`,
  );
  return database.db
    .prepare<[], bigint>(
      `SELECT p.ord FROM ${comparison.put} p
         WHERE (p.survivor AND (${was}) <> (${is}) OR p.ord IN ${astray}) AND p.ord NOT IN (SELECT ord FROM ${put})
         LIMIT ${MOST_STAYING + 1}`,
    )
    .pluck()
    .safeIntegers()
    .all()
    .map((ord) => ({ ...nameStaged(database, comparison.staged, ord), because: null }));
}

function isOurs({ comparison, now }: Belonging, alias: string): string {
  return `(${comparison.identity.map((_, index) => `${alias}.i${index}`).join(', ')}) IN ${now}`;
}
