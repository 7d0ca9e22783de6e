import { useCallback, useEffect, useState } from 'react';
import { type Revisions, waitsForPerson } from './revisions.ts';
import type { Request } from './use-request.ts';

export type Followed = {
  /** The answer is older than the database, and the next one waits for the user. */
  readonly outdated: boolean;
  /** The answer may be older than the database, and the next one is on its way. What shows it says so: `aria-busy`. */
  readonly renewing: boolean;
  readonly again: () => void;
};

/**
 * Asks again after each change of the database. If the last answer took long, the next one waits until the user asks for
 * it. A running request is finished first.
 */
export function useFollowed(
  { busy, tookMs, reload }: Pick<Request<unknown>, 'busy' | 'tookMs' | 'reload'>,
  revisions: Revisions,
): Followed {
  const { database } = revisions;
  const [asked, setAsked] = useState(database);
  const again = useCallback(() => {
    setAsked(database);
    reload();
  }, [database, reload]);
  const behind = asked !== database && !busy;
  const waits = waitsForPerson(revisions, tookMs);
  useEffect(() => {
    if (behind && !waits) again();
  }, [behind, waits, again]);
  const outdated = behind && waits;
  return { outdated, renewing: !outdated && (busy || behind), again };
}
