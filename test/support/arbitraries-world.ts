import Database from 'better-sqlite3';
import fc from 'fast-check';
import type { SqlValue } from '../../src/sqlite/row-hash.ts';
import { sqlValues } from './arbitraries.ts';
import { type TableSpec, type Tie, tableDdl, tableSpecs, tieDdl, ties } from './arbitraries-schema.ts';
import { quote } from './sql.ts';

/** A generated application: its tables, what they hold when a snapshot is taken, and what happens to them since. */
export type World = {
  /** What its profile file says: tables with the names of this world. */
  readonly profile: { readonly tables: readonly string[] };
  readonly journalMode: 'wal' | 'delete';
  readonly encoding: 'UTF-8' | 'UTF-16le';
  /** The log first. */
  readonly tables: readonly TableSpec[];
  readonly ties: readonly Tie[];
  readonly before: readonly Change[];
  readonly since: readonly Change[];
  /** Whether the application minds its foreign keys. */
  readonly foreignKeys: boolean;
};

/** One statement of the application. Numbers are taken modulo what there is. */
export type Change =
  | { readonly type: 'insert'; readonly table: number; readonly values: readonly SqlValue[] }
  | { readonly type: 'delete'; readonly table: number; readonly nth: number }
  | {
      readonly type: 'update';
      readonly table: number;
      readonly nth: number;
      readonly column: number;
      readonly value: SqlValue;
    }
  | { readonly type: 'swap'; readonly table: number; readonly nth: number; readonly column: number }
  | { readonly type: 'clear'; readonly table: number };

const keyed = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<SqlValue>(1n, 2n, 3n, 4n, 1, -0, 'a', 'A', 'b', '1') },
  { weight: 2, arbitrary: sqlValues },
);
const nth = fc.nat({ max: 20 });
const table = fc.nat({ max: 9 });
const inserts: fc.Arbitrary<Change> = fc.record({
  type: fc.constant('insert' as const),
  table,
  values: fc.array(keyed, { minLength: 7, maxLength: 7 }),
});
const changes: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: inserts },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('delete' as const), table, nth }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('update' as const), table, nth, column: nth, value: keyed }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('swap' as const), table, nth, column: nth }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('clear' as const), table }) },
);

export const worlds: fc.Arbitrary<World> = tableSpecs.chain((tables) =>
  fc.record({
    profile: fc.constant({ tables: tables.slice(1).map(({ name }) => name) }),
    journalMode: fc.constantFrom('wal' as const, 'delete' as const),
    encoding: fc.constantFrom('UTF-8' as const, 'UTF-8' as const, 'UTF-16le' as const),
    tables: fc.constant(tables),
    ties: ties(tables),
    before: fc.array(inserts, { minLength: 4, maxLength: 30 }),
    since: fc.array(changes, { maxLength: 20 }),
    foreignKeys: fc.boolean(),
  }),
);

/** Makes the database of a world at the moment of its snapshot. */
export function createWorld(file: string, world: World): void {
  const db = new Database(file);
  try {
    db.pragma(`encoding = '${world.encoding}'`);
    db.pragma(`journal_mode = ${world.journalMode}`);
    db.pragma('user_version = 7');
    for (const spec of world.tables) db.exec(tableDdl(spec));
    for (const tie of world.ties) db.exec(tieDdl(tie, world.tables));
  } finally {
    db.close();
  }
  change(file, world, world.before);
}

/** Lets the application work: each change that its own rules refuse is left out. */
export function change(file: string, world: World, list: readonly Change[]): void {
  const db = new Database(file);
  try {
    db.pragma(`foreign_keys = ${world.foreignKeys ? 'ON' : 'OFF'}`);
    for (const one of list) {
      const spec = world.tables[one.table % world.tables.length];
      if (spec !== undefined) runUnlessRefused(db, spec, one);
    }
  } finally {
    db.close();
  }
}

function runUnlessRefused(db: Database.Database, spec: TableSpec, one: Change): void {
  try {
    db.transaction(() => run(db, spec, one))();
  } catch (error) {
    const refused =
      error instanceof Database.SqliteError &&
      /^SQLITE_(?:CONSTRAINT|MISMATCH|ERROR|CORRUPT_VTAB)/.test(error.code);
    if (refused && /constraint|mismatch|cannot store/i.test(error.message)) return;
    if (!hasGivenLastId(db, spec, error)) throw error;
  }
}

/** AUTOINCREMENT gives no id twice, so after the largest one SQLite calls the table full. */
function hasGivenLastId(db: Database.Database, spec: TableSpec, error: unknown): boolean {
  if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_FULL') return false;
  const given = db.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').pluck().safeIntegers();
  return given.get(spec.name) === 2n ** 63n - 1n;
}

function run(db: Database.Database, spec: TableSpec, one: Change): void {
  const name = quote(spec.name);
  const identity = spec.withoutRowid ? spec.key.map(quote).join(', ') : 'rowid';
  const place = `(${identity}) IN (SELECT ${identity} FROM ${name} ORDER BY ${identity} LIMIT 1 OFFSET ?)`;
  const count = Number(db.prepare(`SELECT count(*) FROM ${name}`).pluck().get());
  if (one.type === 'insert') {
    const values = spec.columns.map((_, index) => one.values[index] ?? null);
    const columns = spec.columns.map((column) => quote(column.name));
    db.prepare(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${values.map(slot).join(', ')})`).run(
      ...values.map(bound),
    );
  } else if (one.type === 'clear') db.exec(`DELETE FROM ${name}`);
  else if (count === 0) return;
  else if (one.type === 'delete') db.prepare(`DELETE FROM ${name} WHERE ${place}`).run(one.nth % count);
  else {
    const column = quote(spec.columns[one.column % spec.columns.length]?.name ?? '');
    const set = (value: SqlValue, at: number) =>
      db
        .prepare(`UPDATE ${name} SET ${column} = ${slot(value)} WHERE ${place}`)
        .run(bound(value), at % count);
    if (one.type === 'update') set(one.value, one.nth);
    else {
      const read = db
        .prepare<[number], SqlValue>(`SELECT ${column} FROM ${name} WHERE ${place}`)
        .pluck()
        .safeIntegers();
      const [a, b] = [read.get(one.nth % count) ?? null, read.get((one.nth + 1) % count) ?? null];
      set(null, one.nth);
      set(a, one.nth + 1);
      set(b, one.nth);
    }
  }
}

function slot(value: SqlValue): string {
  return isRaw(value) ? 'CAST(? AS TEXT)' : '?';
}

function bound(value: SqlValue): null | bigint | number | string | Uint8Array {
  return isRaw(value) ? value.rawText : value;
}

function isRaw(value: SqlValue): value is { readonly rawText: Uint8Array } {
  return typeof value === 'object' && value !== null && 'rawText' in value;
}
