import type { Comparison } from '../compare/compare-table.ts';
import type { NotKeptUp } from '../model/restore.ts';
import { foldName } from '../sqlite/names.ts';
import type { Schema } from '../sqlite/schema.ts';
import { describeVirtualTable } from '../sqlite/virtual-table.ts';
import { columnsSetIn } from './kept-columns.ts';
import { describeTrigger, type Trigger } from './parse-schema.ts';
import type { SideEffects } from './side-effects.ts';

/**
 * What a restore leaves out of step. These are tables outside the plan to which the host's triggers would have written,
 * directly or through other tables and views, if the host had changed the rows; and virtual tables with data of their own
 * that nothing in the schema ties to any table. Search indexes that the plan deals with are not among them.
 */
export function findNotKeptUp(
  schema: Schema,
  comparisons: readonly Comparison[],
  { searchIndexes }: Pick<SideEffects, 'searchIndexes'>,
): readonly NotKeptUp[] {
  const changing = comparisons.filter(({ added, removed, changed }) => added + removed + changed > 0);
  if (changing.length === 0) return [];
  const dealtWith = new Set(
    [...comparisons.map(({ staged }) => staged.live.name), ...searchIndexes.map(({ name }) => name)].map(
      foldName,
    ),
  );
  const all = schema.triggers.map(describeTrigger);
  const triggers = Map.groupBy(all, ({ object }) => foldName(object.table));
  const reached = new Map<string, Trigger[]>();
  const open = changing.flatMap((comparison) =>
    (triggers.get(foldName(comparison.staged.live.name)) ?? []).filter((trigger) =>
      wouldFire(trigger, comparison),
    ),
  );
  for (let trigger = open.shift(); trigger !== undefined; trigger = open.shift())
    for (const target of targetsOf(schema, trigger)) {
      if (dealtWith.has(target)) continue;
      const known = reached.get(target);
      if (known === undefined) open.push(...(triggers.get(target) ?? []));
      reached.set(target, [...(known ?? []), trigger]);
    }
  // What no trigger of a changed row reaches, and other triggers or a content table keep in step, is in step still.
  const tied = new Set(all.flatMap((trigger) => [...targetsOf(schema, trigger)]));
  const untied = new Set(
    schema.virtualTables
      .map(describeVirtualTable)
      .filter(({ name, contents }) => contents !== 'external' && !tied.has(foldName(name)))
      .map(({ name }) => name),
  );
  return schema.objects
    .filter(({ type, name }) => type === 'table' && !dealtWith.has(foldName(name)))
    .flatMap(({ name }) => {
      const by = reached.get(foldName(name)) ?? [];
      if (by.length === 0 && !(untied.has(name) && hasData(schema, name))) return [];
      const named = by.map(({ object }) => ({ trigger: object.name, table: object.table }));
      return [{ name, columns: columnsSetIn(name, by), by: named }];
    });
}

/** Whether the same change by the host would have fired the trigger. A changed row counts for every event: it may have been replaced. */
function wouldFire({ event }: Trigger, { added, removed, changed }: Comparison): boolean {
  const rows = { INSERT: added, DELETE: removed, UPDATE: 0 }[event] + changed;
  return rows > 0;
}

/** What a trigger writes to, by folded name. Where its text can be read in two ways, everything that it names. */
function targetsOf(schema: Schema, { head, statements, names }: Trigger): ReadonlySet<string> {
  if (head !== null)
    return new Set(statements.flatMap(({ target }) => (target === null ? [] : [foldName(target)])));
  const known = schema.objects.map(({ name }) => foldName(name));
  return new Set(known.filter((name) => names.has(name)));
}

/** A virtual table keeps its data in tables that are named after it. */
function hasData({ objects }: Schema, virtual: string): boolean {
  return objects.some(
    ({ type, name }) => type === 'table' && foldName(name).startsWith(`${foldName(virtual)}_`),
  );
}
