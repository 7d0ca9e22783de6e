import { type AnyDatabase, isCompileError, sqliteCode, type WriteDatabase } from './database.ts';
import type { Schema } from './schema.ts';
import { describeTrigger, describeVirtualTable, type Trigger, type VirtualTable } from './schema-sql.ts';
import { foldName, quoteName } from './sql.ts';

/**
 * What hangs on the tables that a restore writes. Triggers that only maintain a search index run with it; every other
 * one that an insert or a delete would fire is set aside. A restore never updates a row, so UPDATE triggers stay.
 */
export type SideEffects = {
  readonly keptTriggers: readonly Trigger[];
  readonly setAsideTriggers: readonly Trigger[];
  readonly searchIndexes: readonly VirtualTable[];
  /** Tables that the plan doesn't name and that a trigger or a foreign key action could have reached. */
  readonly reachable: readonly string[];
};

/** Finds out what writing the given tables (by their live names) could touch besides. */
export function findSideEffects(db: AnyDatabase, schema: Schema, touched: readonly string[]): SideEffects {
  const folded = new Set(touched.map(foldName));
  const virtual = schema.virtualTables.map(describeVirtualTable);
  const indexes = virtual.filter((table) => /^fts[345]$/.test(table.module));
  const indexNames = new Set(indexes.map((table) => foldName(table.name)));
  const triggers = schema.triggers
    .filter((object) => folded.has(foldName(object.table)))
    .map(describeTrigger)
    .filter((trigger) => trigger.event !== 'UPDATE');
  const isKept = ({ writes }: Trigger) => writes?.every((name) => indexNames.has(foldName(name))) === true;
  const kept = triggers.filter(isKept);
  const setAside = triggers.filter((trigger) => !isKept(trigger));
  const maintained = new Set(kept.flatMap((trigger) => trigger.writes ?? []).map(foldName));
  return {
    keptTriggers: kept,
    setAsideTriggers: setAside,
    searchIndexes: indexes.filter(
      (table) => maintained.has(foldName(table.name)) || folded.has(foldName(table.contentTable ?? '')),
    ),
    reachable: [...schema.tables.values()]
      .map((table) => table.name)
      .filter((name) => !folded.has(foldName(name)))
      .filter(
        (name) =>
          setAside.some((trigger) => trigger.names.has(foldName(name))) || refersTo(db, schema, name, folded),
      ),
  };
}

/** Whether a chain of foreign keys leads from the table to one of the touched ones. */
function refersTo(db: AnyDatabase, schema: Schema, table: string, touched: ReadonlySet<string>): boolean {
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

/**
 * Whether a search index agrees with its contents: `null` where it can't be checked. For contents in another table FTS5
 * compares them only if asked with a rank. Writes nothing, but SQLite demands a writable handle.
 */
export function checkSearchIndex(db: WriteDatabase, index: VirtualTable): 'ok' | 'stale' | null {
  const name = quoteName(index.name);
  const withRank = index.module === 'fts5' && index.contents === 'external';
  try {
    db.exec(
      withRank
        ? `INSERT INTO main.${name}(${name}, rank) VALUES ('integrity-check', 1)`
        : `INSERT INTO main.${name}(${name}) VALUES ('integrity-check')`,
    );
    return 'ok';
  } catch (error) {
    const code = sqliteCode(error);
    if (code?.startsWith('SQLITE_CORRUPT') === true) return 'stale';
    if (isCompileError(error)) return null;
    throw error;
  }
}

/** Builds a search index anew from its contents. */
export function rebuildSearchIndex(db: WriteDatabase, index: VirtualTable): void {
  const name = quoteName(index.name);
  db.exec(`INSERT INTO main.${name}(${name}) VALUES ('rebuild')`);
}
