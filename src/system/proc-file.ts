import { isSystemError } from '../model/errors.ts';
import { readFileSync } from './files.ts';

/** The text of a file by which the kernel tells of a process; null where it does not, or not to this user. */
export function readProcFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
