import { SnapbackError } from '../model/errors.ts';
import { isCompileError } from './result-codes.ts';

/**
 * The one place that says what does not compile in our build: `schema-needs-host`, with the table where that is known.
 * Every other error is returned as it is.
 */
export function explainNeed(error: unknown, table: string | null): unknown {
  if (!isCompileError(error) || !(error instanceof Error)) return error;
  const reason = error.message;
  const needs = 'needs something that only the chat application has';
  return table === null
    ? new SnapbackError('schema-needs-host', `The database ${needs}; nothing was changed.`, { reason }, error)
    : new SnapbackError('schema-needs-host', `“${table}” ${needs}.`, { table, reason }, error);
}

/** Runs SQL that names the host's objects. @throws `schema-needs-host` where it does not compile here, and what `action` throws */
export function needingHost<T>(table: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explainNeed(error, table);
  }
}
