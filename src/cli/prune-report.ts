import { formatTimestamp } from '../../words/moments.ts';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import type { PrunePlan, PruneReceipt, TrashSummary } from '../model/prune.ts';
import { alignTable, type Column, toPrintable } from './text.ts';

/** Words for people: what the commands that tidy up would do or have done. One string per line. */

export function describePrunePlan(plan: PrunePlan): readonly string[] {
  const goes = plan.goes.map(({ id, takenAt, sizeBytes, reason }) => [
    id,
    formatTimestamp(takenAt),
    formatBytes(sizeBytes),
    reason.replaceAll('-', ' '),
  ]);
  const columns: readonly Column[] = [
    { title: 'Goes to the trash', align: 'left' },
    { title: 'Taken', align: 'left' },
    { title: 'Size', align: 'right' },
    { title: 'Why', align: 'left' },
  ];
  return [
    ...(goes.length === 0 ? ['Nothing would go.'] : alignTable(columns, goes)),
    ...plan.stays.map(({ id, reason }) => toPrintable(`${id} stays: ${reason.replaceAll('-', ' ')}`)),
    ...(goes.length === 0
      ? []
      : [
          '',
          `${count(goes.length, 'snapshot')}, ${formatBytes(plan.bytes)}. Plan ${plan.planId}`,
          'Add --yes to do it.',
        ]),
  ];
}

export function describePruned({ moved, bytes, trashFolder }: PruneReceipt): readonly string[] {
  return [
    `Moved ${count(moved.length, 'snapshot')} (${formatBytes(bytes)}) to ${toPrintable(trashFolder)}`,
    'The space is freed by empty-trash.',
  ];
}

export function describeTrashSummary(
  { files, bytes, others }: TrashSummary,
  emptied: boolean,
): readonly string[] {
  const left =
    others === 0
      ? []
      : [
          `${count(others, 'folder')} of the trash with something in it that no prune's list names: that stays.`,
        ];
  if (files === 0)
    return [others === 0 ? 'The trash is empty.' : 'No pruned snapshot is in the trash.', ...left];
  const size = `${count(files, 'file')}, ${formatBytes(bytes)}`;
  return emptied
    ? [`Deleted for good: ${size}`, ...left]
    : [`In the trash: ${size}`, ...left, 'Add --yes to delete them for good.'];
}
