import { foldName, quoteName } from '../sqlite/names.ts';
import type { KnownDatabase, Schema } from '../sqlite/schema.ts';
import { namesIn } from '../sqlite/sql-tokens.ts';
import { describeVirtualTable, type VirtualTable } from '../sqlite/virtual-table.ts';
import { describeTrigger, type Trigger } from './parse-schema.ts';
import { holdsWhatItIsTold, isMeantToBePartial } from './partial-index.ts';

/**
 * What depends on the tables that a restore writes. A restore only deletes and inserts rows, so UPDATE triggers stay in
 * place. A trigger that only maintains search indexes runs. Every other one is set aside, and a stand-in does only the part
 * of it that maintains a search index.
 */
export type SideEffects = {
  readonly keptTriggers: readonly Trigger[];
  readonly setAsideTriggers: readonly Trigger[];
  /** Triggers that replace those that are set aside, until those are back. */
  readonly standIns: readonly { readonly name: string; readonly sql: string }[];
  readonly searchIndexes: readonly AffectedIndex[];
  /** Tables that the plan doesn't name and that a trigger or a foreign key action could have reached. */
  readonly reachable: readonly string[];
};

export type AffectedIndex = VirtualTable & {
  /**
   * `follows`: triggers maintain it row by row. `rebuilt`: it is rebuilt from its contents if it does not agree with them.
   * `left`: it can't be maintained row by row, and a rebuild would not make it what it is meant to be.
   */
  readonly handling: 'follows' | 'rebuilt' | 'left';
  /** It is meant to hold only a part of its contents, as far as its triggers and what it holds tell. */
  readonly isPartial: boolean;
  /** Whether all the tables are there in which it keeps its data. An index that is not whole must not be touched. */
  readonly isWhole: boolean;
  /** Triggers that run maintain it, wholly or in part. */
  readonly hasUpkeep: boolean;
  /** The triggers that add inserted rows to it, as far as it follows them. */
  readonly sources: readonly Trigger[];
};

/**
 * Finds out what else is affected by writing the given tables, which are told by their live names. Triggers that would
 * write to an index in `apart` do not run.
 */
export function findSideEffects(
  database: KnownDatabase,
  touched: readonly string[],
  apart: readonly string[] = [],
): SideEffects {
  const { schema } = database;
  const folded = new Set(touched.map(foldName));
  const names = new Set(schema.objects.map(({ name }) => foldName(name)));
  const indexes = schema.virtualTables
    .map(describeVirtualTable)
    .filter(({ name, module }) => /^fts[345]$/.test(module) && !folded.has(foldName(name)));
  const all = schema.triggers.filter((object) => folded.has(foldName(object.table))).map(describeTrigger);
  const triggers = all.filter((trigger) => trigger.event !== 'UPDATE');
  const looksAt = (names: Iterable<string>, tables: ReadonlySet<string>) =>
    [...names].some((name) => dependsOn(schema, name, tables));
  const readsOtherTouchedTables = (trigger: Trigger) => {
    const others = new Set([...folded].filter((name) => name !== foldName(trigger.object.table)));
    return (
      looksAt(trigger.names, others) || trigger.statements.some(({ sql }) => looksAt(namesIn(sql), folded))
    );
  };
  const upkeep = indexes.map((index) => {
    const found = findUpkeep(index, all, readsOtherTouchedTables);
    const sources = [...found.followers].filter(({ event }) => event === 'INSERT');
    const isPartial = isMeantToBePartial(database, { ...index, sources }, found.writers);
    const isTold = !isPartial || holdsWhatItIsTold(database, { ...index, sources }) === true;
    const isWhole = index.parts.every((part) => names.has(foldName(part)));
    const canFollow = isWhole && isTold && !apart.includes(index.name);
    const followers = canFollow ? found.followers : new Set<Trigger>();
    return { index, writers: found.writers, followers, sources, isPartial, isWhole };
  });
  const isFollower = (trigger: Trigger, target: string | null) =>
    target !== null &&
    upkeep.some(
      ({ index, followers }) => foldName(index.name) === foldName(target) && followers.has(trigger),
    );
  const isKept = (trigger: Trigger) =>
    trigger.statements.length > 0 && trigger.statements.every(({ target }) => isFollower(trigger, target));
  const setAside = triggers.filter((trigger) => !isKept(trigger));
  return {
    keptTriggers: triggers.filter(isKept),
    setAsideTriggers: setAside,
    standIns: setAside.flatMap((trigger, number) => {
      const statements = trigger.statements.filter(({ target }) => isFollower(trigger, target));
      if (trigger.head === null || statements.length === 0) return [];
      const name = freeName(schema, `snapback_stand_in_${number}`);
      const body = statements.map(({ sql }) => `${sql};`).join(' ');
      return [{ name, sql: `CREATE TRIGGER main.${quoteName(name)} ${trigger.head} ${body} END` }];
    }),
    searchIndexes: upkeep
      .filter(
        ({ index, writers }) =>
          writers.size > 0 ||
          triggers.some(({ head, names }) => head === null && names.has(foldName(index.name))) ||
          dependsOn(schema, index.contentTable, folded),
      )
      .map(({ index, writers, followers, sources, isPartial, isWhole }): AffectedIndex => {
        const isFollowed = followers.size > 0 && followers.size === writers.size;
        const apart = index.contents === 'external' && !isPartial && isWhole ? 'rebuilt' : 'left';
        return {
          ...index,
          isPartial,
          isWhole,
          hasUpkeep: followers.size > 0,
          sources,
          handling: isFollowed ? 'follows' : apart,
        };
      }),
    reachable: [...schema.tables.values()]
      .filter(({ kind }) => kind === 'table')
      .map((table) => table.name)
      .filter((name) => !folded.has(foldName(name)))
      .filter(
        (name) =>
          setAside.some((trigger) => trigger.names.has(foldName(name))) || refersTo(database, name, folded),
      ),
  };
}

