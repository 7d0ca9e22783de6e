import type { Profile } from '../host/profile.ts';
import { type EventColumns, joinColumns } from '../log/event-columns.ts';
import { columnSource } from '../log/flags.ts';
import { foldName } from '../sqlite/names.ts';
import { STAGE_SCHEMA } from './layout.ts';
import { columnInStage, type StagedTable } from './staged-table.ts';

/** A staged log in SQL: its alias, and the name under which its stage is attached, if not the usual one. */
type Named = { readonly alias: string; readonly schemaName?: string };

/** The columns of a staged log. Of a second table that the stage cannot search by its key, nothing is read. */
export function stagedEventColumns(
  profile: Profile,
  log: StagedTable,
  { alias, schemaName = log.schemaName ?? STAGE_SCHEMA }: Named,
): EventColumns {
  const own = { names: log.columns, sqlOf: sourceIn(log, (column) => `${alias}.${column}`) };
  return joinColumns(profile, own, (table) => {
    const second = log.second?.find(({ live }) => foldName(live.name) === foldName(table));
    const isIndexed = second?.live.key.length === 1 && second.columns.includes(second.live.key[0] ?? '');
    if (second === undefined || !isIndexed) return null;
    const source = sourceIn(second, (column) => column);
    const nameOf = (column: string) => (source(column) === 'NULL' ? null : source(column));
    return { from: `${schemaName}.${second.name}`, sqlOf: nameOf };
  });
}

function sourceIn(staged: StagedTable, sqlOf: (column: string) => string): (column: string) => string {
  return columnSource(staged.columns, (name) => sqlOf(columnInStage(staged, staged.columns.indexOf(name))));
}
