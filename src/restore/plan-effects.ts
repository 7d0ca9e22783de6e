import type { RestorePlan } from '../model/restore.ts';
import { foldName } from '../sqlite/names.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { IndexState } from '../write/search-index.ts';
import type { SideEffects } from '../write/side-effects.ts';
import type { WrittenEffects } from '../write/write-tables.ts';

/** Everything that holds data and that the plan neither writes nor keeps in step. */
export function findBystanders(
  schema: Schema,
  written: ReadonlySet<string>,
  { searchIndexes }: SideEffects,
): readonly string[] {
  const keptUp = new Set(searchIndexes.map(({ name }) => name));
  return [
    ...[...schema.tables.values()]
      .filter(({ kind }) => kind === 'table')
      .map(({ name }) => name)
      .filter((name) => !written.has(foldName(name))),
    ...schema.virtualTables
      .map(({ name }) => name)
      .filter((name) => !keptUp.has(name) && !written.has(foldName(name))),
  ];
}

/** What a plan says about triggers and search indexes. An index that is not in `indexes` counts as unchecked. */
export function describeEffects(
  { keptTriggers, setAsideTriggers, searchIndexes }: WrittenEffects | SideEffects,
  indexes: ReadonlyMap<string, IndexState>,
): Pick<RestorePlan, 'triggers' | 'searchIndexes'> {
  const as = (handling: RestorePlan['triggers'][number]['handling'], triggers: SideEffects['keptTriggers']) =>
    triggers
      .map(({ object: { name, table } }) => ({ name, table, handling }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    triggers: [...as('kept', keptTriggers), ...as('set-aside', setAsideTriggers)],
    searchIndexes: searchIndexes.map(({ name, handling }) => ({
      name,
      handling,
      before: indexes.get(name) ?? 'unchecked',
    })),
  };
}
