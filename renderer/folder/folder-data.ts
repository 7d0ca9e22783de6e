import { useCallback, useEffect, useRef, useState } from 'react';
import type { ErrorInfo, ListedSnapshot, OpenFolder } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import { call, listen } from '../ask/api.ts';

/** A core that dies of being asked is not asked again at once. */
const LEAST_BETWEEN_STOPS_MS = 10_000;

/** How long after our own work its traces in the database's files may be noticed: longer than they are looked at apart. */
const OWN_TRACES_MS = 5_000;

export type FolderData = {
  readonly facts: FolderFacts;
  /** Null until the first list has arrived. */
  readonly snapshots: readonly ListedSnapshot[] | null;
  /** Why the newest attempt to read the folder failed; what was read before stays. */
  readonly error: ErrorInfo | null;
  /** Grows whenever the database has changed, or may have. */
  readonly databaseRevision: number;
  /** True from the end of the core process until somebody has read the notice. */
  readonly coreStopped: boolean;
  /** The newest revision that may come of what was done in this window, also where it was taken back. */
  readonly freshRevision: number;
  /** Tells that something of ours that writes, or was about to, has just ended. */
  readonly endOwnWork: () => void;
  readonly refresh: () => Promise<void>;
  readonly dismissCoreStopped: () => void;
};

/** What is known of the open folder, renewed by itself when its files change. */
export function useFolderData({ folderId, facts: firstFacts }: OpenFolder): FolderData {
  const [facts, setFacts] = useState(firstFacts);
  const [snapshots, setSnapshots] = useState<readonly ListedSnapshot[] | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [databaseRevision, setRevision] = useState(0);
  const [freshRevision, setFreshRevision] = useState(0);
  const freshUntil = useRef(Number.NEGATIVE_INFINITY);
  const [coreStopped, setCoreStopped] = useState(false);

  // One at a time, so that no older answer replaces a newer one, nor more is asked than can be answered; what comes
  // meanwhile is asked for once more afterwards.
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

  useEffect(() => {
    let lastStop = Number.NEGATIVE_INFINITY;
    void refresh();
    return listen((event) => {
      switch (event.type) {
        case 'changed':
          if (event.folderId !== folderId) return;
          if (event.what === 'database')
            setRevision((revision) => {
              if (Date.now() < freshUntil.current) setFreshRevision(revision + 1);
              return revision + 1;
            });
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
          // What was being asked of it has failed: everything is asked anew.
          setRevision((revision) => revision + 1);
          void refresh();
          break;
        }
        case 'progress':
        case 'command':
          break;
      }
    });
  }, [folderId, refresh]);

  const endOwnWork = useCallback(() => {
    freshUntil.current = Date.now() + OWN_TRACES_MS;
    setFreshRevision(databaseRevision);
  }, [databaseRevision]);
  const dismissCoreStopped = useCallback(() => setCoreStopped(false), []);
  return {
    facts,
    snapshots,
    error,
    databaseRevision,
    coreStopped,
    freshRevision,
    endOwnWork,
    refresh,
    dismissCoreStopped,
  };
}
