import { basename } from 'node:path';
import { fileNameOf } from '../../words/backups.ts';
import { formatTimestamp } from '../../words/moments.ts';
import { formatBytes, formatNumber } from '../../words/numbers.ts';
import { choose, count } from '../../words/plurals.ts';
import { reasonWords, stayWords } from '../../words/prune.ts';
import { spaceParts, spaceWords, suggestionReason, suggestionWords } from '../../words/space.ts';
import type {
  EmptiedTrash,
  PrunePlan,
  PruneReceipt,
  SpaceUse,
  TrashedPrune,
  TrashSummary,
} from '../model/prune.ts';
import type { Rules } from '../model/rules.ts';
import type { KeptSnapshot } from '../model/snapshots.ts';
import { alignTable, fold, left, right, toPrintable } from './text.ts';

/* What the commands that tidy up would do or have done, as text for people: one string per line. */

/** `warnings`: what would be lost for good with them. */
export function describePrunePlan(plan: PrunePlan, warnings: readonly string[]): readonly string[] {
  const goes = plan.goes.map(({ id, takenAt, sizeBytes, reason }) => [
    id,
    formatTimestamp(takenAt),
    formatBytes(sizeBytes),
    reasonWords(reason),
  ]);
  const columns = [left('To the trash'), left('Taken'), right('Size'), left('Why')];
  return [
    ...(goes.length === 0 ? ['Nothing to remove.'] : alignTable(columns, goes)),
    ...plan.stays.map(({ id, reason }) => toPrintable(`${id} stays: ${stayWords(reason)}`)),
    ...(goes.length === 0
      ? []
      : [
          '',
          `${count(goes.length, 'snapshot')}, ${formatBytes(plan.bytes)}. Plan ${plan.planId}`,
          ...warnings.map(toPrintable),
          warnings.length === 0 ? 'Add --yes to do it.' : 'Add --yes --only-copies to do it all the same.',
        ]),
  ];
}

export function describePruned({ moved, bytes, trashFolder, notes }: PruneReceipt): readonly string[] {
  return [
    `Moved ${count(moved.length, 'snapshot')} (${formatBytes(bytes)}) to ${toPrintable(trashFolder)}`,
    `“snapback trash put-back ${toPrintable(basename(trashFolder))}” brings ${choose(moved.length, 'it', 'them')} back; “snapback trash empty” frees the space.`,
    ...notes.map(toPrintable),
  ];
}

export function describeTrashList(prunes: readonly TrashedPrune[]): readonly string[] {
  if (prunes.length === 0) return ['Nothing in the trash can be put back.'];
  const columns = [left('In the trash'), left('Moved'), left('Snapshot'), right('Size')];
  const [head = '', ...rows] = alignTable(
    columns,
    prunes.flatMap(({ trashName, prunedAt, snapshots }) =>
      snapshots.map(({ id, sizeBytes }, index) => [
        ...(index === 0 ? [trashName, formatTimestamp(prunedAt)] : ['', '']),
        id,
        formatBytes(sizeBytes),
      ]),
    ),
  );
  return [
    head,
    ...fold(rows, (rest) => `and ${count(rest, 'more snapshot')}; --json lists all`),
    '',
    '“snapback trash put-back NAME” puts back all of one prune, “… NAME ID” one snapshot.',
  ];
}

export function describeKept({ id, name, note, from, already }: KeptSnapshot): readonly string[] {
  const label = [name, note].filter((text) => text !== null).map((text) => `  ${toPrintable(text)}`);
  return [
    already
      ? `It is kept already: ${id}`
      : `Kept: ${id}, whatever happens to ${toPrintable(fileNameOf(from) ?? from)}`,
    ...label,
    `“snapback prune ${id} --yes” moves it to the trash.`,
  ];
}

export function describeSpaceUse(space: SpaceUse, rules: Rules): readonly string[] {
  const rows = spaceParts(space).map(({ name, snapshots, bytes }) => [
    name,
    formatNumber(snapshots),
    formatBytes(bytes),
  ]);
  const columns = [left('Kind'), right('Snapshots'), right('Size')];
  return [
    ...(rows.length === 0 ? [] : alignTable(columns, rows)),
    spaceWords(space),
    ...describeSuggestion(space.suggestion, rules),
  ];
}

function describeSuggestion(suggestion: SpaceUse['suggestion'], rules: Rules): readonly string[] {
  if (suggestion === null) return [];
  const { policy } = suggestion;
  const rule = policy.by === 'count' ? `--keep ${policy.keep}` : `--older-than ${policy.olderThanDays}`;
  return [
    `${suggestionWords(suggestion)} could go. ${suggestionReason(suggestion, rules)}`,
    `“snapback prune --kind ${policy.kind} ${rule}” shows which; “snapback trash empty” then frees the space.`,
  ];
}

/** `warnings`: as in `describePrunePlan`. */
export function describeTrashSummary(
  { files, bytes, freesBytes, others, otherNames }: TrashSummary,
  emptied: EmptiedTrash | null,
  warnings: readonly string[] = [],
): readonly string[] {
  const left =
    others === 0
      ? []
      : [
          `${count(others, 'folder')} in the trash with something else in it: that stays.`,
          ...otherNames.map((name) => `  snapback/trash/${toPrintable(name)}`),
          'Look into it. Copy what you want to keep into “snapshots/KIND”, then delete the folder by hand.',
        ];
  if (files === 0)
    return [others === 0 ? 'The trash is empty.' : 'No pruned snapshot is in the trash.', ...left];
  const size = `${count(files, 'file')}, ${formatBytes(bytes)}`;
  // What is kept as well still takes its space.
  const freed = freesBytes === bytes ? '' : `, which frees ${formatBytes(freesBytes)}`;
  return emptied !== null
    ? [`Deleted for good: ${size}${freed}`, ...emptied.notes.map(toPrintable), ...left]
    : [
        `In the trash: ${size}`,
        ...left,
        ...warnings.map(toPrintable),
        warnings.length === 0
          ? `Add --yes to delete them for good${freed}.`
          : `Add --yes --only-copies to delete them for good all the same${freed}.`,
      ];
}
