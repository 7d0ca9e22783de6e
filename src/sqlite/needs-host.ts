import { SnapbackError } from '../model/errors.ts';
import { isCompileError } from './database.ts';

/** Runs SQL that names the host's objects; what does not compile in our build is `schema-needs-host`. */
export function needingHost<T>(table: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!isCompileError(error) || !(error instanceof Error)) throw error;
    throw new SnapbackError(
      'schema-needs-host',
      `“${table}” needs something that only the chat application has.`,
      { table, reason: error.message },
      error,
    );
  }
}
