import type { Retention } from '../src/model/snapshots.ts';
import { formatAge } from './ages.ts';
import { formatDay, formatMoment } from './moments.ts';

const SOON_MS = 3 * 24 * 60 * 60 * 1000;

/** Whether an age rule takes it within the next three days. */
export function isSoon({ reason, goesAt }: Retention, now: Date): boolean {
  if (reason !== 'within-age' || goesAt === null) return false;
  const left = new Date(goesAt).getTime() - now.getTime();
  return left > 0 && left < SOON_MS;
}

/** What keeps it or takes it, in a few words; empty where there is nothing to say. */
export function shortRetention(retention: Retention, now: Date): string {
  const { status, reason, goesAt } = retention;
  if (reason === 'needed-by-undo') return 'Undo needs it';
  if (reason === 'needed-at-next-start') return 'the next start needs it';
  if (status === 'goes-next') return 'goes at the next checkpoint';
  if (status === 'due') return reason === 'age-passed' ? 'past its time' : 'no longer among the newest';
  if (status === 'offered') return 'past its time, may be pruned';
  if (goesAt !== null && reason === 'safety-copy') return `kept until ${formatDay(goesAt, now)} at least`;
  if (goesAt === null || isSoon(retention, now)) return '';
  return `kept until ${formatDay(goesAt, now)}`;
}

/** The whole reason, for the snapshot's own page. */
export function retentionWords(retention: Retention, now: Date): string {
  const { reason, goesAt, rank, keep, status } = retention;
  switch (reason) {
    case 'needed-by-undo':
      return 'Kept: Undo of the newest restore needs it.';
    case 'needed-at-next-start':
      return 'Kept: the chat app’s next start needs it. An older one would bring back what the restore undid.';
    case 'safety-copy':
      return goesAt === null
        ? 'Kept: safety copies only go when you choose so.'
        : `Kept until ${formatMoment(goesAt, now)} at least: safety copies only go when you choose so.`;
    case 'safety-copy-passed':
      return `May go when you choose so: it is beyond the newest ${keep ?? '?'} safety copies and past its time.`;
    case 'among-newest':
      return `Kept: number ${rank ?? '?'} of the newest ${keep ?? '?'}.${status === 'goes-next' ? ' The next checkpoint takes it.' : ''}`;
    case 'beyond-newest':
      return `No longer among the newest ${keep ?? '?'}: the next checkpoint takes it.`;
    case 'within-age':
      return goesAt === null ? 'Kept for now.' : `Kept until ${formatMoment(goesAt, now)}, then it may go.`;
    case 'age-passed':
      return goesAt === null ? 'Past its time.' : `Its time ended ${formatAge(goesAt, now)}; it may go.`;
    case 'no-rule':
      return 'Kept: no rule applies to this kind.';
  }
}
