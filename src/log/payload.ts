import type { HostDatabase } from '../host/host-database.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';

/** Only a number with so many digits may be one that a double cannot hold. */
const LONG_NUMBER = /\d{16}/;

/** The fields of an event's payload; none if it is not a JSON object. A number that a double cannot hold is its text. */
export function parsePayload(payload: unknown): ReadonlyMap<string, unknown> {
  const parsed = parseJson(payload);
  return typeof parsed === 'object' && parsed !== null ? new Map(Object.entries(parsed)) : new Map();
}

/** What a JSON text holds; undefined for anything else. A number that a double cannot hold is its text. */
export function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return LONG_NUMBER.test(text) ? parseExactly(text) : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parseExactly(text: string): unknown {
  return JSON.parse(quoteLongNumbers(text));
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\s*:)/g;

/**
 * A JSON text in which each number that a double cannot hold is a string. A reviver of `JSON.parse` could do that, too, but
 * it calls itself for each level, so that a text with some thousand levels would end it.
 */
function quoteLongNumbers(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const end = quote === -1 ? text.length : quote;
    parts.push(text.slice(at, end).replace(NUMBER, (number) => (isExact(number) ? number : `"${number}"`)));
    at = quote === -1 ? end : endOfString(text, quote);
    parts.push(text.slice(end, at));
  }
  return parts.join('');
}

function isExact(number: string): boolean {
  const value = Number(number);
  return !Number.isInteger(value) || Number.isSafeInteger(value);
}

/** The place behind the string that begins at a quotation mark. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; ; at += 1) {
    at = text.indexOf('"', at);
    if (at === -1) return text.length;
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return at + 1;
  }
}

/** The first of the fields that holds a text or a number, as text; null if none does. A field is a name or a path. */
export function firstText(fields: ReadonlyMap<string, unknown>, names: readonly string[]): string | null {
  for (const name of names) {
    const found = textOf(fields.get(name)) ?? (/[.[]/.test(name) ? textAtPath(fields, name) : null);
    if (found !== null) return found;
  }
  return null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** The texts at a path such as `message.parts[].text`, each on lines of its own. */
function textAtPath(fields: ReadonlyMap<string, unknown>, path: string): string | null {
  let values: readonly unknown[] = [fields];
  for (const step of path.split('.')) {
    const [name, inLists] = step.endsWith('[]') ? [step.slice(0, -2), true] : [step, false];
    values = values.flatMap((value) => {
      const member = memberOf(value, name);
      return inLists ? (Array.isArray(member) ? member : []) : [member];
    });
  }
  const texts = values.flatMap((value) => textOf(value) ?? []);
  return texts.length === 0 ? null : texts.join('\n');
}

function memberOf(value: unknown, name: string): unknown {
  if (value instanceof Map) return value.get(name);
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isObject ? Reflect.get(value, name) : undefined;
}

const MOST_PERSONS = 20;

/** The names of the person who chats; none if the profile names no table for them or the database lacks it. */
export function readPersonNames({ db, schema, profile }: HostDatabase): readonly string[] {
  const source = profile.chat.person;
  const table = source === null ? undefined : schema.tables.get(foldName(source.table));
  if (source === null || table === undefined) return [];
  const columns = table.columns.map((column) => column.name);
  const name = source.name.flatMap((candidate) => columns[placeOfName(columns, candidate)] ?? []).at(0);
  if (name === undefined) return [];
  return db
    .prepare<[], unknown>(
      `SELECT ${quoteName(name)} FROM main.${quoteName(table.name)} ${table.scanHint} LIMIT ${MOST_PERSONS}`,
    )
    .pluck()
    .all()
    .map(String);
}

/** The live names of chats by id; empty if the profile names no table for them or the database lacks it. */
export function readChatNames({ db, schema, profile }: HostDatabase): ReadonlyMap<string, string> {
  const source = profile.chat.names;
  const table = source === null ? undefined : schema.tables.get(foldName(source.table));
  if (source === null || table === undefined) return new Map();
  const columns = table.columns.map((column) => column.name);
  const id = columns[placeOfName(columns, source.id)];
  const name = source.name.flatMap((candidate) => columns[placeOfName(columns, candidate)] ?? []).at(0);
  if (id === undefined || name === undefined) return new Map();
  const rows = db
    .prepare<[], [unknown, unknown]>(
      `SELECT ${quoteName(id)}, ${quoteName(name)} FROM main.${quoteName(table.name)} ${table.scanHint}`,
    )
    .raw()
    .all();
  return new Map(rows.map(([key, value]) => [String(key), String(value)]));
}
