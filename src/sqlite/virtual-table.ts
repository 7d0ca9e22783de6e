import { foldName } from './names.ts';
import { isKeyword, tokenize } from './sql-tokens.ts';

/** A virtual table's module, and the names and values of its options. */
export type VirtualTable = {
  readonly name: string;
  readonly module: string;
  /** For FTS tables: `own` contents, those of another table (`external`), or `none`. */
  readonly contents: 'own' | 'external' | 'none';
  readonly contentTable: string | null;
};

/** Reads what a `CREATE VIRTUAL TABLE` says. The text is the schema's own, so it is well formed. */
export function describeVirtualTable(object: {
  readonly name: string;
  readonly sql: string | null;
}): VirtualTable {
  const tokens = tokenize(object.sql ?? '');
  const using = tokens.findIndex((token) => isKeyword(token, 'USING'));
  const module = foldName(tokens[using + 1]?.text ?? '');
  const at = tokens.findIndex(
    (token, index) => index > using && isKeyword(token, 'CONTENT') && tokens[index + 1]?.text === '=',
  );
  const content = at === -1 ? null : (tokens[at + 2]?.text ?? '');
  return {
    name: object.name,
    module,
    contents: content === null ? 'own' : content === '' ? 'none' : 'external',
    contentTable: content === null || content === '' ? null : content,
  };
}
