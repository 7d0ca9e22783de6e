import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { app, type BrowserWindow, clipboard, shell } from 'electron';
import type { SnapshotId } from '../../src/index.ts';
import type { ArgsOf, FolderId, OpenFolder, Reply, RequestId, StartFacts, WindowEvent } from '../contract.ts';
import type { CoreHost } from './core-host.ts';
import { type DesktopHandlers, done, failed, notOpen } from './desktop-handlers.ts';
import { createFileDialogs } from './file-dialogs.ts';
import { createFirstOpening } from './first-opening.ts';
import type { AppMenu } from './menu.ts';
import { createNewFileHandlers } from './new-files.ts';
import type { Drop } from './parse.ts';
import {
  describeRecent,
  protectionOf,
  recentId,
  rememberFolder,
  type SettingsStore,
  shortenPlace,
  withProtection,
} from './settings.ts';
import type { StartTarget } from './start-target.ts';
import { emptyTrashTo } from './system-trash.ts';

const OLDEST_RUNTIME_FOR_USERS = 40;
const LONGEST_CLOSING_MS = 1_000;

/** The folder that is open, with the path that only this process knows. */
type OpenPlace = {
  readonly folderId: FolderId;
  readonly dir: string;
  readonly database: string | null;
  /** What was opened beside its snapshots: paths by their ids. */
  readonly backups: Map<SnapshotId, string>;
};

export type DesktopOptions = {
  readonly core: CoreHost;
  readonly settings: SettingsStore;
  readonly menu: AppMenu;
  readonly tell: (event: WindowEvent) => void;
  readonly window: () => BrowserWindow | null;
  readonly target: () => StartTarget;
};

export type Desktop = {
  readonly handlers: DesktopHandlers;
  readonly openPlace: () => OpenPlace | null;
  /** What may be done by itself in a folder that is open, as the core is told. */
  readonly protectionNow: (open: OpenPlace) => ArgsOf<'private.protect'>;
  readonly cacheDir: string;
  /** Opens the folder to open first, if there is one, before the window is there to ask for it. */
  readonly openFirst: () => void;
  /** Called when another folder is to be opened instead. A window that has not asked yet does not hear of what was begun. */
  readonly withdrawFirst: () => void;
  /** Opens what was dropped: a file beside the snapshots of the open folder; else a folder, or that of a database. */
  readonly openDropped: (drop: Drop) => Promise<Reply<OpenFolder | null>>;
  /** Lets go what is held in the open folder, as far as that takes no longer than a moment. Never rejects. */
  readonly closeFolder: () => Promise<void>;
};

