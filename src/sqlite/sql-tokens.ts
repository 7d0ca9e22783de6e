import { foldName } from './names.ts';

/** A token of SQL text and its place. Names are without their quotes; `quoted` tells a quoted name or text from a keyword. */
export type Token = {
  readonly text: string;
  readonly quoted: boolean;
  readonly at: number;
  readonly end: number;
};

const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\s+|"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|\[([^\]]*)\]|'((?:[^']|'')*)'|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|[\s\S]/g;

/** The tokens of SQL text without white space and comments. */
export function tokenize(sql: string): readonly Token[] {
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

/** Every name in a piece of SQL, folded. Keywords and other tokens are among them. */
export function namesIn(sql: string): ReadonlySet<string> {
  return new Set(tokenize(sql).map((token) => foldName(token.text)));
}

/** Whether a token is one of these words, and not a name or text in quotes. */
export function isKeyword(token: Token | undefined, ...words: readonly string[]): boolean {
  return token !== undefined && !token.quoted && words.includes(token.text.toUpperCase());
}
