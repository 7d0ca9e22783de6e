import { foldName } from '../sqlite/names.ts';
import type { SchemaObject } from '../sqlite/schema.ts';

/** A token of SQL text and where it stands there. Names lose their quotes; `quoted` tells a name or text in quotes from a keyword. */
type Token = { readonly text: string; readonly quoted: boolean; readonly at: number; readonly end: number };

const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\s+|"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|\[([^\]]*)\]|'((?:[^']|'')*)'|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|[\s\S]/g;

function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const found of sql.matchAll(TOKEN)) {
    const [text, double, back, bracket, single, word] = found;
    const place = { at: found.index, end: found.index + text.length };
    if (word !== undefined) tokens.push({ text: word, quoted: false, ...place });
    else if (double !== undefined)
      tokens.push({ text: double.replaceAll('""', '"'), quoted: true, ...place });
    else if (back !== undefined) tokens.push({ text: back.replaceAll('``', '`'), quoted: true, ...place });
    else if (bracket !== undefined) tokens.push({ text: bracket, quoted: true, ...place });
    else if (single !== undefined)
      tokens.push({ text: single.replaceAll("''", "'"), quoted: true, ...place });
    else if (!/^(?:--|\/\*|\s)/.test(text)) tokens.push({ text, quoted: false, ...place });
  }
  return tokens;
}

/** Every name in a piece of SQL, folded; words that are no names are among them. */
export function namesIn(sql: string): ReadonlySet<string> {
  return new Set(tokenize(sql).map((token) => foldName(token.text)));
}

function isKeyword(token: Token | undefined, ...words: readonly string[]): boolean {
  return token !== undefined && !token.quoted && words.includes(token.text.toUpperCase());
}

/** A virtual table's module, and the names and values of its options. */
export type VirtualTable = {
  readonly name: string;
  readonly module: string;
  /** For FTS tables: `own` contents, those of another table (`external`), or `none`. */
  readonly contents: 'own' | 'external' | 'none';
  readonly contentTable: string | null;
};

/** Reads what a `CREATE VIRTUAL TABLE` says. The text is the schema's own, so it is well formed. */
export function describeVirtualTable(object: SchemaObject): VirtualTable {
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

/** What a trigger does, as far as a restore must know. */
export type Trigger = {
  readonly object: SchemaObject;
  readonly event: 'DELETE' | 'INSERT' | 'UPDATE';
  /** When and on what it fires, from after its name to BEGIN; null where its text can be read in two ways. */
  readonly head: string | null;
  /** Whether it passes rows over. */
  readonly isConditional: boolean;
  readonly statements: readonly TriggerStatement[];
  /** Every name in it, folded: no table that it could reach is missing here. */
  readonly names: ReadonlySet<string>;
};

/** `target` is the table that it writes to; null where it is of a kind that could do anything. */
export type TriggerStatement = { readonly sql: string; readonly target: string | null };

/** Reads what a `CREATE TRIGGER` says. Where in doubt, `head` is null and no statement has a target. */
export function describeTrigger(object: SchemaObject): Trigger {
  const sql = object.sql ?? '';
  const tokens = tokenize(sql);
  const begin = tokens.findIndex((token) => isKeyword(token, 'BEGIN'));
  // Unquoted, `begin` may also be the name of a column.
  const isClear = begin !== -1 && tokens.filter((token) => isKeyword(token, 'BEGIN')).length === 1;
  const head = tokens.slice(0, begin);
  // The last of these words before ON: a trigger may itself be called "delete".
  const on = head.findLastIndex((token) => isKeyword(token, 'ON'));
  const event = head.slice(0, on).findLast((token) => isKeyword(token, 'DELETE', 'INSERT', 'UPDATE'));
  const name = nameOf(head);
  return {
    object,
    event: isKeyword(event, 'DELETE') ? 'DELETE' : isKeyword(event, 'INSERT') ? 'INSERT' : 'UPDATE',
    head: isClear && name !== null ? sql.slice(name.end, tokens[begin]?.end) : null,
    isConditional: head.some((token) => isKeyword(token, 'WHEN')),
    statements: split(tokens.slice(begin + 1, -1)).map((statement) => ({
      sql: sql.slice(statement[0]?.at, statement.at(-1)?.end),
      target: isClear ? targetOf(statement) : null,
    })),
    names: new Set(tokens.map((token) => foldName(token.text))),
  };
}

/** SQLite keeps a definition as `CREATE TRIGGER`, the name without a schema's, and the rest word for word. */
function nameOf([create, trigger, name]: readonly Token[]): Token | null {
  return name !== undefined && isKeyword(create, 'CREATE') && isKeyword(trigger, 'TRIGGER') ? name : null;
}

function split(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === ';' && !token.quoted) statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}

/** The table that a statement of a trigger writes to; null where it is none of the three plain forms. */
function targetOf(statement: readonly Token[]): string | null {
  const [verb, ...rest] = statement;
  let words = rest;
  if (isKeyword(words[0], 'OR')) words = words.slice(2);
  if (isKeyword(verb, 'INSERT', 'REPLACE'))
    return isKeyword(words[0], 'INTO') ? (words[1]?.text ?? null) : null;
  if (isKeyword(verb, 'DELETE')) return isKeyword(words[0], 'FROM') ? (words[1]?.text ?? null) : null;
  return isKeyword(verb, 'UPDATE') ? (words[0]?.text ?? null) : null;
}
