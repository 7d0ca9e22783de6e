import type { CopyPlan, RestorePlan } from '../src/model/restore.ts';
import { formatNumber } from './numbers.ts';
import { choose, count } from './plurals.ts';
import { rowsWords } from './selected.ts';

/* What is said of a restore that merges the snapshot with what was written since. */

type MergePlan = Pick<
  RestorePlan | CopyPlan,
  'options' | 'base' | 'conflicts' | 'conflictCount' | 'conflictsOpen'
>;

/** Two sentences: what comes back, as of a moment, and that the newer rows stay. Null: nothing is merged. */
export function mergedWords({ options }: Pick<MergePlan, 'options'>, moment: string): string | null {
  if (options.merge === undefined) return null;
  return `What was lost comes back as of ${moment}. What was written since stays.`;
}

/** What tells who changed a row, and the rows that both sides changed. */
export function mergeLines({ options, base, ...found }: MergePlan): readonly string[] {
  if (options.merge === undefined) return [];
  return [baseWords(base), ...conflictLines(found)];
}

function baseWords(base: MergePlan['base']): string {
  if (base === null)
    return 'No snapshot of the state just after the rewind was found, so nothing shows who changed a row that is different now. You choose.';
  return base.inferred
    ? `${base.snapshot} shows who changed a row. It was taken before the rewind, at the event that the rewind went back to, so this is inferred.`
    : `${base.snapshot}, the state just after the rewind, shows who changed a row.`;
}

function conflictLines({
  conflicts,
  conflictCount,
  conflictsOpen,
}: Omit<MergePlan, 'options' | 'base'>): readonly string[] {
  if (conflictCount === 0) return ['No row was changed on both sides.'];
  const taken = (take: 'mine' | 'theirs' | null) => conflicts.filter((one) => one.take === take);
  const lines = (start: string, take: 'mine' | 'theirs' | null) =>
    [...Map.groupBy(taken(take), ({ table }) => table)].map(
      ([table, rows]) => `${start}: ${rowsWords(table, rows)}.`,
    );
  const more = conflictCount - conflicts.length;
  return [
    `${count(conflictCount, 'row')} ${choose(conflictCount, 'has', 'have')} two versions${conflictsOpen === 0 ? '.' : `; ${formatNumber(conflictsOpen)} still to choose.`}`,
    ...lines('To choose', null),
    ...lines('Stays as it is now', 'mine'),
    ...lines('Becomes what it is in the snapshot', 'theirs'),
    ...(more === 0
      ? []
      : [`${count(more, 'other row')} with two versions ${choose(more, 'is', 'are')} not named here.`]),
  ];
}
