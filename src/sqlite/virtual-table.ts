import { foldName } from './names.ts';
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
