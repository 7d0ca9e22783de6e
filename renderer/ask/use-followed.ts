import { useCallback, useEffect, useState } from 'react';
import { type Revisions, waitsForPerson } from './revisions.ts';
import type { Request } from './use-request.ts';

/** Whether an answer is older than the database, and asks again. */
export type Followed = { readonly outdated: boolean; readonly again: () => void };

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
  return { outdated: behind && waits, again };
}
