import type { ErrorCode } from '../src/model/errors.ts';
import { actionErrors } from './action-errors.ts';
import { databaseErrors } from './database-errors.ts';
import type { Entries, Face, Failure, Message } from './failure.ts';
import { snapshotErrors } from './snapshot-errors.ts';

export type { Face, Failure, Message } from './failure.ts';

const ENTRIES: Entries<ErrorCode> = { ...databaseErrors, ...snapshotErrors, ...actionErrors };

/** Puts a failure into words for whoever reads them: there is an entry for every code. */
export function explain(failure: Failure, face: Face): Message {
  const { title, happened, unharmed, next } = ENTRIES[failure.code](failure);
  return { title, happened, unharmed, next: typeof next === 'string' ? next : next[face] };
}
