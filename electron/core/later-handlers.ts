import {
  type Conflicts,
  checkProfile,
  clearCache,
  describeSpace,
  describeTrash,
  diffSnapshot,
  emptyTrash,
  exportReceipt,
  exportSnapshot,
  findOnlyCopies,
  findOnlyCopiesInTrash,
  findOpeners,
  findSalvageable,
  holdSnapshot,
  keepSnapshot,
  listSnapshots,
  noSuchSnapshot,
  openConversation,
  orNull,
  putBack,
  type Rows,
  readHappened,
  readHistory,
  readRowHistory,
  readTimeline,
  readWaiting,
  recordEmptied,
  releaseSnapshot,
  SnapbackError,
  salvageSnapshot,
  saveFields,
  searchSnapshots,
  takeSnapshot,
  viewTrash,
} from '../../src/index.ts';
import { createConflictHandlers } from './conflict-handlers.ts';
import { toExported, toShownDiff, toTaken, toWritten } from './for-window.ts';
import type { OpenFolders } from './open-folders.ts';
import type { OpenRegister } from './open-register.ts';
import { createPlanHandlers, stalePlan } from './plan-handlers.ts';
import { type LaterHandlers, QUIET_AFTER_MS } from './requests.ts';
import { createRowsHandlers } from './rows-handlers.ts';

type Shared = {
  readonly folders: OpenFolders;
  readonly rows: OpenRegister<Rows>;
  readonly conflicts: OpenRegister<Conflicts>;
};

/**
 * Answers all requests that are not made until the list is shown. Those about rows, plans and conflicts stand in files of their
 * own.
 */
export function createLaterHandlers({ folders, rows, conflicts }: Shared): LaterHandlers {
  return {
    ...createRowsHandlers(folders, rows),
    ...createPlanHandlers(folders),
    ...createConflictHandlers(folders, conflicts),
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

    'folder.in-use': ({ folderId }) => findOpeners(folders.get(folderId).folder.databaseFile),
    'folder.protection': async ({ folderId }) => folders.get(folderId).byItself.state(),
    'folder.timeline': ({ folderId }, task) => readTimeline(folders.get(folderId).folder, task),
    'folder.profile': ({ folderId }, task) => checkProfile(folders.get(folderId).folder, task),
    'folder.happened': ({ folderId }, task) =>
      folders.inFront(folderId, async ({ folder, byItself }) => {
        const happened = await readHappened(folder, task);
        byItself.guard.tell(happened);
        setTimeout(byItself.look, QUIET_AFTER_MS);
        return happened;
      }),
    'folder.waiting': ({ folderId }, task) =>
      folders.inFront(folderId, ({ folder }) => readWaiting(folder, task)),
    'folder.history': ({ folderId }, task) =>
      folders.inFront(folderId, ({ folder }) => readHistory(folder, task)),
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
