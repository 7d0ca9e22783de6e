import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';

/*
 * The plainest way to find a phrase: parse everything, fold everything, look at everything. It shares nothing with the
 * search that it is held against.
 */

type Cell = {
  readonly table: string;
  readonly key: string;
  readonly column: string;
  readonly text: string;
};

/** One of the texts of a cell. `place`: which cell of its table that is. */
export type CellText = { readonly cell: Cell; readonly place: string };

type Row = Readonly<Record<string, unknown>>;
type Keys = Readonly<Record<string, readonly string[]>>;

/** Every text of a snapshot of the host. */
export function cellsOfFile(file: string, keys: Keys): readonly CellText[] {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const tables = Object.entries(parsed as Record<string, readonly Row[]>);
  return tables.flatMap(([table, rows]) => (table in keys ? cellsOf(table, rows, keys) : []));
}

/** Every text of a database. */
export function cellsOfDatabase(file: string, keys: Keys): readonly CellText[] {
  const db = new Database(file, { readonly: true });
  try {
    return Object.keys(keys).flatMap((table) => {
      const rows = db.prepare<[], Row>(`SELECT * FROM "${table}"`).safeIntegers().all();
      return cellsOf(table, rows, keys);
    });
  } finally {
    db.close();
  }
}

function cellsOf(table: string, rows: readonly Row[], keys: Keys): readonly CellText[] {
  return rows.flatMap((row, index) =>
    Object.entries(row).flatMap(([column, value]) => {
      if (typeof value !== 'string') return [];
      const key = (keys[table] ?? []).map((name) => String(row[name])).join('|');
      const texts = column === 'payload_json' ? stringsOfPayload(parse(value)) : [value];
      if (column !== 'payload_json' && value.includes('\\') && /^[[{]/.test(value))
        texts.push(...stringsIn(parse(value), true));
      return texts.map((text) => ({ cell: { table, key, column, text }, place: `${index} ${column}` }));
    }),
  );
}

/** What only refers to something comes last. */
function stringsOfPayload(payload: unknown): string[] {
  const { chat_id: chat, ...others } = payload as Row;
  return [...stringsIn(others, true), ...stringsIn(chat, false)];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function stringsIn(value: unknown, isTop: boolean): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => stringsIn(one, false));
  return Object.entries(value).flatMap(([name, one]) => [...(isTop ? [] : [name]), ...stringsIn(one, false)]);
}

/** Letters without marks and case, in their compatible form. */
export function plain(text: string): string {
  const bare = [...text.normalize('NFKD')].filter((letter) => !/\p{M}/u.test(letter)).join('');
  const lower = [...bare].map((letter) => letter.toLowerCase().replace(/\p{M}/gu, '')).join('');
  return lower.replaceAll('ς', 'σ').normalize('NFKC');
}
