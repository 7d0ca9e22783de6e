import type { ErrorCode } from '../src/model/errors.ts';
import { actionErrors } from './action-errors.ts';
import { databaseErrors } from './database-errors.ts';
import { type Entries, type Face, type Failure, isUndecided, type Message } from './failure.ts';
import { snapshotErrors } from './snapshot-errors.ts';

export type { Face, Failure, Message } from './failure.ts';

const ENTRIES: Entries<ErrorCode> = { ...databaseErrors, ...snapshotErrors, ...actionErrors };

/** Said of every code. The core's own sentence says what failed, and that it is not known how it ended. */
const UNDECIDED = {
  title: 'It isn’t known whether the restore was made',
  unharmed: 'The database holds either what it held before or what was planned, and nothing in between.',
  next: {
    window: 'Open the folder again: Snapback then looks once more which it is.',
    cli: '“snapback history” finds out and tells which it is.',
  },
} as const;

/** Describes a failure in the words of the window or of the command line. Every code has an entry. */
export function explain(failure: Failure, face: Face): Message {
  const { title, happened, unharmed, next } = isUndecided(failure)
    ? { ...UNDECIDED, happened: failure.message }
    : ENTRIES[failure.code](failure);
  return { title, happened, unharmed, next: typeof next === 'string' ? next : next[face] };
}
