import { stat } from 'node:fs/promises';
import { type AnyDatabase, isCompileError } from './database.ts';

/** What SQLite's own checks say of a database, so that a restore can tell new damage from old. */
export type Integrity = {
  /** Lines of `integrity_check` (`quick_check` above 2 GB) other than `ok`; null where it could not run. */
  readonly damage: readonly string[] | null;
  /** Foreign key violations by `child table/parent table/key number`, with the child table; null where the check could not run. */
  readonly foreignKeys: ReadonlyMap<string, { readonly table: string; readonly violations: number }> | null;
  readonly quick: boolean;
};

const QUICK_ABOVE_BYTES = 2 * 2 ** 30;
const MOST_LINES = 200;

/** Runs SQLite's checks on `main`. Each is one statement that can't be interrupted. Reads only. */
export async function checkIntegrity(db: AnyDatabase): Promise<Integrity> {
  const quick = (await stat(db.name)).size > QUICK_ABOVE_BYTES;
  return {
    quick,
    damage: unlessImpossible(() =>
      db
        .prepare<[], string>(`PRAGMA main.${quick ? 'quick_check' : 'integrity_check'}(${MOST_LINES})`)
        .pluck()
        .all()
        .filter((line) => line !== 'ok'),
    ),
    foreignKeys: unlessImpossible(() => {
      const rows = db
        .prepare<[], { key: string; table: string; violations: number }>(
          `SELECT "table" || '/' || parent || '/' || fkid AS key, "table" AS "table", count(*) AS violations
             FROM pragma_foreign_key_check(NULL, 'main') GROUP BY "table", parent, fkid`,
        )
        .all();
      return new Map(rows.map(({ key, table, violations }) => [key, { table, violations }]));
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
  return (integrity.damage ?? []).filter((line) => !ofContents.test(line));
}

/** Total number of foreign key violations. */
export function countViolations(integrity: Integrity): number {
  return [...(integrity.foreignKeys?.values() ?? [])].reduce((sum, { violations }) => sum + violations, 0);
}

/**
 * What is worse after than before: new lines of damage, more violations of a foreign key. Empty where nothing is.
 * Violations by rows of the `expected` tables do not count: there the rows themselves were asked for.
 */
export function newDamage(
  before: Integrity,
  after: Integrity,
  expected: ReadonlySet<string>,
): readonly string[] {
  const known = new Set(before.damage ?? []);
  const lines = (after.damage ?? []).filter((line) => !known.has(line) && before.damage !== null);
  const keys = [...(after.foreignKeys ?? [])]
    .filter(
      ([key, { table, violations }]) =>
        before.foreignKeys !== null &&
        !expected.has(table) &&
        violations > (before.foreignKeys.get(key)?.violations ?? 0),
    )
    .map(([key]) => `foreign key ${key}`);
  return [...lines, ...keys];
}
