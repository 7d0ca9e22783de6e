import {
  type Conflicts,
  checkProfile,
  clearCache,
  describeFolder,
  describeSpace,
  describeTrash,
  diffSnapshot,
  emptyTrash,
  exportReceipt,
  exportSnapshot,
  type Finished,
  findOnlyCopies,
  findOnlyCopiesInTrash,
  findOpeners,
  findSalvageable,
  finishInterrupted,
  holdSnapshot,
  type KnownOutcome,
  keepSnapshot,
  listSnapshots,
  noSuchSnapshot,
  openConversation,
  openDataFolder,
  orNull,
  putBack,
  type Rows,
  readHappened,
  readHistory,
  readRowHistory,
  readTimeline,
  readWaiting,
  recordEmptied,
  releaseAbandoned,
  releaseSnapshot,
  type SearchTask,
  SnapbackError,
  salvageSnapshot,
  saveFields,
  searchSnapshots,
  type TaskOptions,
  takeSnapshot,
  unlessCancelled,
  viewTrash,
} from '../../src/index.ts';
import type { AllRequests, ArgsOf, ResultOf } from '../contract.ts';
import { createConflictHandlers } from './conflict-handlers.ts';
import { prepareDemo } from './demo-place.ts';
import { toExported, toListed, toShownDiff, toTaken, toWritten } from './for-window.ts';
import type { OpenFolders } from './open-folders.ts';
import { createOpenRegister } from './open-register.ts';
import { createPlanHandlers, stalePlan } from './plan-handlers.ts';
import { createRowsHandlers } from './rows-handlers.ts';

/** The window first shows the list and asks for what a person waits for. A check would only be in the way, and be cut off. */
const CHECK_AFTER_MS = 500;

export type Handlers = {
  readonly [N in keyof AllRequests]: (args: ArgsOf<N>, task: SearchTask) => Promise<ResultOf<N>>;
};

/** What the process knows of its environment; nothing below reads it. */
export type CoreEnvironment = {
  readonly nativeBinding: string | undefined;
  readonly sqliteTempDirs: readonly (string | undefined)[];
};

