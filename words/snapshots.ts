import type { Diff } from '../src/model/diff.ts';
import type { Rules } from '../src/model/rules.ts';
import type { SnapshotSummary } from '../src/model/snapshots.ts';
import { formatRest } from './ages.ts';
import { fileNameOf } from './backups.ts';
import { countWritten, writtenEvents } from './events.ts';
import { kindWords } from './kinds.ts';
import { type Exactness, formatMoment, formatShort } from './moments.ts';
import { count } from './plurals.ts';
import { isSoon } from './retention.ts';

/** A snapshot's summary without its path, which the window never gets. */
export type ListedSnapshot = Omit<SnapshotSummary, 'file'>;

/** `Before the rewind, today 14:03`. Use seconds in a list, where two snapshots may be from the same minute. */
export function titleWords(
  snapshot: Pick<ListedSnapshot, 'kind' | 'takenAt'> & { readonly id?: string },
  now: Date,
  exact: Exactness = 'minutes',
): string {
  const name = fileNameOf(snapshot.id ?? '') ?? kindWords(snapshot.kind).one;
  return `${name}, ${formatMoment(snapshot.takenAt, now, exact)}`;
}

/** The snapshot's file below the folder of snapshots, as in `restore/20260101T000000Z.db`. */
export function fileWords({ id, form }: Pick<ListedSnapshot, 'id' | 'form'>): string {
  return id + (form === 'database' ? '.db' : '.json');
}

/** `means`: what the mark leaves open; empty where it says all. */
export type Tag = { readonly text: string; readonly tone: 'bad' | 'soon' | 'plain'; readonly means: string };

/** What is said of a snapshot whose log and the database’s each hold what the other lacks. */
export const WENT_A_SEPARATE_WAY = 'went a separate way';

/** The most serious mark for a snapshot's line. Null: the line shows its age instead. */
export function tagOf(snapshot: ListedSnapshot, now: Date): Tag | null {
  if (isUnwell(snapshot)) return { text: healthWords(snapshot.health), tone: 'bad', means: '' };
  // What a restore replaced always went a separate way, and its line says what it is.
  if (snapshot.lineage === 'other' && snapshot.undoes === null)
    return {
      text: WENT_A_SEPARATE_WAY,
      tone: 'plain',
      means:
        'This snapshot holds something that your database lacks, and your database something in its place.',
    };
  const { goesAt } = snapshot.retention;
  if (goesAt !== null && isSoon(snapshot.retention, now))
    return {
      text: `removed ${formatRest(new Date(goesAt).getTime() - now.getTime())}`,
      tone: 'soon',
      means: '',
    };
  return null;
}

/** Whether the snapshot cannot be used. */
export function isUnwell({ health }: Pick<ListedSnapshot, 'health'>): boolean {
  return health === 'damaged' || health === 'unreadable';
}

/** The damage as an error, with the same text that the list shows. */
export function damageOf({ health, healthDetail }: Pick<ListedSnapshot, 'health' | 'healthDetail'>) {
  const code = health === 'damaged' ? 'snapshot-damaged' : 'snapshot-unreadable';
  return { code, message: healthDetail ?? '', detail: {} } as const;
}

/** The facts about the database and the rules that a line of the list is compared with. */
export type ListFacts = {
  readonly lastEventId: bigint;
  /** If this is not null, there is no database to compare a snapshot with. */
  readonly databaseProblem: unknown;
  readonly rules: Rules;
};

/** Compares only the last event. Whether messages in between are missing takes a full comparison. */
export function againstWords(snapshot: ListedSnapshot, lastEventId: bigint): string {
  if (snapshot.lastEventId === null || snapshot.lineage === 'other') return '';
  const since = lastEventId - snapshot.lastEventId;
  if (since === 0n) return 'nothing newer since';
  return since > 0n ? `${count(since, 'event')} since` : `holds ${count(-since, 'event')} you no longer have`;
}

/**
 * For a safety copy: names the action that it can undo. The copy is taken right before that action, so it has the same
 * time.
 */
export function undoesWords(
  { undoes, takenAt }: Pick<ListedSnapshot, 'undoes' | 'takenAt'>,
  now: Date,
): string {
  if (undoes === null) return '';
  const time = formatShort(takenAt, now);
  return time.includes(' ')
    ? `the state before the ${undoes.action} of ${time}`
    : `the state before the ${time} ${undoes.action}`;
}

/** Whether the whole file was read and is unchanged since it was written. */
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

/**
 * Says that snapshot and database have different histories: neither contains all events of the other. Null: they share
 * one.
 */
export function lineageWords({ lineage, newerEvents }: Pick<Diff, 'lineage' | 'newerEvents'>): string | null {
  if (lineage === 'same') return null;
  const replaced = newerEvents.filter((group) => writtenEvents(group) > 0);
  const loss = replaced.length === 0 ? '' : ` Restoring replaces ${countWritten(replaced)}.`;
  return `This snapshot and your database went separate ways.${loss}`;
}
