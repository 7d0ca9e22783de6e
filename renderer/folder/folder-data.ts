import {
  startTransition,
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'react';
import type { Key } from 'react-aria-components';
import type { ErrorInfo, ListedSnapshot, OpenFolder, Reply } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { PrunePlan, PruneReceipt } from '../../src/model/prune.ts';
import { afterDrawing } from '../ask/after-drawing.ts';
import { type CallOptions, call, listen, ownWork } from '../ask/api.ts';
import { createReader } from '../ask/own-work.ts';
import { useRestoresMade } from '../ask/restores-made.ts';
import {
  afterChange,
  afterOwnRestore,
  afterOwnWork,
  FIRST_REVISIONS,
  type Revisions,
} from '../ask/revisions.ts';
import { afterListingEvent, type Listing, NONE } from './listing.ts';

/** If the core stops twice within this time, it is not asked again at once: the request itself may be what stops it. */
const LEAST_BETWEEN_STOPS_MS = 10_000;
/** What is checked meanwhile is shown together: a list of thousands is not drawn again for each of its lines. */
const CHECKED_TOGETHER_MS = 500;
/** For each snapshot of the list so much longer, because a long list takes longer to be drawn. */
const CHECKED_PER_SNAPSHOT_MS = 2;

export type FolderData = {
  readonly facts: FolderFacts;
  readonly listing: Listing;
  /** Why the last attempt to read the folder failed. The earlier data stays. */
  readonly error: ErrorInfo | null;
  readonly revisions: Revisions;
  /** True from the moment the core process stopped until the user dismisses the notice. */
  readonly coreStopped: boolean;
  /** Call this when one of our own writing actions has ended, whether or not it wrote anything. */
  readonly endOwnWork: () => void;
  readonly refresh: () => Promise<void>;
  readonly choose: (ids: ReadonlySet<Key>) => void;
  /** Chooses this one unless something is chosen already. */
  readonly propose: (id: Key) => void;
  /** Moves what the plan says to the trash. What is moved is no longer chosen. */
  readonly prune: (plan: PrunePlan, options: CallOptions) => Promise<Reply<PruneReceipt>>;
  readonly dismissCoreStopped: () => void;
};

/** The data of the open folder. It is read again when the folder's files change. */
export function useFolderData({ folderId, facts: firstFacts, snapshots: firstList }: OpenFolder): FolderData {
  const [facts, setFacts] = useState(firstFacts);
  const [listing, tell] = useReducer(afterListingEvent, {
    snapshots: firstList,
    chosen: NONE,
    leaving: NONE,
  });
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [revisions, setRevisions] = useState(FIRST_REVISIONS);
  const [coreStopped, setCoreStopped] = useState(false);
  const checked = useRef(new Map<Key, ListedSnapshot>());
  const showChecked = useCallback(() => {
    if (checked.current.size === 0) return;
    const event = { type: 'checked', checked: checked.current } as const;
    checked.current = new Map();
    startTransition(() => tell(event));
  }, []);

  const collectMs = useEffectEvent(
    () => CHECKED_TOGETHER_MS + CHECKED_PER_SNAPSHOT_MS * (listing.snapshots?.length ?? 0),
  );

  const refresh = useMemo(
    () =>
      createReader(
        () => Promise.all([call('folder.facts', { folderId }), call('snapshots.list', { folderId })]),
        ([newFacts, list]) => {
          if (!newFacts.ok) return setError(newFacts.error);
          if (!list.ok) return setError(list.error);
          setFacts(newFacts.value);
          // The new list knows what was found until now.
          checked.current.clear();
          tell({ type: 'read', snapshots: list.value });
          setError(null);
        },
        ownWork,
      ),
    [folderId],
  );

  // The list came with the folder. Where it could not be read, this request tells why.
  const needsList = firstList === null;
  useEffect(() => {
    if (needsList) void refresh();
  }, [needsList, refresh]);

  // The first facts are brief, so that the list appears at once.
  const needsFacts = isBrief(facts);
  useEffect(() => {
    if (!needsFacts) return;
    return afterDrawing(async () => {
      const reply = await call('folder.facts', { folderId });
      if (reply.ok) setFacts((now) => (isBrief(now) ? reply.value : now));
      else void refresh();
    });
  }, [folderId, needsFacts, refresh]);

  // Not only when its receipt is closed: what is behind the receipt is true by then, as far as it could be read.
  const made = useRestoresMade();
  const seenMade = useRef(made);
  useEffect(() => {
    if (seenMade.current === made) return;
    seenMade.current = made;
    setRevisions((last) => afterOwnRestore(last, Date.now()));
    void refresh();
  }, [made, refresh]);

  useEffect(() => {
    let lastStop = Number.NEGATIVE_INFINITY;
    return listen((event) => {
      switch (event.type) {
        case 'changed':
          if (event.folderId !== folderId) return;
          // Compared again only after our own action: during it, what is compared may be on its way to the trash.
          if (event.what === 'database')
            void ownWork.idle().then(() => setRevisions((last) => afterChange(last, Date.now())));
          void refresh();
          break;
        case 'snapshot-checked':
          if (event.folderId !== folderId) return;
          if (checked.current.size === 0) setTimeout(showChecked, collectMs());
          checked.current.set(event.snapshot.id, event.snapshot);
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
        case 'backup-opened': {
          const { snapshotId } = event;
          if (event.folderId === folderId)
            void refresh().then(() => tell({ type: 'chosen', ids: new Set([snapshotId]) }));
          break;
        }
        case 'progress':
        case 'found':
        case 'command':
          break;
      }
    });
  }, [folderId, refresh, showChecked]);

  const choose = useCallback((ids: ReadonlySet<Key>) => tell({ type: 'chosen', ids }), []);
  const propose = useCallback((id: Key) => tell({ type: 'proposed', id }), []);
  const prune: FolderData['prune'] = useCallback(
    async ({ planId, goes }, options) => {
      tell({ type: 'leaving', ids: new Set(goes.map(({ id }) => id)) });
      const reply = await call('prune.apply', { folderId, planId }, options);
      if (reply.ok) tell({ type: 'moved', ids: new Set(reply.value.moved) });
      else void refresh();
      return reply;
    },
    [folderId, refresh],
  );
  const endOwnWork = useCallback(() => setRevisions((last) => afterOwnWork(last, Date.now())), []);
  const dismissCoreStopped = useCallback(() => setCoreStopped(false), []);
  // The same value for as long as nothing of it has changed: parts of the window are drawn again only then.
  return useMemo(
    () => ({
      facts,
      listing,
      error,
      revisions,
      coreStopped,
      endOwnWork,
      refresh,
      choose,
      propose,
      prune,
      dismissCoreStopped,
    }),
    [
      facts,
      listing,
      error,
      revisions,
      coreStopped,
      endOwnWork,
      refresh,
      choose,
      propose,
      prune,
      dismissCoreStopped,
    ],
  );
}

/** Facts about a database that is not there are never brief. */
function isBrief({ events, inUse }: FolderFacts): boolean {
  return events === null || inUse === null;
}
