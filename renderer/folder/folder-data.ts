import { useCallback, useEffect, useRef, useState } from 'react';
import type { ErrorInfo, ListedSnapshot, OpenFolder } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import { call, listen } from '../ask/api.ts';
import { afterChange, afterOwnWork, FIRST_REVISIONS, type Revisions } from '../ask/revisions.ts';

/** If the core stops twice within this time, it is not asked again at once: the request itself may be what stops it. */
const LEAST_BETWEEN_STOPS_MS = 10_000;

export type FolderData = {
  readonly facts: FolderFacts;
  /** Null while none could be read. */
  readonly snapshots: readonly ListedSnapshot[] | null;
  /** Why the last attempt to read the folder failed. The earlier data stays. */
  readonly error: ErrorInfo | null;
  readonly revisions: Revisions;
  /** True from the moment the core process stopped until the user dismisses the notice. */
  readonly coreStopped: boolean;
  /** Call this when one of our own writing actions has ended, whether or not it wrote anything. */
  readonly endOwnWork: () => void;
  readonly refresh: () => Promise<void>;
  readonly dismissCoreStopped: () => void;
};

/** The data of the open folder. It is read again when the folder's files change. */
export function useFolderData({ folderId, facts: firstFacts, snapshots: firstList }: OpenFolder): FolderData {
  const [facts, setFacts] = useState(firstFacts);
  const [snapshots, setSnapshots] = useState(firstList);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [revisions, setRevisions] = useState(FIRST_REVISIONS);
  const [coreStopped, setCoreStopped] = useState(false);

  // One request at a time, so that an older answer never replaces a newer one and requests do not pile up. All calls in
  // the meantime share one more request afterwards.
  const asking = useRef<Promise<void> | null>(null);
  const askAgain = useRef(false);

  const ask = useCallback(async () => {
    const [newFacts, list] = await Promise.all([
      call('folder.facts', { folderId }),
      call('snapshots.list', { folderId }),
    ]);
    if (!newFacts.ok) return setError(newFacts.error);
    if (!list.ok) return setError(list.error);
    setFacts(newFacts.value);
    setSnapshots(list.value);
    setError(null);
  }, [folderId]);

  const refresh = useCallback((): Promise<void> => {
    askAgain.current = asking.current !== null;
    asking.current ??= (async () => {
      try {
        do {
          askAgain.current = false;
          await ask();
        } while (askAgain.current);
      } finally {
        asking.current = null;
      }
    })();
    return asking.current;
  }, [ask]);

  // The list came with the folder. Where it could not be read, this request tells why.
  const needsList = firstList === null;
  useEffect(() => {
    if (needsList) void refresh();
  }, [needsList, refresh]);

  useEffect(() => {
    let lastStop = Number.NEGATIVE_INFINITY;
    return listen((event) => {
      switch (event.type) {
        case 'changed':
          if (event.folderId !== folderId) return;
          if (event.what === 'database') setRevisions((last) => afterChange(last, Date.now()));
          void refresh();
          break;
        case 'snapshot-checked':
          if (event.folderId !== folderId) return;
          setSnapshots(
            (list) => list?.map((old) => (old.id === event.snapshot.id ? event.snapshot : old)) ?? null,
          );
          break;
        case 'core-stopped': {
          setCoreStopped(true);
          const again = Date.now() - lastStop < LEAST_BETWEEN_STOPS_MS;
          lastStop = Date.now();
          if (again) return;
          // All requests to the old core have failed, so read everything again.
          setRevisions((last) => afterChange(last, Date.now()));
          void refresh();
          break;
        }
        case 'progress':
        case 'command':
          break;
      }
    });
  }, [folderId, refresh]);

  const endOwnWork = useCallback(() => setRevisions((last) => afterOwnWork(last, Date.now())), []);
  const dismissCoreStopped = useCallback(() => setCoreStopped(false), []);
  return {
    facts,
    snapshots,
    error,
    revisions,
    coreStopped,
    endOwnWork,
    refresh,
    dismissCoreStopped,
  };
}
