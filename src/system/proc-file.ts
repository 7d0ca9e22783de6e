import { isSystemError } from '../model/errors.ts';
import { readFileSync } from './files.ts';

/** Reads a file of `/proc`; null where the system has no such file or this user may not read it. */
export function readProcFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
