import type { TableDiff } from '../model/diff.ts';
import { SnapbackError } from '../model/errors.ts';
import type { RestoreMode } from '../model/restore.ts';
import { foldName } from '../sqlite/names.ts';

/** Refuses a choice that would do nothing: only a table that the snapshot has as an empty list can be emptied. @throws `usage` */
export function requireClearable(name: string, tables: readonly TableDiff[], mode: RestoreMode): void {
  const table = tables.find((one) => foldName(one.name) === foldName(name));
  const refuse = (sentence: string) => new SnapbackError('usage', sentence, { table: name });
  const only = 'Only a table that the snapshot has as an empty list can be emptied.';
  if (table === undefined || ['missing-live', 'derived', 'unreadable'].includes(table.state))
    throw refuse(`There is no table “${name}” that could be emptied.`);
  if (table.state === 'not-in-snapshot')
    throw refuse(`The snapshot does not name the table “${table.name}”. ${only}`);
  if (table.snapshotRows > 0) throw refuse(`The snapshot has rows of the table “${table.name}”. ${only}`);
  if (table.role === 'log' && mode !== 'full')
    throw refuse(
      'The event log stays as it is when only the other tables are restored: choose a full restore.',
    );
}
