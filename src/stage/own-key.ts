import type { AnyDatabase } from '../sqlite/database.ts';
import { stageColumn } from './layout.ts';
import type { StagedTable } from './staged-table.ts';

/** Whether a column or field refers to something, told by its name. */
export function isReference(name: string): boolean {
  return /(?:^|_)id$|[a-z]Id$/i.test(name);
}

/** The rows of a table in a stage, which `db` opened itself. */
type OwnRows = { readonly db: AnyDatabase; readonly staged: StagedTable };

/**
 * The key of a table that nobody declares, because its database is gone: as many of its first columns as it takes to tell
 * all its rows apart, in each of the snapshots that are given. Only columns count that all of them have, that are named as
 * references, and that hold no NULL. Values are told apart as `sameKey` does. Empty where they do not suffice. `atLeast`: so many
 * columns are in it, because elsewhere it takes as many.
 */
export function findOwnKey(
  [first, ...others]: readonly [OwnRows, ...OwnRows[]],
  atLeast = 1,
): readonly string[] {
  const { columns } = first.staged;
  const end = columns.findIndex(
    (column) => !isReference(column) || others.some(({ staged }) => !staged.columns.includes(column)),
  );
  const leading = columns.slice(0, end === -1 ? columns.length : end);
  for (let length = 1; length <= leading.length; length += 1) {
    const key = leading.slice(0, length);
    const states = [first, ...others].map((rows) => stateOfKey(rows, key));
    if (states.includes('has NULL')) return [];
    if (length >= atLeast && states.every((state) => state === 'tells apart')) return key;
  }
  return [];
}

function stateOfKey({ db, staged }: OwnRows, key: readonly string[]): 'has NULL' | 'tells apart' | 'repeats' {
  const values = key.map((column) => stageColumn(staged.columns.indexOf(column)));
  const has = (condition: string) =>
    db.prepare(`SELECT 1 FROM ${staged.name} ${condition} LIMIT 1`).get() !== undefined;
  // Those before the last one were asked when they were the last.
  if (has(`WHERE ${values.at(-1)} IS NULL`)) return 'has NULL';
  return has(`GROUP BY ${values.join(', ')} HAVING count(*) > 1`) ? 'repeats' : 'tells apart';
}
