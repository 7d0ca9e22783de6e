/**
 * A JSON value. `text`: a form that two values share exactly if they are the same; numbers stay as they are written, so that
 * none of their digits is lost.
 */
export type JsonNode =
  | { readonly type: 'scalar'; readonly text: string }
  | {
      readonly type: 'object' | 'list';
      readonly text: string;
      readonly entries: readonly { readonly key: string | null; readonly node: JsonNode }[];
    };

const MOST_DEPTH = 100;
const TOKEN =
  /[\t\n\r ]*(?:([{}[\],:])|("[^"\\]*(?:\\.[^"\\]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null|-?Infinity|NaN))/y;

class NoJson extends Error {}

/** Parses a JSON text, with Python's additions. Null where it is none, is nested too deeply, or an object has a key twice. */
export function parseJsonTree(text: string): JsonNode | null {
  const first = /^[\t\n\r ]*([{[])/.exec(text);
  if (first === null) return null;
  let at = 0;
  const next = (): string => {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) throw new NoJson();
    at = TOKEN.lastIndex;
    return found[1] ?? found[2] ?? found[3] ?? found[4] ?? '';
  };
  const parse = (token: string, depth: number): JsonNode => {
    if (depth > MOST_DEPTH) throw new NoJson();
    if (token === '{') return parseEntries('object', depth);
    if (token === '[') return parseEntries('list', depth);
    if (/^[}\],:]$/.test(token)) throw new NoJson();
    // The same string may be written with other escapes.
    return { type: 'scalar', text: token.startsWith('"') ? JSON.stringify(parseString(token)) : token };
  };
  const parseEntries = (type: 'object' | 'list', depth: number): JsonNode => {
    const close = type === 'object' ? '}' : ']';
    const entries: { readonly key: string | null; readonly node: JsonNode }[] = [];
    for (let token = next(); token !== close || entries.length > 0; token = next()) {
      let key: string | null = null;
      if (type === 'object') {
        if (!token.startsWith('"') || next() !== ':') throw new NoJson();
        key = parseString(token);
        token = next();
      }
      entries.push({ key, node: parse(token, depth + 1) });
      const after = next();
      if (after === close) break;
      if (after !== ',') throw new NoJson();
    }
    const keys = new Set(entries.map(({ key }) => key));
    if (type === 'object' && keys.size < entries.length) throw new NoJson();
    const inner = entries.map(({ key, node }) =>
      key === null ? node.text : `${JSON.stringify(key)}:${node.text}`,
    );
    // The order of keys means nothing.
    const sorted = type === 'object' ? inner.toSorted() : inner;
    return { type, text: `${type === 'object' ? '{' : '['}${sorted.join(',')}${close}`, entries };
  };
  try {
    const node = parse(next(), 0);
    return /^[\t\n\r ]*$/.test(text.slice(at)) ? node : null;
  } catch (error) {
    if (error instanceof NoJson || error instanceof SyntaxError) return null;
    throw error;
  }
}

function parseString(token: string): string {
  const value: unknown = JSON.parse(token);
  if (typeof value !== 'string') throw new NoJson();
  return value;
}
