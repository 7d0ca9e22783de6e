import { createHash } from 'node:crypto';
import { SnapbackError } from '../model/errors.ts';
import type { AnyDatabase } from './database.ts';
import { foldName } from './names.ts';
import { type ListRow, readOther, readTable, type Table, type Unreadable, whyUnreadable } from './table.ts';
import { describeVirtualTable } from './virtual-table.ts';

export type SchemaObject = {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | null;
};

export type Schema = {
  /** The host's tables, virtual tables and views by folded name, without shadow tables and SQLite's own. */
  readonly tables: ReadonlyMap<string, Table>;
  /** What cannot be read like a table here, by folded name, with the reason. */
  readonly unreadable: ReadonlyMap<string, Unreadable>;
  readonly objects: readonly SchemaObject[];
  /** In the order in which they were created, which decides the order in which a table's triggers fire. */
  readonly triggers: readonly SchemaObject[];
  readonly virtualTables: readonly SchemaObject[];
  /** SHA-256 over all schema SQL, independent of the order of its objects. */
  readonly hash: string;
  readonly userVersion: number;
  readonly encoding: 'UTF-8' | 'UTF-16le' | 'UTF-16be';
};

/** A database with the schema that it had at one moment. */
export type KnownDatabase<Db extends AnyDatabase = AnyDatabase> = {
  readonly db: Db;
  readonly schema: Schema;
};

/** Reads the schema of `main` by introspection. Nothing is guessed from names: SQLite says what a shadow table is. */
export function readSchema(db: AnyDatabase): Schema {
  const readObjects = (rest: string) =>
    db
      .prepare<[], SchemaObject>(`SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema ${rest}`)
      .all();
  const objects = readObjects('ORDER BY type, name');
  const listed = db
    .prepare<[], ListRow>('SELECT schema, name, type, wr, strict FROM pragma_table_list')
    .all();
  const virtualTables = objects.filter(
    (object) => object.type === 'table' && /^\s*CREATE\s+VIRTUAL\b/i.test(object.sql ?? ''),
  );
  const tables = new Map<string, Table>();
  const unreadable = new Map<string, Unreadable>();
  for (const entry of listed) {
    const { schema, name, type } = entry;
    if (schema !== 'main' || foldName(name).startsWith('sqlite_')) continue;
    const found =
      type === 'table' || (type === 'shadow' && isContentOfIndex(name, virtualTables))
        ? readTable(db, entry)
        : readOther(db, entry, virtualTables);
    const reason = type === 'table' ? whyUnreadable(db, entry) : null;
    if (reason !== null) unreadable.set(foldName(name), { name, reason });
    else if ('reason' in found) unreadable.set(foldName(name), found);
    else tables.set(foldName(name), found);
  }
  const digest = createHash('sha256');
  for (const object of objects)
    digest.update(JSON.stringify([object.type, object.name, object.table, object.sql]));
  return {
    tables,
    unreadable,
    objects,
    triggers: readObjects("WHERE type = 'trigger' ORDER BY rowid"),
    virtualTables,
    hash: digest.digest('hex'),
    userVersion: Number(db.pragma('user_version', { simple: true })),
    encoding: readEncoding(db),
  };
}

/** What `readSchema` says of one table of this name, and mostly without reading any other. */
export function readSchemaOf(db: AnyDatabase, name: string): Pick<Schema, 'tables' | 'encoding'> {
  const entry = db
    .prepare<[string], ListRow>(
      "SELECT schema, name, type, wr, strict FROM pragma_table_list(?) WHERE schema = 'main'",
    )
    .get(name);
  // What else there is, depends on other objects.
  if (entry?.type !== 'table' || foldName(entry.name).startsWith('sqlite_')) return readSchema(db);
  return {
    tables: new Map([[foldName(entry.name), readTable(db, entry)]]),
    encoding: readEncoding(db),
  };
}

/** The encoding of a database's texts. */
export function readEncoding(db: AnyDatabase): Schema['encoding'] {
  const encoding = db.pragma('encoding', { simple: true });
  return encoding === 'UTF-16le' || encoding === 'UTF-16be' ? encoding : 'UTF-8';
}

/** SQLite takes a table for a part of a search index by its name alone, even the host's own table that the index reads. */
function isContentOfIndex(name: string, virtualTables: readonly SchemaObject[]): boolean {
  const index = virtualTables.find((object) => foldName(`${object.name}_content`) === foldName(name));
  return index !== undefined && describeVirtualTable(index).contents !== 'own';
}

/**
 * The table, virtual table or view of that name; null where there is none.
 * @throws `schema-needs-host` where it exists but cannot be read here, so that nobody takes it for absent
 */
export function findTable({ tables, unreadable }: Schema, name: string): Table | null {
  const found = unreadable.get(foldName(name));
  if (found !== undefined) throw unreadableError(found);
  return tables.get(foldName(name)) ?? null;
}

/** Refuses a table that cannot be read here, because its rows would be missing in the result. */
export function unreadableError({ name, reason }: Unreadable): SnapbackError {
  return new SnapbackError(
    'schema-needs-host',
    `“${name}” cannot be read here, so a snapshot would lack its rows. Where it need not be in one, take it out of “tables” in snapback-profile.json.`,
    { table: name, reason },
  );
}
