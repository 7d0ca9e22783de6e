import type { InUse } from '../src/model/restore.ts';
import { joinWords } from './sentences.ts';

/** `open in Lighthouse (process 4711)`; `not in use`; or that nobody can tell. */
export function inUseWords(inUse: InUse): string {
  switch (inUse.state) {
    case 'no':
      return 'not in use';
    case 'unknown':
      return 'this system doesn’t tell whether it is in use';
    case 'yes':
      return `open in ${userWords(inUse)}`;
  }
}

/** The names of the programs that have it open. */
export function userWords(inUse: Extract<InUse, { state: 'yes' }>): string {
  return joinWords(inUse.by.map(({ name, pid }) => `${name} (process ${pid})`));
}

/** Why it must be closed first. */
export function closeFirstWords(inUse: Extract<InUse, { state: 'yes' }>): string {
  return `${userWords(inUse)} has the database open and would overwrite the restored data. Snapback keeps checking.`;
}
