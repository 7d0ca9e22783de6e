import { type CopyPlan, type NamedValues, type RestorePlan, type RowName, toExactJson } from '../index.ts';

/** A plan for `printJson`: the keys of rows as in all of the command line’s JSON, without any loss. */
export function toExactPlan(plan: RestorePlan | CopyPlan) {
  const name = ({ table, key }: RowName) => ({ table, key: key.map(toExactJson) });
  const reason = <T extends RowName & { readonly because: RowName | null }>(row: T) => ({
    ...name(row),
    because: row.because === null ? null : name(row.because),
  });
  const values = (row: NamedValues | null) =>
    row === null ? null : new Map(row.map(([column, value]) => [column, toExactJson(value)]));
  const conflicts = plan.conflicts.map(({ base, mine, theirs, ...one }) => ({
    ...{ ...name(one), take: one.take },
    ...{ base: values(base), mine: values(mine), theirs: values(theirs) },
  }));
  return { ...plan, conflicts, pulled: plan.pulled.map(reason), staying: plan.staying.map(reason) };
}
