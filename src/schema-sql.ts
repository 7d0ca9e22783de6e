import type { SchemaObject } from './schema.ts';
import { foldName } from './sql.ts';

/** A token of SQL text. Names lose their quotes; `quoted` tells a name or text in quotes from a keyword. */
type Token = { readonly text: string; readonly quoted: boolean };

const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\s+|"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|\[([^\]]*)\]|'((?:[^']|'')*)'|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|[\s\S]/g;

function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [text, double, back, bracket, single, word] of sql.matchAll(TOKEN)) {
    if (word !== undefined) tokens.push({ text: word, quoted: false });
    else if (double !== undefined) tokens.push({ text: double.replaceAll('""', '"'), quoted: true });
    else if (back !== undefined) tokens.push({ text: back.replaceAll('``', '`'), quoted: true });
    else if (bracket !== undefined) tokens.push({ text: bracket, quoted: true });
    else if (single !== undefined) tokens.push({ text: single.replaceAll("''", "'"), quoted: true });
    else if (!/^(?:--|\/\*|\s)/.test(text)) tokens.push({ text, quoted: false });
  }
  return tokens;
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
  /** Tables that its statements write to; null where a statement is of a kind that could do anything. */
  readonly writes: readonly string[] | null;
  /** Every name in it, folded: no table that it could reach is missing here. */
  readonly names: ReadonlySet<string>;
};

/** Reads what a `CREATE TRIGGER` says. Where in doubt, `writes` is null. */
export function describeTrigger(object: SchemaObject): Trigger {
  const tokens = tokenize(object.sql ?? '');
  const begin = tokens.findIndex((token) => isKeyword(token, 'BEGIN'));
  const head = tokens.slice(0, begin);
  // The last of these words before ON: a trigger may itself be called "delete".
  const on = head.findLastIndex((token) => isKeyword(token, 'ON'));
  const event = head.slice(0, on).findLast((token) => isKeyword(token, 'DELETE', 'INSERT', 'UPDATE'));
  const statements = split(tokens.slice(begin + 1, -1));
  const targets = statements.map(targetOf);
  return {
    object,
    event: isKeyword(event, 'DELETE') ? 'DELETE' : isKeyword(event, 'INSERT') ? 'INSERT' : 'UPDATE',
    writes: begin === -1 || targets.includes(null) ? null : targets.flatMap((target) => target ?? []),
    names: new Set(tokens.map((token) => foldName(token.text))),
  };
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
