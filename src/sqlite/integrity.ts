import type { Orphans } from '../model/restore.ts';
import type { AnyDatabase } from './database.ts';
import { foldName, quoteName } from './names.ts';
import { isFailedRead, isUnreadPage, readFailed } from './read-failures.ts';
import { isAboutContents, isCompileError } from './result-codes.ts';

/** How many rows of a table violate one of its foreign keys. */
type BrokenKey = { readonly table: string; readonly parent: string; readonly violations: number };

/** What SQLite's own checks say about a database, so that a restore can tell new damage from old. */
export type Integrity = {
  /** Lines of `integrity_check` (`quick_check` above 2 GB) other than `ok`, with how often each occurs. */
  readonly damage: ReadonlyMap<string, number>;
  /** The lines that a virtual table's own check reports, by the table's name. Found by checking it alone, never by wording. */
  readonly ofVirtualTables: ReadonlyMap<string, ReadonlySet<string>>;
  /** Tables that cannot be checked here, because the check needs something of the host. */
  readonly unchecked: readonly string[];
  /** Foreign key violations by `child table/parent table/key number`. */
  readonly foreignKeys: ReadonlyMap<string, BrokenKey>;
  /** Tables whose foreign keys cannot be checked: a parent lacks a matching index. */
  readonly uncheckedKeys: readonly string[];
  readonly quick: boolean;
  /** The tables were checked one by one, and what belongs to no table was not. */
  readonly byTable: boolean;
};

/** What was wrong when a safety copy was taken, as noted in it: lines of damage and foreign keys, with how often each. */
export type KnownFaults = {
  readonly damage: readonly (readonly [line: string, times: number])[];
  readonly foreignKeys: readonly (readonly [key: string, times: number])[];
};

/** Something that is worse after a restore than before. */
export type Fault =
  | { readonly check: 'integrity'; readonly line: string }
  | {
      readonly check: 'foreign-keys';
      readonly key: string;
      readonly broken: BrokenKey;
      /** True: the restored rows lack their parents. False: the restore removes parents of other rows. */
      readonly comesBack: boolean;
    };

const QUICK_ABOVE_BYTES = 2 * 2 ** 30;
/** Each row that breaks a CHECK is one line. High enough to count them. */
const MOST_LINES = 1_000_000;

/** Runs SQLite's checks on `main`, or on each table where the whole cannot be checked. Reads only. No check can be interrupted. @throws `io-failed` */
export function checkIntegrity(db: AnyDatabase): Integrity {
  const bytes = 'SELECT page_count * page_size FROM pragma_page_count, pragma_page_size';
  const quick = Number(db.prepare<[], unknown>(bytes).pluck().get()) > QUICK_ABOVE_BYTES;
  const check = `PRAGMA main.${quick ? 'quick_check' : 'integrity_check'}`;
  const damage = new Map<string, number>();
  const runCheck = (argument: string, isNoVerdict: (error: unknown) => boolean) =>
    isPossible(() => {
      for (const [line, times] of readDamage(db, `${check}(${argument})`))
        damage.set(line, (damage.get(line) ?? 0) + times);
    }, isNoVerdict);
  const tables = listTables(db, TYPES_WITH_ROWS);
  // A single virtual table that cannot be opened ends the check of the whole database.
  const whole = runCheck(String(MOST_LINES), isAboutContents);
  const unchecked = whole ? [] : tables.filter((table) => !runCheck(quoteName(table), isCompileError));
  return {
    quick,
    damage,
    ofVirtualTables: damage.size === 0 ? new Map() : checkVirtualTables(db, check, damage),
    byTable: !whole,
    unchecked,
    ...checkKeys(db),
  };
}

/**
 * Checks the pages of these tables, and whether their rows keep to the rules of the schema. Takes a fifth of the time of the
 * whole check. False where something is wrong, or cannot be told here: then only the whole check says what. Reads only.
 * @throws `io-failed`
 */
export function areRowsInOrder(db: AnyDatabase, tables: readonly string[]): boolean {
  let found = 0;
  const check = (table: string) =>
    isPossible(() => {
      found += readDamage(db, `PRAGMA main.quick_check(${quoteName(table)})`).size;
    }, isAboutContents);
  return tables.every((table) => check(table) && found === 0);
}

/** What the whole check says of a database in order. */
export const IN_ORDER: Omit<Integrity, 'foreignKeys' | 'uncheckedKeys'> = {
  damage: new Map(),
  ofVirtualTables: new Map(),
  unchecked: [],
  quick: true,
  byTable: false,
};

/** Checks the foreign keys of every table. Reads only. */
export function checkKeys(db: AnyDatabase): Pick<Integrity, 'foreignKeys' | 'uncheckedKeys'> {
  const foreignKeys = new Map<string, BrokenKey>();
  const check = db.prepare<[string], BrokenKey & { readonly key: string }>(
    `SELECT "table" || '/' || parent || '/' || fkid AS key, "table" AS "table", parent, count(*) AS violations
       FROM pragma_foreign_key_check(?, 'main') GROUP BY "table", parent, fkid`,
  );
  const run = (table: string) =>
    isPossible(() => {
      for (const { key, ...broken } of check.all(table)) foreignKeys.set(key, broken);
    });
  const uncheckedKeys = listTables(db, TYPES_WITH_ROWS).filter((table) => !run(table));
  return { foreignKeys, uncheckedKeys };
}

/** Whether everything but the foreign keys was checked and found in order. */
export function isSound({ damage, unchecked }: Integrity): boolean {
  return damage.size === 0 && unchecked.length === 0;
}

