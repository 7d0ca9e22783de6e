import type { SnapshotSummary } from '../src/model/snapshots.ts';
import { formatRest } from './ages.ts';
import { kindWords } from './kinds.ts';
import { type Exactness, formatMoment, formatShort } from './moments.ts';
import { formatBytes } from './numbers.ts';
import { count } from './plurals.ts';
import { isSoon, shortRetention } from './retention.ts';

/** A summary as the window knows it: without a path. */
export type ListedSnapshot = Omit<SnapshotSummary, 'file'>;

/** `Before the rewind, today 14:03`; with seconds where several are listed, of which two may be of one minute. */
export function titleWords(
  snapshot: Pick<ListedSnapshot, 'kind' | 'takenAt'>,
  now: Date,
  exact: Exactness = 'minutes',
): string {
  return `${kindWords(snapshot.kind).one}, ${formatMoment(snapshot.takenAt, now, exact)}`;
}

export type Tag = { readonly text: string; readonly tone: 'bad' | 'soon' | 'plain' };

/** What is marked on a snapshot's line; at most one thing, the gravest. Null: its age stands there. */
export function tagOf(snapshot: ListedSnapshot, now: Date): Tag | null {
  if (snapshot.health === 'damaged' || snapshot.health === 'unreadable')
    return { text: snapshot.health, tone: 'bad' };
  if (snapshot.lineage === 'other') return { text: 'other timeline', tone: 'plain' };
  const { goesAt } = snapshot.retention;
  if (goesAt !== null && isSoon(snapshot.retention, now))
    return {
      text: `goes ${formatRest(new Date(goesAt).getTime() - now.getTime())}`,
      tone: 'soon',
    };
  return null;
}

/** The line below: how it lies against now, its size, and what keeps it or takes it. */
export function detailWords(snapshot: ListedSnapshot, lastEventId: bigint, now: Date): string {
  if (snapshot.health === 'damaged' || snapshot.health === 'unreadable')
    return snapshot.healthDetail ?? 'it can’t be read';
  return [
    snapshot.undoes === null ? againstWords(snapshot, lastEventId) : undoesWords(snapshot, now),
    formatBytes(snapshot.sizeBytes),
    shortRetention(snapshot.retention, now),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function againstWords(snapshot: ListedSnapshot, lastEventId: bigint): string {
  if (snapshot.lastEventId === null || snapshot.lineage === 'other') return '';
  const since = lastEventId - snapshot.lastEventId;
  if (since === 0n) return 'no event since';
  return since > 0n ? `${count(since, 'event')} since` : `${count(-since, 'event')} ahead of now`;
}

/** For a safety copy: which restore it takes back. */
function undoesWords({ undoes }: ListedSnapshot, now: Date): string {
  if (undoes === null) return '';
  const from = idTime(undoes.snapshotId);
  const what = undoes.action === 'undo' ? 'undo' : 'restore';
  return from === null ? `takes back a ${what}` : `takes back the ${what} from ${formatShort(from, now)}`;
}

/** The moment that a snapshot's name states, as ISO 8601. */
function idTime(id: string): string | null {
  const match = /\/(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z/.exec(id);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

/** Whether the file was read to its end. */
export function healthWords(snapshot: ListedSnapshot): string {
  switch (snapshot.health) {
    case 'good':
      return 'whole';
    case 'unchecked':
      return 'not read to its end yet';
    case 'damaged':
    case 'unreadable':
      return snapshot.health;
  }
}
