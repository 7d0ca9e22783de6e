import {
  type Conflicts,
  describeFolder,
  type Finished,
  fetchPart,
  finishAndLook,
  type KnownOutcome,
  type Look,
  listSnapshots,
  lookAtSnapshots,
  openDataFolder,
  type Rows,
  releaseAbandoned,
  type TaskOptions,
  unlessCancelled,
  whileMarked,
} from '../../src/index.ts';
import { prepareDemo } from './demo-place.ts';
import { toListed } from './for-window.ts';
import type { OpenFolders } from './open-folders.ts';
import { createOpenRegister } from './open-register.ts';
import { type CoreEnvironment, type FirstHandlers, type Handlers, QUIET_AFTER_MS } from './requests.ts';

/** What answers all requests. The code for those that come only once the list is shown is fetched when it is first needed. */
export type SplitHandlers = {
  readonly first: FirstHandlers;
  /** @throws as `fetchPart` */
  readonly all: () => Promise<Handlers>;
};

/** One table of all requests that the core answers. Only those that the list needs stand here. */
export function createHandlers(folders: OpenFolders, environment: CoreEnvironment): SplitHandlers {
  const rows = createOpenRegister<Rows>();
  const conflicts = createOpenRegister<Conflicts>();
  /** Lists the snapshots, and has those checked that never were. */
  const list = async (folderId: string, task: TaskOptions, look: Look | null = null) => {
    const { folder, checks } = folders.get(folderId);
    const found = await listSnapshots(folder, { backups: true, lineages: 'other', look }, task);
    const unchecked = found
      .filter(({ health }) => health === 'unchecked')
      .map(({ id, modifiedAt, sizeBytes }) => ({ id, version: `${id} ${modifiedAt} ${sizeBytes}` }));
    setTimeout(() => checks.offer(unchecked), QUIET_AFTER_MS);
    return found.map(toListed);
  };

  const first: FirstHandlers = {
    'private.open': ({ folderId, dir, database, cacheDir }, task) =>
      whileMarked(async () => {
        const named = database === null ? {} : { database };
        const folder = await openDataFolder(dir, {
          ...named,
          ...environment,
          cacheDir,
          withoutDatabase: true,
        });
        const { finished, look: before } = await finishAndLook(folder, task);
        const [newest] = finished;
        const released = await releaseAbandoned(folder, before);
        const look = released ? await lookAtSnapshots(folder).catch(unlessCancelled) : before;
        // Watched first, so that what changes after these facts is told.
        await folders.add(folderId, folder, look);
        try {
          return {
            facts: await describeFolder(folder, { brief: true, look }, task),
            // A list that cannot be read keeps nobody from a folder.
            snapshots: await list(folderId, task, look).catch(unlessCancelled),
            interrupted: newest === undefined ? null : ENDED[newest.outcome],
          };
        } catch (error) {
          await folders.close(folderId);
          throw error;
        }
      }),
    async 'private.close'({ folderId }) {
      rows.closeAll(folderId);
      conflicts.closeAll(folderId);
      await folders.close(folderId);
      return null;
    },
    async 'private.protect'({ folderId, take, tidy }) {
      folders.get(folderId).byItself.allow({ take, tidy });
      return null;
    },
    'private.prepare-demo': ({ home, fresh }, task) =>
      prepareDemo(home, { fresh, nativeBinding: environment.nativeBinding }, task),
    'folder.facts': ({ folderId }, task) => describeFolder(folders.get(folderId).folder, {}, task),
    'snapshots.list': ({ folderId }, task) => list(folderId, task),
  };

  return {
    first,
    async all() {
      const { createLaterHandlers } = await fetchPart(() => import('./later-handlers.ts'));
      return { ...first, ...createLaterHandlers({ folders, rows, conflicts }) };
    },
  };
}

/** How a restore ended that was cut off, as the window is told. */
const ENDED = { committed: 'made', 'not-committed': 'not-made' } as const satisfies {
  readonly [O in Finished['outcome']]: KnownOutcome;
};