/** Does what only the main process can: dialogs, the file manager, the system's trash, recent folders. Knows which folder is open. */
export function createDesktop({ core, settings, menu, tell, window, target }: DesktopOptions): Desktop {
  const home = app.getPath('home');
  const cacheDir = join(app.getPath('userData'), 'checked');
  const dialogs = createFileDialogs(window);
  let place: OpenPlace | null = null;
  let newest: FolderId = '';
  const first = createFirstOpening<Reply<OpenFolder>>();

  /** The open folder stays open if this fails, or if opening another one was begun meanwhile. */
  async function open(
    dir: string,
    database: string | null,
    requestId: RequestId,
  ): Promise<Reply<OpenFolder>> {
    const folderId = randomUUID();
    newest = folderId;
    const reply = await core.request('private.open', { folderId, dir, database, cacheDir }, requestId);
    if (!reply.ok) return reply;
    if (newest !== folderId) {
      await core.request('private.close', { folderId });
      return failed('cancelled', 'Another folder was opened instead.');
    }
    if (place !== null) await core.request('private.close', { folderId: place.folderId });
    place = { folderId, dir, database, backups: new Map() };
    const folder = { dir, database, demo: reply.value.facts.demo };
    void settings.update({ recents: rememberFolder(settings.current().recents, folder) });
    void core.request('private.protect', protectionNow(place));
    // A restore that was cancelled by closing the window has recorded its own end: only the settings know of it.
    const stopped = settings.current().stoppedIn === dir;
    if (stopped) void settings.update({ stoppedIn: null });
    const { facts, snapshots, interrupted } = reply.value;
    return done({
      folderId,
      place: shortenPlace(dirname(dir), home),
      facts,
      snapshots,
      interrupted: stopped ? 'not-made' : interrupted,
    });
  }

  async function openPath(path: string, requestId: RequestId) {
    const facts = await stat(path).catch(() => null);
    return facts?.isFile() === true
      ? open(dirname(path), basename(path), requestId)
      : open(path, null, requestId);
  }

  async function openBackup(folderId: FolderId, path: string, requestId: RequestId): Promise<Reply<null>> {
    const opened = await core.request('private.open-backup', { folderId, path }, requestId);
    if (!opened.ok) return opened;
    if (place?.folderId !== folderId) return notOpen;
    place.backups.set(opened.value, path);
    tell({ type: 'backup-opened', folderId, snapshotId: opened.value });
    return done(null);
  }

  async function openDropped({ path, beside, requestId }: Drop): Promise<Reply<OpenFolder | null>> {
    const isBackup = beside !== null && (await stat(path).catch(() => null))?.isFile() === true;
    return isBackup ? openBackup(beside, path, requestId) : openPath(path, requestId);
  }

  async function openDemo(fresh: boolean, requestId: RequestId): Promise<Reply<OpenFolder>> {
    const built = await core.request('private.prepare-demo', { home, fresh }, requestId);
    return built.ok ? open(built.value, null, requestId) : built;
  }

  function openTarget(requestId: RequestId): Promise<Reply<OpenFolder>> {
    const folder = target();
    return folder?.open === 'folder'
      ? open(folder.dir, folder.database, requestId)
      : openDemo(false, requestId);
  }

  const protectionNow = (open: OpenPlace) => ({
    folderId: open.folderId,
    ...protectionOf(settings.current().protections, open),
  });
  const recents = () => settings.current().recents.map((folder) => describeRecent(folder, home));

  const handlers: DesktopHandlers = {
    async 'start.facts'() {
      const folder = target();
      return done<StartFacts>({
        version: app.getVersion(),
        target: folder === null ? null : folder.open === 'demo' ? 'the demo' : basename(folder.dir),
        openingId: first.requestId(),
        recents: recents(),
        demoPlace: shortenPlace(join(home, 'Snapback Demo'), home),
        theme: settings.current().theme,
        developmentRuntime: Number.parseInt(process.versions.electron ?? '0', 10) < OLDEST_RUNTIME_FOR_USERS,
      });
    },
    'folder.open-target': (_args, requestId) => first.take(requestId) ?? openTarget(requestId),
    async 'folder.choose'({ what }, requestId) {
      const options: Electron.OpenDialogOptions =
        what === 'folder'
          ? {
              title: 'Open a data folder',
              message: 'Choose the folder that holds the chat database and its “snapshots” folder.',
              properties: ['openDirectory'],
            }
          : { title: 'Choose the chat database', properties: ['openFile'] };
      const path = await dialogs.askWhich(options);
      return path === null ? done(null) : openPath(path, requestId);
    },
    async 'backup.choose'({ folderId }, requestId) {
      const path = await dialogs.askWhich({
        title: 'Open a backup',
        message: 'Choose a copy of the chat database, or a snapshot.',
        properties: ['openFile', 'showHiddenFiles'],
      });
      return path === null ? done(null) : openBackup(folderId, path, requestId);
    },
    async 'backup.close'(args) {
      place?.backups.delete(args.snapshotId);
      return core.request('private.close-backup', args);
    },
    async 'folder.open-recent'(args, requestId) {
      const folder = settings.current().recents.find((recent) => recentId(recent) === args.recentId);
      if (folder === undefined)
        return failed('data-folder-missing', 'This folder is not among the recent ones.');
      return open(folder.dir, folder.database, requestId);
    },
    async 'folder.close'({ folderId }) {
      if (place?.folderId === folderId) {
        place = null;
        await core.request('private.close', { folderId });
      }
      return done(null);
    },
    async 'folder.reveal'({ folderId }) {
      if (place?.folderId !== folderId) return notOpen;
      // Shown, not opened: something else may be at that path by now, even a program, which would be started.
      shell.showItemInFolder(place.dir);
      return done(null);
    },
    async 'recent.forget'(args) {
      const kept = settings.current().recents.filter((recent) => recentId(recent) !== args.recentId);
      await settings.update({ recents: kept });
      return done(recents());
    },
    ...createNewFileHandlers(core, dialogs),
    'demo.open': ({ fresh }, requestId) => openDemo(fresh, requestId),
    async 'snapshot.reveal'(args) {
      const file = await core.request('private.locate', args);
      if (!file.ok) return file;
      shell.showItemInFolder(file.value);
      return done(null);
    },
    'trash.empty': (args) => emptyTrashTo(core, args),
    async 'rows.copy'(args) {
      const text = await core.request('private.copy', args);
      if (!text.ok) return text;
      clipboard.writeText(text.value);
      return done(null);
    },
    'cache.clear': () => core.request('private.clear-cache', { cacheDir }),
    async 'protection.set'({ folderId, take, tidy }) {
      if (place?.folderId !== folderId) return notOpen;
      const protections = withProtection(settings.current().protections, place, { take, tidy });
      await settings.update({ protections });
      return core.request('private.protect', protectionNow(place));
    },
    async 'menu.enable'({ commands }) {
      menu.enable(commands);
      return done(null);
    },
    async 'theme.set'({ theme }) {
      menu.setTheme(theme);
      return done(null);
    },
  };

  // What is not let go by then, the next start lets go.
  const closeFolder = async () => {
    if (place === null) return;
    const late = new Promise((resolve) => setTimeout(resolve, LONGEST_CLOSING_MS));
    await Promise.race([core.request('private.close', { folderId: place.folderId }), late]);
  };

  return {
    handlers,
    protectionNow,
    openPlace: () => place,
    cacheDir,
    openFirst() {
      if (target() !== null) first.begin(openTarget);
    },
    withdrawFirst: first.withdraw,
    openDropped,
    closeFolder,
  };
}
