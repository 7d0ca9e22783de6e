import { SnapbackError } from '../model/errors.ts';
import { isCompileError } from './result-codes.ts';

/**
 * Turns “does not compile in our build” into `schema-needs-host`, with the table where it is known. Returns every other
 * error unchanged.
 */
export function explainNeed(error: unknown, table: string | null): unknown {
  if (!isCompileError(error) || !(error instanceof Error)) return error;
  const reason = error.message;
  const needs = 'needs something that only the chat application has';
  return table === null
    ? new SnapbackError('schema-needs-host', `The database ${needs}; nothing was changed.`, { reason }, error)
    : new SnapbackError('schema-needs-host', `“${table}” ${needs}.`, { table, reason }, error);
}

/** Runs SQL on the host's objects. @throws `schema-needs-host` where it does not compile here, and what `action` throws */
export function needingHost<T>(table: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explainNeed(error, table);
  }
}
