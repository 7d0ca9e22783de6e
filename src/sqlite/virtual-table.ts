import { foldName, placeOfName } from './names.ts';
import { isKeyword, tokenize } from './sql-tokens.ts';

/** What the SQL of a virtual table says about it. */
export type VirtualTable = {
  readonly name: string;
  readonly module: string;
  /** Where an FTS table's contents are: its `own`, another table's (`external`), or `none`. */
  readonly contents: 'own' | 'external' | 'none';
  readonly contentTable: string | null;
  /** The shadow tables that an FTS5 index needs. Where one is missing, a write to the index would fail the whole transaction. */
  readonly parts: readonly string[];
};

/** Reads a `CREATE VIRTUAL TABLE` statement. It comes from the schema, so it is well formed. */
export function describeVirtualTable(object: {
  readonly name: string;
  readonly sql: string | null;
}): VirtualTable {
  const tokens = tokenize(object.sql ?? '');
  const using = tokens.findIndex((token) => isKeyword(token, 'USING'));
  const module = foldName(tokens[using + 1]?.text ?? '');
  const option = (name: string) => {
    const at = tokens.findIndex(
      (token, index) => index > using && isKeyword(token, name) && tokens[index + 1]?.text === '=',
    );
    return at === -1 ? null : (tokens[at + 2]?.text ?? '');
  };
  const content = option('CONTENT');
  const parts = [
    ...['data', 'idx', 'config'],
    ...(content === null ? ['content'] : []),
    ...(option('COLUMNSIZE') === '0' ? [] : ['docsize']),
  ];
  return {
    name: object.name,
    module,
    contents: content === null ? 'own' : content === '' ? 'none' : 'external',
    contentTable: content === null || content === '' ? null : content,
    parts: module === 'fts5' ? parts.map((part) => `${object.name}_${part}`) : [],
  };
}

/**
 * Why no rows can be written to a view or virtual table. `view`: they are other tables' rows. `index`: a search index over
 * another table's contents. `no-contents`: a search index without contents, whose columns read as NULL. `module`: a
 * virtual table that only shows something, or whose way of storing rows we do not know.
 */
export type ReadOnly = 'view' | 'index' | 'no-contents' | 'module';

/** Whether a virtual table can be written like a table, and which columns that needs besides the visible ones. */
export type RowAccess = {
  readonly readOnly: ReadOnly | null;
  /** The column that is the rowid: one of its own, or SQLite's name for it. Null where rows cannot be written. */
  readonly rowid: string | null;
  /** Hidden columns that are needed to bring a row back as it was. */
  readonly more: readonly string[];
};

/** How a virtual table can be written. `columns`: those of `SELECT *`; `hidden`: the others. */
export function findRowAccess(
  { module, contents }: VirtualTable,
  columns: readonly string[],
  hidden: readonly string[],
): RowAccess {
  const none = { rowid: null, more: [] };
  if (/^rtree(?:_i32)?$/.test(module)) return { readOnly: null, rowid: columns[0] ?? null, more: [] };
  if (module !== 'geopoly' && !/^fts[345]$/.test(module)) return { readOnly: 'module', ...none };
  if (contents === 'external') return { readOnly: 'index', ...none };
  if (contents === 'none') return { readOnly: 'no-contents', ...none };
  const rowid = freeRowidName(columns);
  if (rowid === null) return { readOnly: 'module', ...none };
  // FTS4 can store a language per row, in a hidden column. Only then does the column have a name that the host chose.
  const language = /^fts[34]$/.test(module) ? hidden.at(-1) : undefined;
  return { readOnly: null, rowid, more: language === undefined || language === '__langid' ? [] : [language] };
}

/** A name that reaches the rowid beside these columns; null where they hide all three names. */
export function freeRowidName(columns: readonly string[]): string | null {
  return ['rowid', '_rowid_', 'oid'].find((name) => placeOfName(columns, name) === -1) ?? null;
}
