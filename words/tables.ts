import type { TableDiff } from '../src/model/diff.ts';
import type { Rules } from '../src/model/rules.ts';
import { count } from './plurals.ts';

/** `19 memories`, or `4 entries in inbox` when the profile has no word for the table's rows. */
export function countRows(
  rows: number,
  table: Pick<TableDiff, 'name' | 'role'>,
  { nouns }: Pick<Rules, 'nouns'>,
): string {
  if (table.role === 'log') return count(rows, 'event');
  const noun = nouns.find((one) => one.table === table.name);
  return noun === undefined
    ? `${count(rows, 'entry', 'entries')} in ${table.name}`
    : count(rows, noun.one, noun.many);
}
