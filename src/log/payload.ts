import type { HostDatabase } from '../host/host-database.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';

/** The fields of an event's payload; none if it is not a JSON object. */
export function parsePayload(payload: unknown): ReadonlyMap<string, unknown> {
  if (typeof payload !== 'string') return new Map();
  try {
    const parsed: unknown = JSON.parse(payload);
    return typeof parsed === 'object' && parsed !== null ? new Map(Object.entries(parsed)) : new Map();
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

/** The first of the named fields that holds a text or a number, as text; null if none does. */
export function firstText(fields: ReadonlyMap<string, unknown>, names: readonly string[]): string | null {
  const found = names
    .map((name) => fields.get(name))
    .find((value) => typeof value === 'string' || typeof value === 'number');
  return found === undefined ? null : String(found);
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
