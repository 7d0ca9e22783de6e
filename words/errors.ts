import type { ErrorCode } from '../src/model/errors.ts';
import { actionErrors } from './action-errors.ts';
import { databaseErrors } from './database-errors.ts';
import type { Entries, Face, Failure, Message } from './failure.ts';
import { snapshotErrors } from './snapshot-errors.ts';

export type { Face, Failure, Message } from './failure.ts';

const ENTRIES: Entries<ErrorCode> = { ...databaseErrors, ...snapshotErrors, ...actionErrors };

/** Describes a failure in the words of the window or of the command line. Every code has an entry. */
export function explain(failure: Failure, face: Face): Message {
  const { title, happened, unharmed, next } = ENTRIES[failure.code](failure);
  return { title, happened, unharmed, next: typeof next === 'string' ? next : next[face] };
}
