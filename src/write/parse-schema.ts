import { foldName } from '../sqlite/names.ts';
import type { SchemaObject } from '../sqlite/schema.ts';
import { isKeyword, type Token, tokenize } from '../sqlite/sql-tokens.ts';

/** What a trigger does, as far as a restore must know. */
export type Trigger = {
  readonly object: SchemaObject;
  readonly event: 'DELETE' | 'INSERT' | 'UPDATE';
  /** When and on what it fires, from after its name to BEGIN; null where its text can be read in two ways. */
  readonly head: string | null;
  /** Its WHEN condition, in terms of `new` and `old`; null where it fires for every row. */
  readonly condition: string | null;
  readonly statements: readonly TriggerStatement[];
  /** Every name in it, folded, so no table that it could reach is missing. */
  readonly names: ReadonlySet<string>;
};

type TriggerStatement = {
  readonly sql: string;
  /** The table that it writes to; null where that cannot be told. */
  readonly target: string | null;
  /** For a search index: whether it puts something in or takes something out. A command to the index counts as taking out. */
  readonly effect: 'puts' | 'takes' | 'changes';
  /** What it inserts, where that is a query. */
  readonly query: string | null;
  /** The columns that an UPDATE sets. */
  readonly columns: readonly string[];
};

/** Reads a `CREATE TRIGGER`. Where in doubt, `head` is null and no statement has a target. */
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
  const when = head.find((token) => isKeyword(token, 'WHEN'));
  return {
    object,
    event: isKeyword(event, 'DELETE') ? 'DELETE' : isKeyword(event, 'INSERT') ? 'INSERT' : 'UPDATE',
    head: isClear && name !== null ? sql.slice(name.end, tokens[begin]?.end) : null,
    condition: when === undefined ? null : sql.slice(when.end, tokens[begin]?.at).trim(),
    statements: split(tokens.slice(begin + 1, -1)).map((statement) => ({
      sql: sql.slice(statement[0]?.at, statement.at(-1)?.end),
      target: isClear ? targetOf(statement) : null,
      effect: effectOf(statement),
      query: queryOf(sql, statement),
      columns: isKeyword(statement[0], 'UPDATE') ? columnsSet(statement) : [],
    })),
    names: new Set(tokens.map((token) => foldName(token.text))),
  };
}

/** SQLite keeps a definition as `CREATE TRIGGER`, the name without its schema, and the rest verbatim. */
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

/** The table that a statement of a trigger writes to; null where it is not one of the three plain forms. */
function targetOf(statement: readonly Token[]): string | null {
  const [verb, ...rest] = statement;
  let words = rest;
  if (isKeyword(words[0], 'OR')) words = words.slice(2);
  if (isKeyword(verb, 'INSERT', 'REPLACE'))
    return isKeyword(words[0], 'INTO') ? (words[1]?.text ?? null) : null;
  if (isKeyword(verb, 'DELETE')) return isKeyword(words[0], 'FROM') ? (words[1]?.text ?? null) : null;
  return isKeyword(verb, 'UPDATE') ? (words[0]?.text ?? null) : null;
}

function effectOf(statement: readonly Token[]): TriggerStatement['effect'] {
  if (isKeyword(statement[0], 'UPDATE')) return 'changes';
  if (isKeyword(statement[0], 'DELETE')) return 'takes';
  const into = statement.findIndex((token) => isKeyword(token, 'INTO'));
  const [target, open, first] = statement.slice(into + 1);
  const isCommand =
    open?.text === '(' && target !== undefined && foldName(first?.text ?? '') === foldName(target.text);
  return isCommand ? 'takes' : 'puts';
}

function queryOf(sql: string, statement: readonly Token[]): string | null {
  const select = statement.find((token) => isKeyword(token, 'SELECT'));
  const isInsert = isKeyword(statement[0], 'INSERT', 'REPLACE');
  if (!isInsert || select === undefined || statement.some((token) => isKeyword(token, 'VALUES'))) return null;
  return sql.slice(select.at, statement.at(-1)?.end);
}

/** The names before each “=” that follows SET or a comma outside parentheses, up to FROM or WHERE. */
function columnsSet(statement: readonly Token[]): readonly string[] {
  const columns: string[] = [];
  let depth = 0;
  let isName = false;
  for (const token of statement.slice(statement.findIndex((one) => isKeyword(one, 'SET')))) {
    if (depth === 0 && isKeyword(token, 'FROM', 'WHERE', 'RETURNING')) break;
    if (!token.quoted && token.text === '(') depth += 1;
    else if (!token.quoted && token.text === ')') depth -= 1;
    else if (isKeyword(token, 'SET') || (depth === 0 && !token.quoted && token.text === ',')) isName = true;
    else if (!token.quoted && token.text === '=') isName = false;
    else if (isName && !(depth > 0 && !token.quoted && token.text === ',')) columns.push(token.text);
  }
  return columns;
}
