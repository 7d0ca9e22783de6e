import type { SpaceUse, TrashSummary } from '../src/model/prune.ts';
import type { Rules } from '../src/model/rules.ts';
import { kindWords } from './kinds.ts';
import { formatBytes } from './numbers.ts';
import { choose, count } from './plurals.ts';
import type { ListedSnapshot } from './snapshots.ts';

type Suggestion = NonNullable<SpaceUse['suggestion']>;

/** A part of the space: `Checkpoints`, `Kept`, `In the trash`. */
export type SpacePart = {
  readonly key: string;
  readonly name: string;
  readonly snapshots: number;
  readonly bytes: number;
};

/** All parts that hold a snapshot, the largest first, and the trash last. */
export function spaceParts({ kinds, trash }: SpaceUse): readonly SpacePart[] {
  const parts = kinds.map(({ kind, ...taken }) => ({ key: kind, name: kindWords(kind).many, ...taken }));
  return trash.snapshots === 0 ? parts : [...parts, { key: 'trash', name: 'In the trash', ...trash }];
}

/** What snapshots and trash take together. What is kept of a snapshot that is still there takes nothing more. */
export function takenBytes(snapshots: readonly ListedSnapshot[], { freesBytes }: TrashSummary): number {
  const ids = new Set(snapshots.map(({ id }) => id));
  const alone = snapshots.filter(({ kept }) => kept === null || !ids.has(kept.from));
  return alone.reduce((sum, { sizeBytes }) => sum + sizeBytes, freesBytes);
}

/** `Snapshots take 48 MB.` */
export function spaceWords({ totalBytes }: SpaceUse): string {
  return `Snapshots take ${formatBytes(totalBytes)}.`;
}

/** What a rule would move: `142 old checkpoints, 84 MB`. */
export function suggestionWords({ policy, snapshots, bytes }: Suggestion): string {
  return `${count(snapshots, ...nounsOf(policy.kind))}, ${formatBytes(bytes)}`;
}

/** Why they may go: `older than 14 days`, `all but the newest 5`. */
export function suggestionReason({ policy, snapshots }: Suggestion, rules: Rules): string {
  if (policy.by === 'age')
    return `${choose(snapshots, 'It is', 'They are')} older than ${count(policy.olderThanDays, 'day')}.`;
  const newest = count(policy.keep, 'newest one', 'newest');
  return policy.kind === 'periodic' && policy.keep === rules.periodic.keep
    ? `The chat app itself keeps only the ${newest}.`
    : `The ${newest} stay.`;
}

function nounsOf(kind: string): readonly [one: string, many: string] {
  switch (kind) {
    case 'periodic':
      return ['old checkpoint', 'old checkpoints'];
    case 'rewind':
      return ['old snapshot from before a rewind', 'old snapshots from before rewinds'];
    case 'restore':
      return ['old safety copy', 'old safety copies'];
    default:
      return ['old snapshot', 'old snapshots'];
  }
}
