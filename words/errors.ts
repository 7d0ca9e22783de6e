import { actionErrors } from './action-errors.ts';
import { databaseErrors } from './database-errors.ts';
import {
  type Entries,
  type Entry,
  type Face,
  type Failure,
  isUndecided,
  type Message,
  NOTHING_CHANGED,
} from './failure.ts';
import { snapshotErrors } from './snapshot-errors.ts';

export type { Face, Failure, Message } from './failure.ts';

const ENTRIES: Entries = { ...databaseErrors, ...snapshotErrors, ...actionErrors };

/** Said of every code. The core's own sentence says what failed, and that it is not known how it ended. */
const UNDECIDED: Entry = {
  title: 'It isn’t known whether the restore was made',
  unharmed: 'The database holds either what it held before or what was planned, and nothing in between.',
  next: {
    window: 'Open the folder again: Snapback then looks once more which it is.',
    cli: '“snapback history” finds out and tells which it is.',
  },
};

/** Describes a failure in the words of the window or of the command line. Every code has an entry. */
export function explain(failure: Failure, face: Face, now: Date = new Date()): Message {
  const entry = isUndecided(failure) ? UNDECIDED : ENTRIES[failure.code];
  const { title, happened, unharmed, next } = typeof entry === 'function' ? entry(failure, now) : entry;
  const forFace = (words: Entry['next']) => (typeof words === 'string' ? words : words[face]);
  return {
    title,
    happened: happened === undefined ? failure.message : forFace(happened),
    unharmed: unharmed ?? NOTHING_CHANGED,
    next: forFace(next),
  };
}
