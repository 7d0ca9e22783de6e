import { useEffect, useMemo, useRef, useState } from 'react';
import type { FolderId } from '../../electron/contract.ts';
import type { Timeline } from '../../src/model/timeline.ts';
import { useRequest } from '../ask/use-request.ts';

/** What a folder's timeline is, as far as that was found out. */
export type KnownTimeline = {
  /** Null until it is known, and where the log cannot be read. */
  readonly timeline: Timeline | null;
  /** False until one of the two is certain. */
  readonly isAnswered: boolean;
};

/** `soon`: what a person waits for first is being found out. If that takes long, the timeline is read beside it. */
export type TimelineTurn = 'now' | 'soon' | 'not-yet';

/** With millions of messages in the log, finding out what was lost takes longer than a person looks at an empty timeline. */
const SOON_MS = 2000;

/**
 * The timeline of the open folder, read again whenever the database has changed. Asks nothing before it was its turn once,
 * so that what a person waits for comes first. `isRenewing`: it may be older than the database, and the next one is on its
 * way.
 */
export function useTimeline(
  folderId: FolderId,
  databaseRevision: number,
  turn: TimelineTurn,
): { readonly known: KnownTimeline; readonly isRenewing: boolean } {
  const [wasReady, setWasReady] = useState(turn === 'now');
  if (turn === 'now' && !wasReady) setWasReady(true);
  const isSoon = turn === 'soon' && !wasReady;
  useEffect(() => {
    if (!isSoon) return;
    const timer = setTimeout(() => setWasReady(true), SOON_MS);
    return () => clearTimeout(timer);
  }, [isSoon]);
  const { value, error, busy, reload } = useRequest('folder.timeline', wasReady ? { folderId } : null);
  const seen = useRef(databaseRevision);
  useEffect(() => {
    // A running request is finished first. Otherwise a busy chat app would keep it from ever finishing.
    if (!wasReady || busy || seen.current === databaseRevision) return;
    seen.current = databaseRevision;
    reload();
  }, [databaseRevision, busy, wasReady, reload]);
  const isAnswered = value !== null || error !== null;
  const known = useMemo(() => ({ timeline: value, isAnswered }), [value, isAnswered]);
  return { known, isRenewing: busy && value !== null };
}