/** The lines of one check other than `ok`, with how often each occurs. @throws `io-failed` if reading a page fails twice */
function readDamage(db: AnyDatabase, check: string): ReadonlyMap<string, number> {
  const statement = db.prepare<[], string>(check).pluck();
  const read = () => {
    const lines = new Map<string, number>();
    for (const line of statement.iterate()) if (line !== 'ok') lines.set(line, (lines.get(line) ?? 0) + 1);
    return lines;
  };
  const lines = read();
  if (![...lines.keys()].some(isUnreadPage)) return lines;
  const again = read();
  if ([...again.keys()].some(isFailedRead)) throw readFailed({ database: db.name });
  return again;
}

/** A virtual table has no rows of its own: the tables in which it keeps its data are “shadow” tables. */
const TYPES_WITH_ROWS = ['table', 'shadow'] as const;

function listTables(db: AnyDatabase, types: readonly ('table' | 'shadow' | 'virtual')[]): readonly string[] {
  const list = `SELECT name FROM pragma_table_list
    WHERE schema = 'main' AND name <> 'sqlite_schema' AND type IN (SELECT value FROM json_each(?))`;
  return db.prepare<[string], string>(list).pluck().all(JSON.stringify(types));
}

/** The lines of damage that a virtual table reports when it is checked alone. One that cannot be opened here has none. */
function checkVirtualTables(
  db: AnyDatabase,
  check: string,
  damage: ReadonlyMap<string, number>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const name of listTables(db, ['virtual']))
    isPossible(() => {
      const lines = db
        .prepare<[], string>(`${check}(${quoteName(name)})`)
        .pluck()
        .all();
      const own = lines.filter((line) => damage.has(line));
      if (own.length > 0) found.set(name, new Set(own));
    }, isAboutContents);
  return found;
}

/** Runs a check. False where it ended without a verdict: it needs the host's functions, or a parent lacks an index. */
function isPossible(check: () => void, isNoVerdict: (error: unknown) => boolean = isCompileError): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (isNoVerdict(error)) return false;
    throw error;
  }
}

/** Damage of the file's own structure, not of contents or of a virtual table's data. Writing into such a file could make it worse. */
export function structuralDamage(integrity: Integrity): readonly string[] {
  const ofContents =
    /^(?:NULL|TEXT|NUMERIC|INTEGER|REAL|BLOB|non-\w+) value in |^CHECK constraint failed in /;
  const ofVirtualTables = new Set([...integrity.ofVirtualTables.values()].flatMap((lines) => [...lines]));
  return describeDamage(integrity).filter((line) => !ofContents.test(line) && !ofVirtualTables.has(line));
}

/** Whether a line of damage is about a row that breaks a CHECK. */
export function isBrokenCheck(line: string): boolean {
  return line.startsWith('CHECK constraint failed in ');
}

/** Lines of damage, each once. */
export function describeDamage({ damage }: Integrity): readonly string[] {
  return [...damage.keys()];
}

/** Total number of foreign key violations. */
export function countViolations({ foreignKeys }: Integrity): number {
  return [...foreignKeys.values()].reduce((sum, { violations }) => sum + violations, 0);
}

/** What is wrong now, as a safety copy notes it. */
export function noteFaults({ damage, foreignKeys }: Integrity): KnownFaults {
  return {
    damage: [...damage],
    foreignKeys: [...foreignKeys].map(([key, { violations }]) => [key, violations] as const),
  };
}

/** What the plan says about which faults are expected. */
export type Asked = {
  /** Folded names of the tables that are restored. */
  readonly touched: ReadonlySet<string>;
  /** Those of them of which all rows are restored. */
  readonly whole: ReadonlySet<string>;
  /** What was wrong in the state that an undo brings back. */
  readonly known: KnownFaults | null;
  /** Virtual tables that were not updated. Their own checks may report that. */
  readonly leftBehind: readonly string[];
  /** Rows without their parents are accepted. */
  readonly acceptDrift: boolean;
};

/**
 * The first thing that is worse after a restore than before: a line of damage that occurs more often, or a foreign key that
 * more rows violate. Null where nothing is worse. Not counted: what was wrong in the state that an undo brings back, rows
 * of tables that are restored as a whole and whose parent table is too (the snapshot has them so), and what is accepted.
 */
export function findNewFault(before: Integrity, after: Integrity, asked: Asked): Fault | null {
  const { touched, whole, known, leftBehind, acceptDrift } = asked;
  const expected = new Set(leftBehind.flatMap((name) => [...(after.ofVirtualTables.get(name) ?? [])]));
  const knownLines = new Map(known?.damage);
  const knownKeys = new Map(known?.foreignKeys);
  for (const [line, times] of after.damage)
    if (!expected.has(line) && times > Math.max(before.damage.get(line) ?? 0, knownLines.get(line) ?? 0))
      return { check: 'integrity', line };
  for (const [key, broken] of after.foreignKeys) {
    const allowed = Math.max(before.foreignKeys.get(key)?.violations ?? 0, knownKeys.get(key) ?? 0);
    const isAsked = touched.has(foldName(broken.table));
    const isAccepted =
      acceptDrift || (whole.has(foldName(broken.table)) && whole.has(foldName(broken.parent)));
    if (!isAccepted && broken.violations > allowed)
      return { check: 'foreign-keys', key, broken, comesBack: isAsked };
  }
  return null;
}

/** The foreign keys that more rows violate after a restore than before, accepted or not. */
export function findOrphans(
  before: Integrity,
  after: Integrity,
  touched: ReadonlySet<string>,
): readonly Orphans[] {
  return [...after.foreignKeys].flatMap(([key, { table, parent, violations }]) => {
    const rows = violations - (before.foreignKeys.get(key)?.violations ?? 0);
    return rows > 0 ? [{ table, parent, rows, comesBack: touched.has(foldName(table)) }] : [];
  });
}
