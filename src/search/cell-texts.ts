import { isReference } from '../stage/own-key.ts';

/** What `JSON.parse` reads exactly has fewer digits. */
const LONG_NUMBER = /\d{16}/;

/** What a column holds: something to read, an event's payload (JSON, or opaque), or what refers to another row or names a kind. */
export type ColumnRole = 'text' | 'payload' | 'opaque' | 'reference';

/** The texts of a cell in which a phrase is looked for, each on its own. `references` matter less than what people wrote. */
export type CellTexts = { readonly texts: readonly string[]; readonly references: readonly string[] };

/**
 * The texts of a cell. JSON is read, so that escapes hide nothing: of an event's payload the texts are its strings and
 * numbers, without the names of its own fields. Of any other column they are the text itself, and where escapes change it
 * also what it says.
 */
export function textsOf(text: string, role: ColumnRole): CellTexts {
  if (role === 'reference') return { texts: [], references: [text] };
  if (role === 'opaque' || (role === 'text' && !text.includes('\\')))
    return { texts: [text], references: [] };
  const content = parseStructure(text);
  if (content === null) return { texts: [text], references: [] };
  const texts = new Set(role === 'payload' ? [] : [text]);
  const references = new Set<string>();
  const isNamed = role === 'payload' && !Array.isArray(content);
  for (const [name, value] of Object.entries(content))
    collect(value, isNamed && isReference(name) ? references : texts);
  if (LONG_NUMBER.test(text)) texts.add(text);
  return { texts: [...texts], references: [...references].filter((one) => !texts.has(one)) };
}

/** The object or list that a text holds as JSON; null if it holds none. */
function parseStructure(text: string): object | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' ? parsed : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function collect(content: unknown, found: Set<string>): void {
  const open: unknown[] = [content];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') found.add(value.toWellFormed());
    else if (typeof value === 'number') found.add(String(value));
    // One by one: a list may have more elements than a call can have arguments.
    else if (Array.isArray(value)) for (const one of value.toReversed()) open.push(one);
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value).toReversed()) open.push(one, name);
  }
}
