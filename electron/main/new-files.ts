import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { app, shell } from 'electron';
import type { ArgsOf, FolderId, Reply } from '../contract.ts';
import type { CoreHost } from './core-host.ts';
import { type DesktopHandlers, done, failed } from './desktop-handlers.ts';
import type { FileDialogs } from './file-dialogs.ts';
import { shortenPlace } from './settings.ts';

type NewFileRequest =
  | 'snapshot.salvage'
  | 'snapshot.export'
  | 'restore.copy'
  | 'copy.reveal'
  | 'history.export';

type Start = NonNullable<ArgsOf<'restore.copy'>['startFrom']>;

/** Asks for a place and has the core write a new file there. Only this process knows where that is. */
export function createNewFileHandlers(
  core: CoreHost,
  { askWhich, askWhere }: FileDialogs,
): Pick<DesktopHandlers, NewFileRequest> {
  /** The file that a restore was written into last. */
  let newestCopy: { readonly copyId: string; readonly path: string } | null = null;

  /** Null: the dialog was dismissed. */
  const findStart = async (folderId: FolderId, { safetyCopy }: Start): Promise<Reply<string | null>> => {
    if (safetyCopy !== null) return core.request('private.locate', { folderId, snapshotId: safetyCopy });
    return done(
      await askWhich({
        title: 'Choose an older copy of the database',
        message: 'Choose a copy of the chat database that the new one starts from.',
        properties: ['openFile', 'showHiddenFiles'],
      }),
    );
  };

  return {
    async 'snapshot.salvage'(args, requestId) {
      const to = await askWhere({
        title: 'Save what is whole',
        defaultPath: inDocuments(`${basename(args.snapshotId)} salvaged`, 'json'),
        filters: [
          { name: 'Snapshot', extensions: ['json'] },
          { name: 'SQLite database', extensions: ['sqlite', 'db'] },
        ],
      });
      if (to === null) return done(null);
      const saved = await core.request('private.salvage', { ...args, to }, requestId);
      if (!saved.ok) return saved;
      const { file, ...receipt } = saved.value;
      return done({ ...receipt, fileName: basename(file) });
    },
    async 'snapshot.export'(args, requestId) {
      const to = await askWhere({
        title: 'Export to a new file',
        defaultPath: inDocuments(
          `${args.table ?? 'snapshot'} ${args.snapshotId}`,
          args.format === 'sqlite' ? 'db' : args.format,
        ),
      });
      return to === null ? done(null) : core.request('private.export', { ...args, to }, requestId);
    },
    async 'restore.copy'({ startFrom: start, ...args }, requestId) {
      const startFrom = start === undefined ? undefined : await findStart(args.folderId, start);
      if (startFrom?.ok === false) return startFrom;
      if (startFrom?.value === null) return done(null);
      const to = await askWhere({
        title: 'Restore into a new file',
        defaultPath: inDocuments(`${basename(args.snapshotId)} restored`, 'db'),
        filters: [{ name: 'SQLite database', extensions: ['db', 'sqlite'] }],
      });
      if (to === null) return done(null);
      const written = await core.request(
        'private.copy-restore',
        { ...args, to, startFrom: startFrom?.value },
        requestId,
      );
      if (!written.ok) return written;
      const { to: path, ...receipt } = written.value;
      newestCopy = { copyId: randomUUID(), path };
      const chosen = start?.safetyCopy === null ? startFrom?.value : null;
      return done({
        ...receipt,
        name: basename(path),
        place: shortenPlace(dirname(path), app.getPath('home')),
        startName: chosen == null ? null : basename(chosen),
        copyId: newestCopy.copyId,
      });
    },
    async 'copy.reveal'({ copyId }) {
      if (newestCopy?.copyId !== copyId) return failed('plan-stale', 'This file is not known any more.');
      shell.showItemInFolder(newestCopy.path);
      return done(null);
    },
    async 'history.export'(args, requestId) {
      const to = await askWhere({
        title: 'Export the receipt',
        defaultPath: inDocuments(`Receipt ${basename(args.entryId)}`, 'json'),
      });
      return to === null ? done(null) : core.request('private.export-receipt', { ...args, to }, requestId);
    },
  };
}

/** A place in the person’s documents, under a name that any file system takes. */
function inDocuments(name: string, ending: string): string {
  return join(app.getPath('documents'), `${name.replace(/[^\p{L}\p{N} ._-]/gu, '-')}.${ending}`);
}
