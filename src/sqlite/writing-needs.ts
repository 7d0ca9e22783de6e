import type { HostNeed } from '../model/profile.ts';
import { type AnyDatabase, type OpenOptions, openPrivateDatabase, type WriteDatabase } from './database.ts';
import { foldName, nameList, quoteName } from './names.ts';
import { needOf } from './needs-host.ts';
import { isCompileError } from './result-codes.ts';
import type { Table } from './table.ts';

/** So many needs of one table are named. */
const MOST_NEEDS = 20;

type IndexRow = { readonly name: string; readonly sql: string | null };

/**
 * What only the application has and a new row of a table needs here: for its checks, generated columns and indexes. Its
 * triggers do not count, because none of them runs in a restore. Empty: nothing. Null: something that SQLite does not name.
 * It is asked of an empty table of the same definition in memory, because SQLite takes no notice of checks in a database
 * that it can only read.
 */
export function findWritingNeeds(
  db: AnyDatabase,
  table: Table,
  options: OpenOptions,
): readonly (HostNeed | null)[] {
  const memory = openPrivateDatabase(':memory:', options);
  try {
    layOut(db, memory, table.name);
    return askFor(memory, table);
  } finally {
    memory.close();
  }
}

/** Makes an empty table of the same definition, with its indexes. As when a file is opened, nothing in it has to exist. */
function layOut(db: AnyDatabase, memory: WriteDatabase, name: string): void {
  const defined = db
    .prepare<[string], string>("SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?")
    .pluck()
    .get(name);
  const indexes = db
    .prepare<[string], IndexRow>(
      "SELECT name, sql FROM main.sqlite_schema WHERE type = 'index' AND tbl_name = ? COLLATE NOCASE",
    )
    .all(name);
  memory.unsafeMode(true);
  // With it comes the table in which SQLite counts, which a table of this definition may need.
  memory.exec('CREATE TABLE snapback_counted (id INTEGER PRIMARY KEY AUTOINCREMENT)');
  memory.exec(`CREATE TABLE ${quoteName(name)} (x)`);
  for (const place of indexes.keys()) memory.exec(`CREATE INDEX ${draft(place)} ON ${quoteName(name)} (x)`);
  memory.pragma('writable_schema = ON');
  const define = memory.prepare<[string | null, string, string]>(
    'UPDATE sqlite_schema SET sql = ?, name = ? WHERE name = ?',
  );
  define.run(defined ?? null, name, name);
  for (const [place, index] of indexes.entries()) define.run(index.sql, index.name, draft(place));
  memory.pragma('writable_schema = RESET');
}

/** No host has an index of this name. */
function draft(place: number): string {
  return `snapback_index_${place}`;
}

/** Asks again after each answer, with a stand-in for what was named. */
function askFor(memory: WriteDatabase, { name, columns }: Table): readonly (HostNeed | null)[] {
  const names = columns.map((column) => column.name);
  const insert = `INSERT INTO main.${quoteName(name)} (${nameList(names)}) VALUES (${names.map(() => '?').join(', ')})`;
  const needs: (HostNeed | null)[] = [];
  while (needs.length < MOST_NEEDS)
    try {
      memory.prepare(insert);
      return needs;
    } catch (error) {
      if (!isCompileError(error)) throw error;
      const need = needOf(error);
      const isKnown = needs.some(
        (one) => one?.what === need?.what && foldName(one?.name ?? '') === foldName(need?.name ?? ''),
      );
      if (isKnown) return needs;
      needs.push(need);
      if (need?.what !== 'function') return needs;
      memory.function(need.name, { varargs: true, deterministic: true }, () => null);
    }
  return needs;
}
