import type { OpenedBackup } from '../src/model/snapshots.ts';
import { fileNameOf } from './backups.ts';
import { kindWords } from './kinds.ts';
import { formatShort } from './moments.ts';
import { formatBytes } from './numbers.ts';
import { count } from './plurals.ts';
import { shortRetention } from './retention.ts';
import { againstWords, isUnwell, type ListedSnapshot, type ListFacts, undoesWords } from './snapshots.ts';

/* The two lines of a snapshot in the list. */

/** What the timeline tells about a snapshot; null where it does not know. */
export type Held = {
  /** The chat whose rewind it was taken before. */
  readonly rewoundChat: string | null;
  /** How many messages it holds that a rewind took since. */
  readonly messages: number | null;
};

export const NOTHING_HELD: Held = { rewoundChat: null, messages: null };

/** From this size on, the size of a snapshot matters in a list. */
const LARGE_BYTES = 10_000_000;

/** The first line: what it is. */
export function lineTitle({ id, kind, kept }: ListedSnapshot, { rewoundChat }: Held): string {
  const fileName = fileNameOf(id);
  if (fileName !== null) return fileName;
  if (kept?.name != null) return kept.name;
  if (kind === 'rewind')
    return rewoundChat === null ? 'Before a rewind' : `Before the rewind of ${rewoundChat}`;
  return kindWords(kind).one;
}

/** The second line: what it holds that is gone, else how it compares with now; its size and how long it stays where that matters. */
export function lineDetail(
  snapshot: ListedSnapshot,
  { messages }: Held,
  { lastEventId, databaseProblem, rules, now }: ListFacts & { readonly now: Date },
): string {
  if (isUnwell(snapshot)) return snapshot.healthDetail ?? 'It can’t be read.';
  const { retention, sizeBytes, opened } = snapshot;
  const matters = retention.status !== 'kept' || retention.reason.startsWith('needed');
  return [
    opened === undefined ? '' : `${fileWords(opened)}${formatShort(snapshot.takenAt, now)}`,
    holdsWords(snapshot, messages, { lastEventId, databaseProblem, now }),
    sizeBytes >= LARGE_BYTES ? formatBytes(sizeBytes) : '',
    matters ? shortRetention(retention, rules, now) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** What became of an opened file, before its own time: the list has no day for it. */
function fileWords({ state }: OpenedBackup): string {
  return {
    unchanged: 'as of ',
    changed: 'changed since it was opened; as of ',
    gone: 'no longer there; as of ',
  }[state];
}

function holdsWords(
  snapshot: ListedSnapshot,
  messages: number | null,
  {
    lastEventId,
    databaseProblem,
    now,
  }: Pick<ListFacts, 'lastEventId' | 'databaseProblem'> & { readonly now: Date },
): string {
  if (snapshot.undoes !== null) return undoesWords(snapshot, now);
  if (databaseProblem !== null) return '';
  if (messages !== null && messages > 0) return `holds ${count(messages, 'message')} you no longer have`;
  return againstWords(snapshot, lastEventId);
}
