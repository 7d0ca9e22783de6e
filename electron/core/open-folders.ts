import {
  closeBackup,
  closeBackups,
  type DataFolder,
  type Look,
  type PrunePolicy,
  type RestoreConsents,
  type RestoreOptions,
  SnapbackError,
  type SnapshotId,
  type TaskOptions,
} from '../../src/index.ts';
import type { FolderId, WindowEvent } from '../contract.ts';
import { type ByItself, createByItself } from './by-itself.ts';
import { type CheckQueue, createCheckQueue } from './check-queue.ts';
import { fetchBackground } from './fetch-background.ts';
import { toListed } from './for-window.ts';
import { createOpenConversations, type OpenConversations } from './open-conversations.ts';
import { type Changed, watchFolder } from './watch-folder.ts';

/** What a plan was made for. Applying makes the plan again and compares the two. */
export type Planned =
  | { readonly action: 'restore'; readonly id: SnapshotId; readonly options: RestoreOptions }
  | { readonly action: 'undo'; readonly of: SnapshotId | null; readonly consents: RestoreConsents }
  | { readonly action: 'prune'; readonly policy: PrunePolicy };

export type OpenEntry = {
  /** As it is now: with what was opened beside its snapshots. */
  readonly folder: DataFolder;
  /** Opens a file beside the snapshots. @throws as the core's `openBackup` */
  readonly openBackup: (path: string, task: TaskOptions) => Promise<SnapshotId>;
  readonly closeBackup: (id: SnapshotId) => Promise<void>;
  /** Keeps what the newest plan was made for, and forgets any other. */
  readonly remember: (planId: string, planned: Planned) => void;
  /** What the newest plan was made for; null for any other plan. */
  readonly look: (planId: string) => Planned | null;
  /** The same, once. */
  readonly take: (planId: string) => Planned | null;
  readonly checks: CheckQueue;
  readonly conversations: OpenConversations;
  readonly byItself: ByItself;
  /** From now on the window hears what changes and what was checked. Whatever happened since the folder was opened is told at once. */
  readonly hear: () => void;
  /** Resolves once what was held is let go. */
  readonly close: () => Promise<void>;
};

export type OpenFolders = {
  /** `seen`: a look at its snapshots from just before; whatever has changed since is told. */
  readonly add: (folderId: FolderId, folder: DataFolder, seen: Look | null) => Promise<void>;
  /** @throws `data-folder-missing` for an id that is not open */
  readonly get: (folderId: FolderId) => OpenEntry;
  /** Runs what a person waits for; the background checks of this folder pause meanwhile. @throws as `get` */
  readonly inFront: <T>(folderId: FolderId, work: (entry: OpenEntry) => Promise<T>) => Promise<T>;
  /** Called when the window asks something about a folder, which it does only once it listens. */
  readonly heard: (folderId: FolderId) => void;
  /** Resolves once what was held in it is let go. */
  readonly close: (folderId: FolderId) => Promise<void>;
};

/** The folders that are open, each watched and checked in the background. */
export function createOpenFolders(tell: (event: WindowEvent) => void): OpenFolders {
  const entries = new Map<FolderId, OpenEntry>();
  /** How many requests a person waits for. */
  let waitedFor = 0;
  const get = (folderId: FolderId): OpenEntry => {
    const entry = entries.get(folderId);
    if (entry === undefined)
      throw new SnapbackError('data-folder-missing', 'This folder is not open any more.');
    return entry;
  };
  return {
    get,
    async inFront(folderId, work) {
      const entry = get(folderId);
      waitedFor += 1;
      try {
        return await entry.checks.runBefore(() => work(entry));
      } finally {
        waitedFor -= 1;
      }
    },
    async add(folderId, folder, seen) {
      await entries.get(folderId)?.close();
      let current = folder;
      /** One after the other, so that none is lost. */
      let changing: Promise<unknown> = Promise.resolve();
      const change = <T>(work: () => Promise<T>): Promise<T> => {
        const done = changing.then(work);
        changing = done.catch(() => null);
        return done;
      };
      const byItself = createByItself(folder, () => waitedFor === 0);
      /** What is to be told of each subject, while nobody listens; null: the window listens. */
      let unheard: Map<string, WindowEvent> | null = new Map();
      const tellOnceHeard = (subject: Changed | SnapshotId, event: WindowEvent) => {
        if (unheard === null) tell(event);
        else unheard.set(subject, event);
      };
      const stopWatching = await watchFolder(
        () => current,
        (what) => {
          tellOnceHeard(what, { type: 'changed', folderId, what });
          if (what === 'snapshots') byItself.look();
        },
        seen,
      );
      const checks = createCheckQueue(
        async (id, signal) => {
          const { checkSnapshot } = await fetchBackground();
          const snapshot = toListed(await checkSnapshot(current, id, { signal }));
          tellOnceHeard(id, { type: 'snapshot-checked', folderId, snapshot });
        },
        (error) => {
          // The chat app prunes whenever it likes, and the next list shows it.
          if (error instanceof SnapbackError && error.code === 'snapshot-missing') return;
          console.error('A snapshot could not be checked:', error);
        },
      );
      const conversations = createOpenConversations();
      let newest: { readonly planId: string; readonly planned: Planned } | null = null;
      const look = (planId: string) => (newest?.planId === planId ? newest.planned : null);
      entries.set(folderId, {
        get folder() {
          return current;
        },
        openBackup: (path, task) =>
          change(async () => {
            const { openBackup } = await fetchBackground();
            const opened = await openBackup(current, path, task);
            current = opened.folder;
            return opened.id;
          }),
        closeBackup: (id) =>
          change(async () => {
            current = await closeBackup(current, id);
          }),
        checks,
        conversations,
        byItself,
        remember(planId, planned) {
          newest = { planId, planned };
        },
        look,
        hear() {
          const events = unheard?.values() ?? [];
          unheard = null;
          for (const event of events) tell(event);
        },
        take(planId) {
          const planned = look(planId);
          newest = null;
          return planned;
        },
        async close() {
          stopWatching();
          checks.stop();
          conversations.close();
          await change(() => closeBackups(current));
          await byItself.end();
        },
      });
    },
    heard(folderId) {
      entries.get(folderId)?.hear();
    },
    async close(folderId) {
      const entry = entries.get(folderId);
      entries.delete(folderId);
      await entry?.close();
    },
  };
}
