import type { ListedSnapshot } from '../../electron/contract.ts';
import { formatAge, formatDay, formatMoment, formatRest, formatShort } from '../words/time.ts';
import { count, formatBytes, kindWords } from '../words/words.ts';

const SOON_MS = 3 * 24 * 60 * 60 * 1000;
const KIND_ORDER = ['rewind', 'periodic', 'restore'];

export type Group = {
  readonly kind: string;
  readonly name: string;
  readonly snapshots: readonly ListedSnapshot[];
};

/** The list by kind: the known kinds first, others by name; within a kind the order it came in, newest first. */
export function groupByKind(snapshots: readonly ListedSnapshot[]): readonly Group[] {
  const rank = (kind: string) => {
    const at = KIND_ORDER.indexOf(kind);
    return at === -1 ? KIND_ORDER.length : at;
  };
  return [...Map.groupBy(snapshots, (snapshot) => snapshot.kind)]
    .map(([kind, list]) => ({ kind, name: kindWords(kind).many, snapshots: list }))
    .toSorted((a, b) => rank(a.kind) - rank(b.kind) || a.kind.localeCompare(b.kind));
}

/** The one that a person most likely looks for: the newest from before a rewind that can be read, else the newest at all. */
export function likelySnapshot(snapshots: readonly ListedSnapshot[]): ListedSnapshot | undefined {
  const readable = snapshots.filter((one) => one.health === 'good' || one.health === 'unchecked');
  const newest = (list: readonly ListedSnapshot[]) =>
    list.toSorted((a, b) => b.takenAt.localeCompare(a.takenAt))[0];
  return newest(readable.filter((one) => one.kind === 'rewind')) ?? newest(readable) ?? snapshots[0];
}

/** `Before the rewind, today 14:03`; with seconds where several are listed, of which two may be of one minute. */
export function titleWords(
  snapshot: Pick<ListedSnapshot, 'kind' | 'takenAt'>,
  now: Date,
  exact: 'minutes' | 'seconds' = 'minutes',
): string {
  return `${kindWords(snapshot.kind).one}, ${formatMoment(snapshot.takenAt, now, exact)}`;
}

export type Tag = { readonly text: string; readonly tone: 'bad' | 'soon' | 'plain' };

/** What is marked on a snapshot's line; at most one thing, the gravest. Null: its age stands there. */
export function tagOf(snapshot: ListedSnapshot, now: Date): Tag | null {
  if (snapshot.health === 'damaged' || snapshot.health === 'unreadable')
    return { text: snapshot.health, tone: 'bad' };
  if (snapshot.lineage === 'other') return { text: 'other timeline', tone: 'plain' };
  const { goesAt, reason } = snapshot.retention;
  if (reason === 'within-age' && goesAt !== null) {
    const left = new Date(goesAt).getTime() - now.getTime();
    if (left > 0 && left < SOON_MS) return { text: `goes in ${formatRest(left)}`, tone: 'soon' };
  }
  return null;
}

/** The line below: how it lies against now, its size, and what keeps it or takes it. */
export function detailWords(snapshot: ListedSnapshot, lastEventId: bigint, now: Date): string {
  if (snapshot.health === 'damaged' || snapshot.health === 'unreadable')
    return snapshot.healthDetail ?? 'it can’t be read';
  return [
    snapshot.undoes === null ? againstWords(snapshot, lastEventId) : undoesWords(snapshot, now),
    formatBytes(snapshot.sizeBytes),
    shortRetention(snapshot, now),
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

/** What keeps it or takes it, in a few words; empty where there is nothing to say. */
export function shortRetention(snapshot: ListedSnapshot, now: Date): string {
  const { status, reason, goesAt } = snapshot.retention;
  if (reason === 'needed-by-undo') return 'Undo needs it';
  if (reason === 'needed-at-next-start') return 'the next start needs it';
  if (status === 'goes-next') return 'goes at the next checkpoint';
  if (status === 'due') return reason === 'age-passed' ? 'past its time' : 'no longer among the newest';
  if (status === 'offered') return 'past its time, may be pruned';
  if (goesAt !== null && reason === 'safety-copy') return `kept until ${formatDay(goesAt, now)} at least`;
  if (goesAt === null || tagOf(snapshot, now)?.tone === 'soon') return '';
  return `kept until ${formatDay(goesAt, now)}`;
}

/** The whole reason, for the snapshot's own page. */
export function retentionWords(snapshot: ListedSnapshot, now: Date): string {
  const { reason, goesAt, rank, keep, status } = snapshot.retention;
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
