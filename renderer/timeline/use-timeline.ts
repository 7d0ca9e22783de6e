import { useEffect, useRef } from 'react';
import type { FolderId } from '../../electron/contract.ts';
import type { Timeline } from '../../src/model/timeline.ts';
import { useRequest } from '../ask/use-request.ts';

/**
 * The timeline of the open folder, read again whenever the database has changed. Null until it is known, and where the
 * log cannot be read. Asks nothing before `isReady`, so that what a person waits for comes first.
 */
export function useTimeline(folderId: FolderId, databaseRevision: number, isReady: boolean): Timeline | null {
  const { value, busy, reload } = useRequest('folder.timeline', isReady ? { folderId } : null);
  const seen = useRef(databaseRevision);
  useEffect(() => {
    // A running request is finished first. Otherwise a busy chat app would keep it from ever finishing.
    if (!isReady || busy || seen.current === databaseRevision) return;
    seen.current = databaseRevision;
    reload();
  }, [databaseRevision, busy, isReady, reload]);
  return value;
}
