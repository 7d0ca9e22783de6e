import type { AnyDatabase } from './database.ts';
import { foldName, quoteName } from './names.ts';
import { sqliteCode } from './result-codes.ts';
import { describeVirtualTable, findRowAccess, freeRowidName, type ReadOnly } from './virtual-table.ts';

export type Column = {
  readonly name: string;
  readonly declaredType: string;
  readonly notNull: boolean;
  /** The collation with which the primary key compares this column. It may differ from the column's own. */
  readonly keyCollation: string;
};

/**
 * A table as a dump or a restore sees it, or a view or virtual table that can be read like one. Without generated and
 * hidden columns, which nobody can write. Where no column of a writable virtual table is its rowid, the rowid is added as
 * its last column, because other tables often refer to it.
 */
export type Table = {
  readonly name: string;
  readonly kind: 'table' | 'virtual' | 'view';
  /** Null where rows can be written to it. */
  readonly readOnly: ReadOnly | null;
  readonly columns: readonly Column[];
  /** Names of the columns that SQLite computes from the others. */
  readonly generated: readonly string[];
  /** Columns of the primary key in key order; empty without a key. */
  readonly key: readonly string[];
  readonly withoutRowid: boolean;
  /** The column that is an alias of the rowid. */
  readonly rowidColumn: string | null;
  /** A name that reaches the rowid; null where columns hide all three names, or there is no rowid. */
  readonly rowid: string | null;
  /** A STRICT table: it refuses values of another type than declared. */
  readonly strict: boolean;
  /** SQL after the name for reading all rows, so that SQLite uses no index that needs a collation of the host. */
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

/** Reads a virtual table or a view; says why where it cannot be read here, as when its module or a table is missing. */
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
    // Without contents, FTS4 fails to read any column, while FTS5 reads NULL.
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

/** What SQLite says about each column of a table, hidden and generated ones included. */
export function readColumns(db: AnyDatabase, table: string): readonly InfoRow[] {
  return db
    .prepare<[string], InfoRow>(
      'SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?, \'main\')',
    )
    .all(table);
}

/** Reads a table by introspection. */
export function readTable(db: AnyDatabase, entry: ListRow): Table {
  const info = readColumns(db, entry.name);
  const withoutRowid = entry.wr === 1;
  const keyColumns = info.filter((column) => column.pk > 0).sort((a, b) => a.pk - b.pk);
  // Whether two values of such a key are the same, only the application can tell. Then rows are told apart by all they hold.
  const isHostKey = findHostCollation(db, entry.name, 'pk') !== null;
  const key = isHostKey ? [] : keyColumns.map((column) => column.name);
  const collations = isHostKey ? new Map<string, string>() : readKeyCollations(db, entry.name);
  const [only] = keyColumns;
  // A key has an index unless it is the rowid itself, or the table has no rowid. SQLite decides by the same rule.
  const rowidColumn =
    !withoutRowid &&
    !isHostKey &&
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
    scanHint: findHostCollation(db, entry.name, null) === null ? '' : 'NOT INDEXED',
  };
}

/** The collation that SQLite itself does not have, by which an index of the table, or that of its primary key, sorts; null: none. */
function findHostCollation(db: AnyDatabase, table: string, origin: 'pk' | null): string | null {
  const found = db.prepare<[string, string | null], string>(
    `SELECT c.coll FROM pragma_index_list(?, 'main') i, pragma_index_xinfo(i.name, 'main') c
       WHERE i.origin = ifnull(?, i.origin) AND c.key AND upper(c.coll) NOT IN ('BINARY', 'NOCASE', 'RTRIM')`,
  );
  return found.pluck().get(table, origin) ?? null;
}

/** Why a table cannot be read here: it is sorted by a key that only the application can compare. Null: it can. */
export function whyUnreadable(db: AnyDatabase, { name, wr }: Pick<ListRow, 'name' | 'wr'>): string | null {
  const collation = wr === 1 ? findHostCollation(db, name, 'pk') : null;
  return collation === null
    ? null
    : `Its key has the collation “${collation}”, which only the chat application has.`;
}

/**
 * Collations of the primary key's columns, from the index that enforces it. For a column that is part of the key under
 * several collations: BINARY, because two values are distinct where any of SQLite's collations tells them apart.
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

/** SQL after the table's name that gives two scans the same order: by rowid, or by key where there is no rowid. */
export function scanOrder(table: Table): string {
  if (table.rowid !== null) return `${table.scanHint} ORDER BY ${quoteName(table.rowid)}`;
  return table.withoutRowid ? `ORDER BY ${table.key.map(quoteName).join(', ')}` : table.scanHint;
}