type Upkeep = {
  readonly writers: ReadonlySet<Trigger>;
  readonly followers: ReadonlySet<Trigger>;
};

/**
 * The triggers that write an index, and those of them by which it follows a table. A table is followed only if there are
 * triggers both for inserted and for deleted rows: with one half alone an index would take a row twice, or keep what is
 * gone. None of these triggers may read other tables that are written, because what they find there depends on the order
 * of writing; and none may be able to end the transaction.
 */
function findUpkeep(
  index: VirtualTable,
  triggers: readonly Trigger[],
  readsOtherTouchedTables: (trigger: Trigger) => boolean,
): Upkeep {
  const writers = triggers.filter(({ statements }) =>
    statements.some(({ target }) => target !== null && foldName(target) === foldName(index.name)),
  );
  const isFollowed = (table: string) => {
    const own = writers.filter(({ object }) => foldName(object.table) === table);
    return (
      ['INSERT', 'DELETE'].every((event) => own.some((trigger) => trigger.event === event)) &&
      !own.some((trigger) => trigger.names.has('rollback') || readsOtherTouchedTables(trigger))
    );
  };
  return {
    writers: new Set(writers),
    followers: new Set(writers.filter(({ object }) => isFollowed(foldName(object.table)))),
  };
}

/** Whether a table is one of the touched ones, or a view that rests on one. */
function dependsOn(schema: Schema, table: string | null, touched: ReadonlySet<string>): boolean {
  const views = new Map(
    schema.objects.flatMap(({ type, name, sql }) => (type === 'view' ? [[foldName(name), sql ?? '']] : [])),
  );
  const seen = new Set<string>();
  const open = table === null ? [] : [foldName(table)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (touched.has(name)) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...namesIn(views.get(name) ?? ''));
  }
  return false;
}

function freeName(schema: Schema, wanted: string): string {
  const taken = schema.objects.some(({ name }) => foldName(name) === wanted);
  return taken ? freeName(schema, `${wanted}_`) : wanted;
}

/** Whether a chain of foreign keys leads from the table to one of the touched ones. */
function refersTo({ db, schema }: KnownDatabase, table: string, touched: ReadonlySet<string>): boolean {
  const parents = db
    .prepare<[string], string>('SELECT DISTINCT "table" FROM pragma_foreign_key_list(?, \'main\')')
    .pluck();
  const seen = new Set<string>();
  const open = [foldName(table)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const next = parents.all(schema.tables.get(name)?.name ?? name).map(foldName);
    if (next.some((parent) => touched.has(parent))) return true;
    open.push(...next);
  }
  return false;
}
