import type { Rules } from '../src/model/rules.ts';
import type { Retention } from '../src/model/snapshots.ts';
import { formatDay } from './moments.ts';
import { formatSeconds } from './numbers.ts';
import { count } from './plurals.ts';

const SOON_MS = 3 * 24 * 60 * 60 * 1000;

/** Whether an age rule removes the snapshot within the next three days. */
export function isSoon({ reason, goesAt }: Retention, now: Date): boolean {
  if (reason !== 'within-age' || goesAt === null) return false;
  const left = new Date(goesAt).getTime() - now.getTime();
  return left > 0 && left < SOON_MS;
}

/** Why the snapshot is kept or removed, in a few words. Empty when there is nothing to say. */
export function shortRetention(retention: Retention, rules: Rules, now: Date): string {
  const { status, reason, goesAt } = retention;
  if (reason === 'needed-by-undo') return 'needed for Undo';
  if (reason === 'needed-at-next-start') return 'used at the chat app’s next start';
  if (status === 'goes-next') return 'removed at the next checkpoint';
  if (status === 'due') return reason === 'age-passed' ? olderThanKept(rules) : 'due for removal';
  if (status === 'offered') return 'can be pruned';
  if (goesAt === null || isSoon(retention, now)) return '';
  return `kept until ${formatDay(goesAt, now)}${reason === 'safety-copy' ? ' at least' : ''}`;
}

function olderThanKept({ rewind }: Rules): string {
  return `older than ${count(rewind.keepDays, 'day')}`;
}

/** The full reason, for the snapshot's own page. */
export function retentionWords(
  { reason, goesAt, rank, keep, status }: Retention,
  rules: Rules,
  now: Date,
): string {
  switch (reason) {
    case 'needed-by-undo':
      return 'Needed for Undo of the last restore.';
    case 'needed-at-next-start':
      return 'Used at the chat app’s next start. An older one would bring back what the last restore removed.';
    case 'safety-copy':
      return goesAt === null
        ? 'Kept until you prune it.'
        : `Kept until ${formatDay(goesAt, now)} at least, then until you prune it.`;
    case 'safety-copy-passed':
      return `Kept until you prune it: there are ${keep ?? rules.restore.keep} newer safety copies, and it is older than ${count(rules.restore.keepDays, 'day')}.`;
    case 'among-newest':
      return status === 'goes-next'
        ? `Oldest of the ${keep ?? rules.periodic.keep} kept; removed at the next checkpoint (${nextCheckpoint(rules)}).`
        : `Number ${rank ?? '?'} of the newest ${keep ?? rules.periodic.keep}, which are kept.`;
    case 'beyond-newest':
      return `Not one of the newest ${keep ?? rules.periodic.keep}; removed at the next checkpoint (${nextCheckpoint(rules)}).`;
    case 'within-age':
      return goesAt === null ? 'Kept for now.' : `Kept until ${formatDay(goesAt, now)}.`;
    case 'age-passed':
      return `Due for removal: ${olderThanKept(rules)}.`;
    case 'kept-by-hand':
      return 'Kept until you move it to the trash.';
    case 'elsewhere':
      return 'It is outside the data folder, where nothing here removes it.';
    case 'no-rule':
      return 'Kept: no rule removes this kind.';
  }
}

/** When the chat app makes its next checkpoint: `within 100 events or 30 minutes`. */
function nextCheckpoint({ periodic }: Rules): string {
  return `within ${count(periodic.everyEvents, 'event')} or ${formatSeconds(periodic.everySeconds)}`;
}

/** When the chat app takes snapshots by itself. */
export function arrivalWords({ periodic }: Rules): string {
  return `The chat app makes one before each rewind, and a checkpoint every ${count(periodic.everyEvents, 'event')} or ${formatSeconds(periodic.everySeconds)}.`;
}
