import { foldName, placeOfName } from './names.ts';
import { isKeyword, tokenize } from './sql-tokens.ts';

/** A virtual table's module, and the names and values of its options. */
export type VirtualTable = {
  readonly name: string;
  readonly module: string;
  /** For FTS tables: `own` contents, those of another table (`external`), or `none`. */
  readonly contents: 'own' | 'external' | 'none';
  readonly contentTable: string | null;
  /** The tables without which an FTS5 index can't be used: a write to it would fail the whole transaction. */
  readonly parts: readonly string[];
};

/** Reads what a `CREATE VIRTUAL TABLE` says. The text is the schema's own, so it is well formed. */
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
 * Why rows can't be written to what a name stands for. `view`: they are other tables' rows. `index`: a search index over
 * contents elsewhere. `no-contents`: a search index that keeps no contents, so that its columns read as NULL. `module`:
 * of a virtual table that only shows something, or of which we don't know how it keeps rows.
 */
export type ReadOnly = 'view' | 'index' | 'no-contents' | 'module';

/** Whether a virtual table can be written like a table, and which of its columns are needed for that besides the visible ones. */
export type RowAccess = {
  readonly readOnly: ReadOnly | null;
  /** The column that is the rowid: one of its own, or SQLite's name for it. Null where rows can't be written. */
  readonly rowid: string | null;
  /** Columns beyond the visible ones without which a row would not come back as it was. */
  readonly more: readonly string[];
};

/** `columns` are those that `SELECT *` gives, `hidden` the others. */
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
  // FTS4 may hold a language by row, in a hidden column that has a name of the host's only then.
  const language = /^fts[34]$/.test(module) ? hidden.at(-1) : undefined;
  return { readOnly: null, rowid, more: language === undefined || language === '__langid' ? [] : [language] };
}

/** A name by which the rowid can be reached although the table has these columns; null where they hide all three. */
export function freeRowidName(columns: readonly string[]): string | null {
  return ['rowid', '_rowid_', 'oid'].find((name) => placeOfName(columns, name) === -1) ?? null;
}
