import type { Stage } from '../stage/stage.ts';
import { columnInStage, type StagedTable } from '../stage/staged-table.ts';
import { isReference } from './cell-texts.ts';

/**
 * The key of a table that nobody declares, because its database is gone: as many of its first columns as it takes to tell
 * all its rows in this snapshot apart. Only columns count that are named as references, and that hold no NULL. Empty where
 * they do not suffice.
 */
export function findOwnKey({ db }: Pick<Stage, 'db'>, staged: StagedTable): readonly string[] {
  const { name, columns } = staged;
  const end = columns.findIndex((column) => !isReference(column));
  const leading = columns.slice(0, end === -1 ? columns.length : end);
  for (let length = 1; length <= leading.length; length += 1) {
    const values = leading.slice(0, length).map((_, place) => columnInStage(staged, place));
    const parts = values.flatMap((value) => [`typeof(${value})`, value]).join(', ');
    const has = (sql: string) => db.prepare(`${sql} LIMIT 1`).get() !== undefined;
    if (has(`SELECT 1 FROM ${name} WHERE ${values.at(-1)} IS NULL`)) return [];
    if (!has(`SELECT 1 FROM ${name} GROUP BY ${parts} HAVING count(*) > 1`)) return leading.slice(0, length);
  }
  return [];
}
