import type { InUse } from '../src/model/restore.ts';
import { joinWords } from './sentences.ts';

/** `open in Lighthouse (process 4711)`, `not in use`, or that the system cannot tell. */
export function inUseWords(inUse: InUse): string {
  switch (inUse.state) {
    case 'no':
      return 'not in use';
    case 'unknown':
      return 'this system can’t tell whether it is in use';
    case 'yes':
      return `open in ${userWords(inUse)}`;
  }
}

/** The programs that have the database open, with their process ids. */
export function userWords(inUse: Extract<InUse, { state: 'yes' }>): string {
  return joinWords(inUse.by.map(({ name, pid }) => `${name} (process ${pid})`));
}

/** Why these programs have to be closed first. */
export function closeFirstWords(inUse: Extract<InUse, { state: 'yes' }>): string {
  return `${userWords(inUse)} has the database open and would overwrite the restored data. Snapback keeps checking.`;
}
