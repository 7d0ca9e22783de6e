import { SnapbackError } from '../model/errors.ts';
import type { HostNeed } from '../model/profile.ts';
import { isCompileError } from './result-codes.ts';

const NEEDS: readonly (readonly [RegExp, HostNeed['what']])[] = [
  [/^(?:no such|unknown) function: (.+?)(?:\(\))?$/, 'function'],
  [/^no such collation sequence: (.+)$/, 'collation'],
  [/^no such module: (.+)$/, 'module'],
];

/** What a statement needed that did not compile, as SQLite names it; null where it names nothing. */
export function needOf(error: unknown): HostNeed | null {
  if (!isCompileError(error) || !(error instanceof Error)) return null;
  for (const [said, what] of NEEDS) {
    const name = said.exec(error.message)?.[1];
    if (name !== undefined) return { what, name };
  }
  return null;
}

/**
 * Turns “does not compile in our build” into `schema-needs-host`, with the table and what it needs where these are known.
 * Returns every other error unchanged.
 */
export function explainNeed(error: unknown, table: string | null): unknown {
  if (!isCompileError(error) || !(error instanceof Error)) return error;
  const reason = error.message;
  const need = needOf(error);
  const what = need === null ? 'something that' : `the ${need.what} “${need.name}”, which`;
  const needs = `needs ${what} only the chat application has`;
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
