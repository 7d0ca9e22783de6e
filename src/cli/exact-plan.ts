import { type CopyPlan, type RestorePlan, type RowName, toExactJson } from '../index.ts';

/** A plan for `printJson`: the keys of rows as in all of the command line’s JSON, without any loss. */
export function toExactPlan(plan: RestorePlan | CopyPlan) {
  const name = ({ table, key }: RowName) => ({ table, key: key.map(toExactJson) });
  const reason = <T extends RowName & { readonly because: RowName | null }>(row: T) => ({
    ...name(row),
    because: row.because === null ? null : name(row.because),
  });
  return { ...plan, pulled: plan.pulled.map(reason), staying: plan.staying.map(reason) };
}
