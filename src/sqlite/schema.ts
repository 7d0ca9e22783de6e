import { createHash } from 'node:crypto';
import type { AnyDatabase } from './database.ts';
import { foldName, quoteName } from './names.ts';

export type Column = {
  readonly name: string;
  readonly declaredType: string;
  readonly notNull: boolean;
  /** The collating sequence by which the primary key tells this column's values apart, which may not be the column's own. */
  readonly keyCollation: string;
};

/** A table as a dump or a restore sees it. Generated and hidden columns are left out: nobody can write them. */
export type Table = {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Names of the columns that SQLite computes from the others. */
  readonly generated: readonly string[];
  /** Columns of the primary key in key order; empty without one. */
  readonly key: readonly string[];
  readonly withoutRowid: boolean;
  /** The column that is the rowid under another name. */
  readonly rowidColumn: string | null;
  /** A name by which the rowid can be reached; null where columns hide all three, or there is none. */
  readonly rowid: string | null;
  /** The declared STRICT types refuse values that do not fit. */
  readonly strict: boolean;
};

export type SchemaObject = {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | null;
};

export type Schema = {
  /** Ordinary tables by folded name, the host's only: no virtual, shadow or SQLite's own tables. */
  readonly tables: ReadonlyMap<string, Table>;
  readonly objects: readonly SchemaObject[];
  /** In the order of their making, which decides in what order those of one table fire. */
  readonly triggers: readonly SchemaObject[];
  readonly virtualTables: readonly SchemaObject[];
  /** SHA-256 over all schema SQL, independent of the order of its objects. */
  readonly hash: string;
  readonly userVersion: number;
  readonly encoding: 'UTF-8' | 'UTF-16le' | 'UTF-16be';
};

type ListRow = {
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly wr: number;
  readonly strict: number;
};
type InfoRow = {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
  readonly hidden: number;
};

/** Reads the schema of `main` by introspection. Nothing is guessed from names: shadow tables are what SQLite calls so. */
export function readSchema(db: AnyDatabase): Schema {
  const readObjects = (rest: string) =>
    db
      .prepare<[], SchemaObject>(`SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema ${rest}`)
      .all();
  const objects = readObjects('ORDER BY type, name');
  const listed = db
    .prepare<[], ListRow>('SELECT schema, name, type, wr, strict FROM pragma_table_list')
    .all();
  const tables = new Map<string, Table>();
  for (const entry of listed) {
    const ordinary =
      entry.schema === 'main' && entry.type === 'table' && !foldName(entry.name).startsWith('sqlite_');
    if (ordinary) tables.set(foldName(entry.name), readTable(db, entry));
  }
  const digest = createHash('sha256');
  for (const object of objects)
    digest.update(JSON.stringify([object.type, object.name, object.table, object.sql]));
  return {
    tables,
    objects,
    triggers: readObjects("WHERE type = 'trigger' ORDER BY rowid"),
    virtualTables: objects.filter(
      (object) => object.type === 'table' && /^\s*CREATE\s+VIRTUAL\b/i.test(object.sql ?? ''),
    ),
    hash: digest.digest('hex'),
    userVersion: Number(db.pragma('user_version', { simple: true })),
    encoding: readEncoding(db),
  };
}

function readEncoding(db: AnyDatabase): Schema['encoding'] {
  const encoding = db.pragma('encoding', { simple: true });
  return encoding === 'UTF-16le' || encoding === 'UTF-16be' ? encoding : 'UTF-8';
}

function readTable(db: AnyDatabase, entry: ListRow): Table {
  const info = db
    .prepare<[string], InfoRow>(
      'SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?, \'main\')',
    )
    .all(entry.name);
  const withoutRowid = entry.wr === 1;
  const keyColumns = info.filter((column) => column.pk > 0).sort((a, b) => a.pk - b.pk);
  const key = keyColumns.map((column) => column.name);
  const collations = readKeyCollations(db, entry.name);
  const [only] = keyColumns;
  // An index for the key exists unless the key is the rowid itself (or the table has none): SQLite's own criterion.
  const rowidColumn =
    !withoutRowid &&
    keyColumns.length === 1 &&
    only !== undefined &&
    collations.size === 0 &&
    foldName(only.type) === 'integer'
      ? only.name
      : null;
  const taken = new Set(info.map((column) => foldName(column.name)));
  const hiddenAlias = ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)) ?? null;
  return {
    name: entry.name,
    columns: info
      .filter((column) => column.hidden === 0)
      .map((column) => ({
        name: column.name,
        declaredType: column.type,
        notNull: column.notnull !== 0,
        keyCollation: collations.get(column.name) ?? 'BINARY',
      })),
    generated: info.filter((column) => column.hidden > 1).map((column) => column.name),
    key,
    withoutRowid,
    rowidColumn,
    rowid: withoutRowid ? null : (rowidColumn ?? hiddenAlias),
    strict: entry.strict === 1,
  };
}

/**
 * Collations of the primary key's columns, from the index that enforces it. A column that is part of it under several
 * collations is told apart by each of them: of SQLite's own, that is what BINARY does alone.
 */
function readKeyCollations(db: AnyDatabase, table: string): Map<string, string> {
  const index = db
    .prepare<[string], string>("SELECT name FROM pragma_index_list(?, 'main') WHERE origin = 'pk'")
    .pluck()
    .get(table);
  if (index === undefined) return new Map();
  const rows = db
    .prepare<[string], { name: string | null; coll: string }>(
      "SELECT name, coll FROM pragma_index_xinfo(?, 'main') WHERE key = 1",
    )
    .all(index);
  const collations = new Map<string, string>();
  for (const { name, coll } of rows)
    if (name !== null) collations.set(name, (collations.get(name) ?? coll) === coll ? coll : 'BINARY');
  return collations;
}

/** The order that makes a scan of the table repeatable: its rowid where it has one, else its key. */
export function scanOrder(table: Table): string {
  if (table.rowid !== null) return `ORDER BY ${quoteName(table.rowid)}`;
  return table.withoutRowid ? `ORDER BY ${table.key.map(quoteName).join(', ')}` : '';
}