/** One table of all requests that the core answers. Those about rows and plans stand in files of their own. */
export function createHandlers(folders: OpenFolders, environment: CoreEnvironment): Handlers {
  const { nativeBinding } = environment;
  const rowsRegister = createOpenRegister<Rows>();
  const conflictsRegister = createOpenRegister<Conflicts>();
  /** Lists the snapshots, and has those checked that never were. */
  const list = async (folderId: string, task: TaskOptions) => {
    const { folder, checks } = folders.get(folderId);
    const found = await listSnapshots(folder, { check: false, backups: true }, task);
    const unchecked = found
      .filter(({ health }) => health === 'unchecked')
      .map(({ id, modifiedAt, sizeBytes }) => ({ id, version: `${id} ${modifiedAt} ${sizeBytes}` }));
    setTimeout(() => checks.offer(unchecked), CHECK_AFTER_MS);
    return found.map(toListed);
  };

  return {
    ...createRowsHandlers(folders, rowsRegister),
    ...createPlanHandlers(folders),
    ...createConflictHandlers(folders, conflictsRegister),
    async 'private.open'({ folderId, dir, database, cacheDir }, task) {
      const named = database === null ? {} : { database };
      const folder = await openDataFolder(dir, {
        ...named,
        ...environment,
        cacheDir,
        withoutDatabase: true,
      });
      const [newest] = await finishInterrupted(folder, task);
      await releaseAbandoned(folder);
      // Watched first, so that what changes after these facts is told.
      await folders.add(folderId, folder);
      try {
        return {
          facts: await describeFolder(folder, { brief: true }, task),
          // A list that cannot be read keeps nobody from a folder.
          snapshots: await list(folderId, task).catch(unlessCancelled),
          interrupted: newest === undefined ? null : ENDED[newest.outcome],
        };
      } catch (error) {
        await folders.close(folderId);
        throw error;
      }
    },
    async 'private.close'({ folderId }) {
      rowsRegister.closeAll(folderId);
      conflictsRegister.closeAll(folderId);
      await folders.close(folderId);
      return null;
    },
    async 'private.protect'({ folderId, take, tidy }) {
      folders.get(folderId).byItself.allow({ take, tidy });
      return null;
    },
    'private.open-backup': ({ folderId, path }, task) =>
      folders.inFront(folderId, ({ openBackup }) => openBackup(path, task)),
    async 'private.close-backup'({ folderId, snapshotId }) {
      await folders.get(folderId).closeBackup(snapshotId);
      return null;
    },
    async 'private.locate'({ folderId, snapshotId }) {
      const found = (await listSnapshots(folders.get(folderId).folder, { backups: true })).find(
        ({ id }) => id === snapshotId,
      );
      if (found === undefined) throw noSuchSnapshot(snapshotId);
      return found.file;
    },
    'private.export': ({ folderId, snapshotId, ...target }, task) =>
      folders.inFront(folderId, async ({ folder }) =>
        toExported(await exportSnapshot(folder, snapshotId, target, task)),
      ),
    async 'private.export-receipt'({ folderId, entryId, ...target }, task) {
      const { folder } = folders.get(folderId);
      const entry = (await readHistory(folder, task)).entries.find(({ id }) => id === entryId);
      if (entry === undefined)
        throw new SnapbackError('usage', 'This entry is not in the history any more.', { id: entryId });
      return toWritten(await exportReceipt(folder, { entry, ...target }));
    },
    'private.prepare-demo': ({ home, fresh }, task) => prepareDemo(home, { fresh, nativeBinding }, task),
    async 'private.trash'({ folderId, planId }) {
      const trash = await describeTrash(folders.get(folderId).folder);
      if (trash.planId !== planId) throw stalePlan(planId);
      const { files, bytes, freesBytes, others, otherNames } = trash;
      return {
        items: [...trash.folders, ...trash.looseFiles],
        summary: { files, bytes, freesBytes, others, otherNames },
      };
    },
    'private.clear-cache': ({ cacheDir }) => clearCache(cacheDir),
    'private.salvage': ({ folderId, snapshotId, to }, task) =>
      folders.inFront(folderId, ({ folder }) =>
        salvageSnapshot(folder, snapshotId, { to, format: /\.json$/i.test(to) ? 'json' : 'sqlite' }, task),
      ),
    async 'private.note-trashed'({ folderId, files, bytes }) {
      await recordEmptied(folders.get(folderId).folder, { files, bytes, to: 'system-trash' });
      return null;
    },
    'private.empty-trash': ({ folderId, planId }) => emptyTrash(folders.get(folderId).folder, { planId }),

    'folder.facts': ({ folderId }, task) => describeFolder(folders.get(folderId).folder, {}, task),
    'folder.in-use': ({ folderId }) => findOpeners(folders.get(folderId).folder.databaseFile),
    'folder.protection': async ({ folderId }) => folders.get(folderId).byItself.state(),
    'folder.timeline': ({ folderId }, task) => readTimeline(folders.get(folderId).folder, task),
    'folder.profile': ({ folderId }, task) => checkProfile(folders.get(folderId).folder, task),
    'folder.happened': ({ folderId }, task) =>
      folders.inFront(folderId, async ({ folder, byItself }) => {
        const happened = await readHappened(folder, task);
        byItself.guard.tell(happened);
        setTimeout(byItself.look, CHECK_AFTER_MS);
        return happened;
      }),
    'folder.waiting': ({ folderId }, task) =>
      folders.inFront(folderId, ({ folder }) => readWaiting(folder, task)),
    'folder.history': ({ folderId }, task) =>
      folders.inFront(folderId, ({ folder }) => readHistory(folder, task)),
    'snapshots.list': ({ folderId }, task) => list(folderId, task),
    'snapshot.diff': ({ folderId, snapshotId }, task) =>
      folders.inFront(folderId, async ({ folder }) =>
        toShownDiff(await diffSnapshot(folder, snapshotId, task)),
      ),
    'search.run': ({ folderId, ...request }, task) =>
      folders.inFront(folderId, ({ folder }) => searchSnapshots(folder, request, task)),
    'row.history': ({ folderId, ...row }, task) =>
      folders.inFront(folderId, ({ folder }) => readRowHistory(folder, row, task)),
    'snapshot.keep': ({ folderId, snapshotId, label }) =>
      folders.inFront(folderId, ({ folder }) => keepSnapshot(folder, snapshotId, label)),
    // A convenience that the system refuses must not keep anybody from what they came for.
    'snapshot.hold': ({ folderId, snapshotId }) =>
      folders.inFront(folderId, async ({ folder, byItself }) =>
        byItself.guard.holds(snapshotId)
          ? null
          : ((await holdSnapshot(folder, snapshotId).catch(orNull()))?.id ?? null),
      ),
    'snapshot.release': ({ folderId, snapshotId }) =>
      folders.inFront(
        folderId,
        async ({ folder, byItself }) =>
          byItself.guard.holds(snapshotId) || releaseSnapshot(folder, snapshotId),
      ),
    'snapshot.let-go': ({ folderId, snapshotId }) =>
      folders.inFront(folderId, async ({ byItself }) => {
        await byItself.guard.letGo(snapshotId);
        return null;
      }),
    'snapshot.salvageable': ({ folderId, snapshotId }, task) =>
      folders.inFront(folderId, ({ folder }) => findSalvageable(folder, snapshotId, task)),
    'folder.space': ({ folderId }) => describeSpace(folders.get(folderId).folder),
    'conversation.open': ({ folderId, snapshotId }, task) =>
      folders.inFront(folderId, async ({ folder, conversations }) => {
        const opened = await openConversation(folder, snapshotId, conversations.correction, task);
        return { ...opened.overview, conversationId: conversations.keep(opened) };
      }),
    'conversation.layout': async ({ folderId, conversationId, chat }) =>
      folders.get(folderId).conversations.get(conversationId).layout(chat),
    'conversation.page': async ({ folderId, conversationId, chat, ...span }) =>
      folders.get(folderId).conversations.get(conversationId).page(chat, span),
    'conversation.difference': async ({ folderId, conversationId, chat, from, direction }) =>
      folders.get(folderId).conversations.get(conversationId).difference(chat, from, direction),
    'conversation.lost': async ({ folderId, conversationId, chat, ...span }) =>
      folders.get(folderId).conversations.get(conversationId).lost(chat, span),
    'conversation.find': async ({ folderId, conversationId, event }) =>
      folders.get(folderId).conversations.get(conversationId).find(event),
    async 'conversation.correct'({ folderId, fields }) {
      folders.get(folderId).conversations.correction = fields;
      return null;
    },
    async 'profile.save-fields'({ folderId, fields }) {
      const { folder, conversations } = folders.get(folderId);
      await saveFields(folder.dir, fields);
      conversations.correction = fields;
      return null;
    },
    'snapshot.take': ({ folderId, kind }, task) =>
      folders.inFront(folderId, async ({ folder }) => toTaken(await takeSnapshot(folder, kind, task))),

    'prune.only-copies': ({ folderId, ids }, task) =>
      folders.inFront(folderId, ({ folder }) => findOnlyCopies(folder, ids, task)),
    'trash.view': ({ folderId }) => viewTrash(folders.get(folderId).folder),
    'trash.only-copies': ({ folderId, planId }, task) =>
      folders.inFront(folderId, ({ folder }) => findOnlyCopiesInTrash(folder, { planId }, task)),
    'trash.put-back': ({ folderId, choices }) =>
      folders.inFront(folderId, ({ folder }) => putBack(folder, choices)),
  };
}

/** How a restore ended that was cut off, as the window is told. */
const ENDED = { committed: 'made', 'not-committed': 'not-made' } as const satisfies {
  readonly [O in Finished['outcome']]: KnownOutcome;
};
