import { stat } from 'node:fs/promises';
import { type AnyDatabase, isCompileError } from './database.ts';

/** Foreign keys of one table, of one definition, that point nowhere. */
export type BrokenKey = { readonly table: string; readonly parent: string; readonly violations: number };

/** What SQLite's own checks say of a database, so that a restore can tell new damage from old. */
export type Integrity = {
  /** Lines of `integrity_check` (`quick_check` above 2 GB) other than `ok`, each with how often it came; null where it could not run. */
  readonly damage: ReadonlyMap<string, number> | null;
  /** Foreign key violations by `child table/parent table/key number`; null where the check could not run. */
  readonly foreignKeys: ReadonlyMap<string, BrokenKey> | null;
  readonly quick: boolean;
};

/** What was wrong when a safety copy was taken, as it is noted there: lines of damage and foreign keys by name, and how often. */
export type KnownFaults = {
  readonly damage: readonly (readonly [line: string, times: number])[];
  readonly foreignKeys: readonly (readonly [key: string, times: number])[];
};

/** Something that is worse after than before. */
export type Fault =
  | { readonly check: 'integrity'; readonly line: string }
  | { readonly check: 'foreign-keys'; readonly key: string; readonly broken: BrokenKey };

const QUICK_ABOVE_BYTES = 2 * 2 ** 30;
/** A row each that breaks a CHECK is a line each: enough of them to count by. */
const MOST_LINES = 1_000_000;

/** Runs SQLite's checks on `main`. Each is one statement that can't be interrupted. Reads only. */
export async function checkIntegrity(db: AnyDatabase): Promise<Integrity> {
  const quick = (await stat(db.name)).size > QUICK_ABOVE_BYTES;
  return {
    quick,
    damage: unlessImpossible(() => {
      const check = `PRAGMA main.${quick ? 'quick_check' : 'integrity_check'}(${MOST_LINES})`;
      const lines = new Map<string, number>();
      for (const line of db.prepare<[], string>(check).pluck().iterate())
        if (line !== 'ok') lines.set(line, (lines.get(line) ?? 0) + 1);
      return lines;
    }),
    foreignKeys: unlessImpossible(() => {
      const rows = db
        .prepare<[], BrokenKey & { readonly key: string }>(
          `SELECT "table" || '/' || parent || '/' || fkid AS key, "table" AS "table", parent, count(*) AS violations
             FROM pragma_foreign_key_check(NULL, 'main') GROUP BY "table", parent, fkid`,
        )
        .all();
      return new Map(rows.map(({ key, ...broken }) => [key, broken]));
    }),
  };
}

/** A check that needs the host's functions, or meets a foreign key without a parent index, does not run: that is no verdict. */
function unlessImpossible<T>(check: () => T): T | null {
  try {
    return check();
  } catch (error) {
    if (isCompileError(error)) return null;
    throw error;
  }
}

/** Damage of trees or indexes, not of contents: writing into such a file could make it worse. */
export function structuralDamage(integrity: Integrity): readonly string[] {
  const ofContents =
    /^(?:NULL|TEXT|NUMERIC|INTEGER|REAL|BLOB|non-\w+) value in |^CHECK constraint failed in |^malformed inverted index for FTS\d? /;
  return describeDamage(integrity).filter((line) => !ofContents.test(line));
}

/** Whether a line of damage says that a row breaks a CHECK. */
export function isBrokenCheck(line: string): boolean {
  return line.startsWith('CHECK constraint failed in ');
}

/** Lines of damage, each once. */
export function describeDamage({ damage }: Integrity): readonly string[] {
  return [...(damage?.keys() ?? [])];
}

/** Total number of foreign key violations. */
export function countViolations({ foreignKeys }: Integrity): number {
  return [...(foreignKeys?.values() ?? [])].reduce((sum, { violations }) => sum + violations, 0);
}

/** What is wrong now, in the form in which a safety copy notes it. */
export function noteFaults({ damage, foreignKeys }: Integrity): KnownFaults {
  return {
    damage: [...(damage ?? [])],
    foreignKeys: [...(foreignKeys ?? [])].map(([key, { violations }]) => [key, violations] as const),
  };
}

/**
 * The first thing that is worse after than before: a line of damage that came more often, a foreign key that more rows
 * violate. Null where nothing is. Violations by rows of the `touched` tables do not count, for those rows themselves
 * were asked for; nor does what `known` says was so in the state that comes back.
 */
export function findNewFault(
  before: Integrity,
  after: Integrity,
  touched: ReadonlySet<string>,
  known: KnownFaults | null,
): Fault | null {
  const knownLines = new Map(known?.damage);
  const knownKeys = new Map(known?.foreignKeys);
  for (const [line, times] of before.damage === null ? [] : (after.damage ?? []))
    if (times > Math.max(before.damage?.get(line) ?? 0, knownLines.get(line) ?? 0))
      return { check: 'integrity', line };
  for (const [key, broken] of before.foreignKeys === null ? [] : (after.foreignKeys ?? [])) {
    const allowed = Math.max(before.foreignKeys?.get(key)?.violations ?? 0, knownKeys.get(key) ?? 0);
    if (!touched.has(broken.table) && broken.violations > allowed)
      return { check: 'foreign-keys', key, broken };
  }
  return null;
}
