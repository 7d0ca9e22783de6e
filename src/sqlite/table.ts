import type { AnyDatabase } from './database.ts';
import { foldName, quoteName } from './names.ts';
import { sqliteCode } from './result-codes.ts';
import { describeVirtualTable, findRowAccess, freeRowidName, type ReadOnly } from './virtual-table.ts';

export type Column = {
  readonly name: string;
  readonly declaredType: string;
  readonly notNull: boolean;
  /** The collating sequence by which the primary key tells this column's values apart, which may not be the column's own. */
  readonly keyCollation: string;
};

/**
 * A table as a dump or a restore sees it, or what else a `SELECT` reads like one. Generated and hidden columns are left
 * out: nobody can write them. A virtual table that can be written has its rowid as its last column where it has none of
 * its own for it: other tables often refer to it.
 */
export type Table = {
  readonly name: string;
  readonly kind: 'table' | 'virtual' | 'view';
  /** Null where rows can be written to it. */
  readonly readOnly: ReadOnly | null;
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
  /** What to write behind the name where all rows are read: an index that needs a collation of the host must not be taken for it. */
  readonly scanHint: '' | 'NOT INDEXED';
};

export type Unreadable = { readonly name: string; readonly reason: string };

/** A row of `pragma_table_list`. */
export type ListRow = {
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

/** A virtual table or a view. Its columns are known only where what it is made of is there. */
export function readOther(
  db: AnyDatabase,
  { name, type }: ListRow,
  virtualTables: readonly { readonly name: string; readonly sql: string | null }[],
): Table | Unreadable {
  if (type === 'shadow') return { name, reason: 'it is a part of a virtual table' };
  try {
    const info = readColumns(db, name);
    const names = (isHidden: boolean) =>
      info.filter(({ hidden }) => (hidden === 1) === isHidden).map((column) => column.name);
    const object = virtualTables.find((one) => one.name === name);
    const { module, contents } = describeVirtualTable(object ?? { name, sql: null });
    // FTS4 then fails to read any column, where FTS5 reads NULL.
    if (contents === 'none' && module !== 'fts5')
      return { name, reason: 'it keeps no text that could be read' };
    const { readOnly, rowid, more } =
      type === 'view' || object === undefined
        ? ({ readOnly: 'view', rowid: null, more: [] } as const)
        : findRowAccess(describeVirtualTable(object), names(false), names(true));
    const added = rowid === null || names(false).includes(rowid) ? more : [...more, rowid];
    const plain = { notNull: false, keyCollation: 'BINARY' };
    return {
      name,
      kind: type === 'view' ? 'view' : 'virtual',
      readOnly,
      columns: [
        ...info
          .filter(({ hidden }) => hidden === 0)
          .map((column) => ({ name: column.name, declaredType: column.type, ...plain })),
        ...added.map((column) => ({
          name: column,
          declaredType: column === rowid ? 'INTEGER' : '',
          ...plain,
        })),
      ],
      generated: [],
      key: rowid === null ? [] : [rowid],
      withoutRowid: false,
      rowidColumn: rowid,
      rowid,
      strict: false,
      scanHint: '',
    };
  } catch (error) {
    if (!(error instanceof Error) || !/^SQLITE_(?:ERROR|CORRUPT)/.test(sqliteCode(error) ?? '')) throw error;
    return { name, reason: error.message };
  }
}

function readColumns(db: AnyDatabase, table: string): readonly InfoRow[] {
  return db
    .prepare<[string], InfoRow>(
      'SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?, \'main\')',
    )
    .all(table);
}

/** A table, by introspection. */
export function readTable(db: AnyDatabase, entry: ListRow): Table {
  const info = readColumns(db, entry.name);
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
  const hiddenAlias = freeRowidName(info.map((column) => column.name));
  return {
    name: entry.name,
    kind: 'table',
    readOnly: null,
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
    scanHint: hasHostIndex(db, entry.name) ? 'NOT INDEXED' : '',
  };
}

/** Whether an index of the table sorts by a collation that SQLite itself does not have. */
function hasHostIndex(db: AnyDatabase, table: string): boolean {
  const found = db.prepare<[string]>(
    `SELECT 1 FROM pragma_index_list(?, 'main') i, pragma_index_xinfo(i.name, 'main') c
       WHERE c.key AND upper(c.coll) NOT IN ('BINARY', 'NOCASE', 'RTRIM')`,
  );
  return found.get(table) !== undefined;
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

/** What to write behind the table's name so that two scans meet the same order: by its rowid where it has one, else by its key. */
export function scanOrder(table: Table): string {
  if (table.rowid !== null) return `${table.scanHint} ORDER BY ${quoteName(table.rowid)}`;
  return table.withoutRowid ? `ORDER BY ${table.key.map(quoteName).join(', ')}` : table.scanHint;
}
