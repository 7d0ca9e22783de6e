import type { ShownConflict } from '../src/model/conflicts.ts';
import type { CopyPlan, RestorePlan } from '../src/model/restore.ts';
import type { MergeSide } from '../src/model/selection.ts';
import type { SnapshotId } from '../src/model/snapshots.ts';
import { kindOf, kindWords } from './kinds.ts';
import { formatWhen } from './moments.ts';
import { formatNumber } from './numbers.ts';
import { choose, count } from './plurals.ts';
import { cellWords } from './rows.ts';
import { rowsWords } from './selected.ts';
import { decapitalize } from './sentences.ts';

/* What is said of a restore that merges the snapshot with what was written since. */

type MergePlan = Pick<
  RestorePlan | CopyPlan,
  'options' | 'refusals' | 'base' | 'otherBases' | 'conflicts' | 'conflictCount' | 'conflictsOpen'
>;

/** Two sentences: what comes back, as of a moment, and that the newer rows stay. Null: nothing is merged. */
export function mergedWords({ options }: Pick<MergePlan, 'options'>, moment: string): string | null {
  if (options.merge === undefined) return null;
  return `What was lost comes back as of ${moment}. What was written since stays.`;
}

/** What tells who changed a row, and the rows that both sides changed. */
export function mergeLines({ options, refusals, base, otherBases, ...found }: MergePlan): readonly string[] {
  if (options.merge === undefined) return [];
  const unread = refusals.flatMap(({ detail }) => (typeof detail.base === 'string' ? [detail.base] : []));
  if (unread.length > 0)
    return [
      ...unread.map((id) => `${id} could show who changed a row, but cannot be read.`),
      ...otherBases.map(({ snapshot }) => `${snapshot} can show who changed a row, if you choose it.`),
    ];
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
}: Omit<MergePlan, 'options' | 'refusals' | 'base' | 'otherBases'>): readonly string[] {
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

/* What the window says where versions are chosen. */

/** Whether the snapshot can be merged with what was written since. */
export function isMerged({ refusals }: Pick<RestorePlan, 'refusals'>): boolean {
  return !refusals.some(({ code }) => code === 'merge-refused');
}

/** What the two versions are called. */
export const SIDE_WORDS: { readonly [S in MergeSide]: string } = {
  mine: 'As it is now',
  theirs: 'As it was then',
};

/** What is said where one of them does not exist. */
export const NOT_THERE: { readonly [S in MergeSide]: string } = {
  mine: 'Not there now',
  theirs: 'Not there then',
};

/** The label of the confirming button as long as something is still to be chosen. */
export function chooseWords(open: number): string {
  return `Choose ${formatNumber(open)} more`;
}

/** `7 entries have two versions` */
export function conflictsTitle(rows: number): string {
  return `${count(rows, 'entry', 'entries')} ${choose(rows, 'has', 'have')} two versions`;
}

/** What tells who changed them. */
export function baseNote(base: MergePlan['base']): string {
  if (base === null)
    return 'Snapback can’t tell which side changed them: no snapshot shows how they were just after the rewind.';
  return base.inferred
    ? 'Both versions differ from the one at the message that the rewind went back to, as an earlier snapshot shows it.'
    : 'Both versions differ from the one just after the rewind.';
}

/**
 * The buttons that compare with another snapshot than the one that cannot be read, in the order of `bases`. No two are the
 * same: the time has seconds, as that of the one that cannot be read. Of several at the same second, those of another kind are
 * told by it, and those of the same kind by their order.
 */
export function compareWithWords(bases: MergePlan['otherBases'], now: Date): readonly string[] {
  const perMoment = Map.groupBy(bases, ({ takenAt }) => takenAt);
  return bases.map(({ snapshot, takenAt, inferred }) => {
    const words = `Compare with what was there ${formatWhen(takenAt, now, 'full', 'seconds')}`;
    const same = (perMoment.get(takenAt) ?? []).map((base) => base.snapshot);
    return `${words}${inferred ? ', before the rewind' : ''}${tellApart(snapshot, same)}`;
  });
}

/** ` (checkpoint)`, ` (the earlier of two)`, ` (checkpoint, 2 of 3)`: which one of those of the same moment; nothing for the only one. */
function tellApart(snapshot: SnapshotId, same: readonly SnapshotId[]): string {
  const kind = kindOf(snapshot);
  // The name of a later one only has something behind that of the earlier one.
  const alike = same.filter((other) => kindOf(other) === kind).toSorted();
  const place = alike.indexOf(snapshot);
  const order =
    alike.length === 2
      ? [`the ${place === 0 ? 'earlier' : 'later'} of two`]
      : alike.length > 2
        ? [`${formatNumber(place + 1)} of ${formatNumber(alike.length)}`]
        : [];
  const parts = [...(alike.length === same.length ? [] : [decapitalize(kindWords(kind).one)]), ...order];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** How many are still to be chosen. */
export function openLine(open: number): string {
  return open === 0 ? 'All are chosen.' : `${formatNumber(open)} still to choose.`;
}

/** `1–5 of 20` */
export function pageWords({
  from,
  to,
  of,
}: {
  readonly from: number;
  readonly to: number;
  readonly of: number;
}): string {
  return `${formatNumber(from)}–${formatNumber(to)} of ${formatNumber(of)}`;
}

/** What a row is called: its key. */
export function conflictName({ columns, mine, theirs }: ShownConflict): string {
  const cells = (theirs ?? mine)?.cells ?? [];
  return columns
    .flatMap(({ isKey }, index) => {
      const cell = cells[index];
      return isKey && cell !== undefined ? [cellWords(cell)] : [];
    })
    .join(' · ');
}

/** Where it differs in more than is shown. */
export function moreColumnsWords({ moreColumns }: Pick<ShownConflict, 'moreColumns'>): string {
  return `${count(moreColumns, 'more value')} ${choose(moreColumns, 'differs', 'differ')}.`;
}
