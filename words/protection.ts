import type { ProtectionLook } from '../src/model/protection.ts';
import type { Rules } from '../src/model/rules.ts';
import { formatMoment } from './moments.ts';
import { formatSeconds } from './numbers.ts';
import { count } from './plurals.ts';

/** What may be allowed, as it is asked. */
export const TAKE = 'Take a checkpoint when one is due while Snapback is open';
export const TIDY = 'Tidy up by the chat app’s rules while Snapback is open';

/** When a checkpoint is due. */
export function takeWords({ periodic }: Rules): string {
  return `One is due after ${count(periodic.everyEvents, 'event')} or ${formatSeconds(periodic.everySeconds)}. None is taken while the chat app is writing.`;
}

/** What is moved to the trash, and what never is. */
export function tidyWords({ periodic, rewind }: Rules): string {
  return `The newest ${periodic.keep} checkpoints stay, and snapshots from before a rewind stay for ${count(rewind.keepDays, 'day')}. Older ones are moved to the trash, from which you can put them back. Nothing is deleted, and a snapshot that alone would bring something back stays.`;
}

/** How the newest look ended; null: nothing was looked at yet. */
export function lookWords(last: ProtectionLook | null, now: Date): string {
  if (last === null) return 'Nothing has been done automatically yet.';
  const done = [
    ...(last.taken ? ['a checkpoint was taken'] : []),
    ...(last.moved > 0 ? [`${count(last.moved, 'snapshot')} moved to the trash`] : []),
  ];
  const what = last.busy
    ? 'the chat app or another Snapback was busy, so Snapback will try again soon'
    : done.length > 0
      ? done.join(', ')
      : last.notes.length > 0
        ? 'it was not possible'
        : 'nothing was due';
  return `Last checked ${formatMoment(last.at, now, 'seconds')}: ${what}.`;
}
