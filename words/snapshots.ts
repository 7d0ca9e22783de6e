import type { Diff } from '../src/model/diff.ts';
import type { Rules } from '../src/model/rules.ts';
import type { SnapshotSummary } from '../src/model/snapshots.ts';
import { formatRest } from './ages.ts';
import { countWritten, writtenEvents } from './events.ts';
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
  if (isUnwell(snapshot)) return { text: healthWords(snapshot.health), tone: 'bad' };
  if (snapshot.lineage === 'other') return { text: 'separate history', tone: 'plain' };
  const { goesAt } = snapshot.retention;
  if (goesAt !== null && isSoon(snapshot.retention, now))
    return { text: `removed ${formatRest(new Date(goesAt).getTime() - now.getTime())}`, tone: 'soon' };
  return null;
}

/** Whether nothing can be done with it. */
function isUnwell({ health }: Pick<ListedSnapshot, 'health'>): boolean {
  return health === 'damaged' || health === 'unreadable';
}

/** What a line of the list is told against. */
export type ListFacts = {
  readonly lastEventId: bigint;
  /** Where it is not null there is no database that a snapshot could be told against. */
  readonly databaseProblem: unknown;
  readonly rules: Rules;
};

/** The line below: how it compares with now, its size, and what keeps it or takes it. */
export function detailWords(
  snapshot: ListedSnapshot,
  { lastEventId, databaseProblem, rules }: ListFacts,
  now: Date,
): string {
  if (isUnwell(snapshot)) return snapshot.healthDetail ?? 'It can’t be read.';
  return [
    snapshot.undoes !== null
      ? undoesWords(snapshot, now)
      : databaseProblem === null
        ? againstWords(snapshot, lastEventId)
        : '',
    formatBytes(snapshot.sizeBytes),
    shortRetention(snapshot.retention, rules, now),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** Told by the last event alone: whether messages came away in between only a comparison can tell. */
function againstWords(snapshot: ListedSnapshot, lastEventId: bigint): string {
  if (snapshot.lastEventId === null || snapshot.lineage === 'other') return '';
  const since = lastEventId - snapshot.lastEventId;
  if (since === 0n) return 'nothing newer since';
  return since > 0n ? `${count(since, 'event')} since` : `holds ${count(-since, 'event')} you no longer have`;
}

/** For a safety copy: the state before what it can take back. It is made right before that. */
function undoesWords({ undoes, takenAt }: ListedSnapshot, now: Date): string {
  if (undoes === null) return '';
  const time = formatShort(takenAt, now);
  return time.includes(' ')
    ? `the state before the ${undoes.action} of ${time}`
    : `the state before the ${time} ${undoes.action}`;
}

/** Whether the file was read to its end and is as it was written. */
export function healthWords(health: SnapshotSummary['health']): string {
  switch (health) {
    case 'good':
      return 'intact';
    case 'unchecked':
      return 'not checked yet';
    case 'damaged':
    case 'unreadable':
      return health;
  }
}

/** For a snapshot whose events are not a part of the database's, nor the other way round. Null: they are. */
export function lineageWords({ lineage, newerEvents }: Pick<Diff, 'lineage' | 'newerEvents'>): string | null {
  if (lineage === 'same') return null;
  const replaced = newerEvents.filter((group) => writtenEvents(group) > 0);
  const loss = replaced.length === 0 ? '' : ` Restoring replaces ${countWritten(replaced)}.`;
  return `This snapshot and your database went separate ways.${loss}`;
}
