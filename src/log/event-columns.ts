import type { Profile } from '../host/profile.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { columnSource } from './flags.ts';

/** The columns by which events are read: those of the log, and what the profile says is in a second table. */
export type EventColumns = {
  readonly names: readonly string[];
  /** SQL of a column, `NULL` where there is none of that name. */
  readonly sqlOf: (column: string) => string;
};

/** The second table in SQL, and its columns; null where it lacks one. */
export type SecondTable = {
  readonly from: string;
  readonly sqlOf: (column: string) => string | null;
};

const ALIAS = 'snapback_second';

/** Adds what is in a second table. `find` gives that table by its name; null where there is none, so that nothing is read of it. */
export function joinColumns(
  { log }: Profile,
  own: EventColumns,
  find: (table: string) => SecondTable | null,
): EventColumns {
  const joined = log.joined.flatMap(({ meaning, by, table, key, column }): [string, string][] => {
    const second = find(table);
    const [found, value] = [key, column].map((name) => second?.sqlOf(name));
    const sought = own.sqlOf(by);
    if (second === null || found == null || value == null || sought === 'NULL') return [];
    const sql = `(SELECT ${ALIAS}.${value} FROM ${second.from} ${ALIAS} WHERE ${ALIAS}.${found} = ${sought})`;
    return [[log.columns[meaning], sql]];
  });
  if (joined.length === 0) return own;
  const bySql = new Map(joined.map(([name, sql]) => [foldName(name), sql]));
  return {
    names: [...own.names.filter((name) => !bySql.has(foldName(name))), ...joined.map(([name]) => name)],
    sqlOf: (column) => bySql.get(foldName(column)) ?? own.sqlOf(column),
  };
}

/** A log in SQL: the names of its columns, and what stands before one of them. */
type Named = { readonly names: readonly string[]; readonly prefix: string };

/** The columns of the live log. `prefix`: the quoted table or its alias. */
export function liveEventColumns(db: AnyDatabase, profile: Profile, { names, prefix }: Named): EventColumns {
  const sqlOf = columnSource(names, (name) => `${prefix}.${quoteName(name)}`);
  return joinColumns(profile, { names, sqlOf }, (table) => {
    const columns = db
      .prepare<[string], string>("SELECT name FROM pragma_table_xinfo(?, 'main')")
      .pluck()
      .all(table);
    const source = columnSource(columns, quoteName);
    const nameOf = (column: string) => (source(column) === 'NULL' ? null : source(column));
    return { from: `main.${quoteName(table)}`, sqlOf: nameOf };
  });
}
