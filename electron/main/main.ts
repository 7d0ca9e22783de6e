import { join } from 'node:path';
import { app, type BrowserWindow, Menu } from 'electron';
import type { Reply, WindowEvent } from '../contract.ts';
import { APP_URL, registerAppScheme, serveApp } from './app-protocol.ts';
import { createClosingGuard } from './closing.ts';
import { coreEnvironment } from './core-environment.ts';
import { createCoreHost } from './core-host.ts';
import { createDesktop, type Desktop } from './desktop.ts';
import type { DesktopHandlers } from './desktop-handlers.ts';
import { listenToWindow, tellWindow } from './ipc.ts';
import { installMenu } from './menu.ts';
import type { Parsed } from './parse.ts';
import { openSettings } from './settings.ts';
import { chooseTarget, parseArguments, parseHandover } from './start-target.ts';
import { builtPath, lockDown, openWindow } from './window.ts';

let window: BrowserWindow | null = null;
const tell = (event: WindowEvent) => tellWindow(window, event);

// Tests that run as root need --no-sandbox. Enabling the sandbox then would crash every child process.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
const FEATURES = [
  // Chromium's network service gets no process of its own: there is nothing for it to do, and starting it costs memory and time.
  'NetworkServiceInProcess2',
  // The page's code is kept compiled as it is by then, with what has drawn the list, and not before anything is drawn.
  'CacheCodeOnIdle:delay-in-ms/3000/service-worker-only/false',
];
const features = [app.commandLine.getSwitchValue('enable-features'), ...FEATURES];
app.commandLine.appendSwitch('enable-features', features.filter(Boolean).join(','));
registerAppScheme();
// Electron would build a menu of its own first, and throw it away as soon as ours is there.
Menu.setApplicationMenu(null);

const ownArguments = parseArguments(process.argv, process.cwd());
if (app.requestSingleInstanceLock(ownArguments)) await start();
else app.quit();

async function start(): Promise<void> {
  let argumentsNow = ownArguments;
  const settings = await openSettings(join(app.getPath('userData'), 'settings.json'), (problem) =>
    console.error('The settings could not be saved:', problem),
  );

  app.on('window-all-closed', () => app.quit());
  // Not awaited, because Electron becomes ready only after this module has been evaluated.
  void app.whenReady().then(async () => {
    const core = createCoreHost({
      script: builtPath('main', 'core-process.js'),
      env: coreEnvironment(process.env, app.isPackaged),
      onEvent: tell,
      onStopped: () => tell({ type: 'core-stopped' }),
      async introduce(tellCore) {
        const place = desktop.openPlace();
        if (place === null) return;
        const { backups, ...folder } = place;
        await tellCore('private.open', { ...folder, cacheDir: desktop.cacheDir });
        await tellCore('private.protect', desktop.protectionNow(place));
        for (const path of backups.values())
          await tellCore('private.open-backup', { folderId: place.folderId, path });
      },
    });
    const menu = installMenu({
      theme: settings.current().theme,
      onCommand: (command) => tell({ type: 'command', command }),
      onTheme: (theme) => void settings.update({ theme }),
    });
    const desktop = createDesktop({
      core,
      settings,
      menu,
      tell,
      window: () => window,
      target: () => chooseTarget(argumentsNow, settings.current().recents),
    });
    // Electron tells of a second start only once it is ready, thus not before now.
    app.on('second-instance', (_event, _argv, _workingDirectory, handedOver) => {
      if (window?.isMinimized()) window.restore();
      window?.focus();
      const handed = parseHandover(handedOver);
      // A start that names no folder only wants to see the window.
      if (handed.dir === null) return;
      argumentsNow = handed;
      desktop.withdrawFirst();
      tell({ type: 'command', command: 'open-target' });
    });
    // As early as possible, because this is what the window waits for.
    core.warm();
    desktop.openFirst();
    const locked = lockDown();
    serveApp(builtPath('renderer'));
    const closing = createClosingGuard(core, () => {
      void settings.update({ stoppedIn: desktop.openPlace()?.dir ?? null });
    });
    listenToWindow(() => window, {
      request: (request, requestId) =>
        isForDesktop(desktop.handlers, request)
          ? callDesktop(desktop, request, requestId)
          : request.name === 'plan.apply'
            ? closing.watch(requestId, core.request(request.name, request.args, requestId))
            : core.request(request.name, request.args, requestId),
      drop: desktop.openDropped,
      cancel: (requestId) => core.cancel(requestId),
    });
    let saved = false;
    app.on('will-quit', (event) => {
      if (saved) return;
      event.preventDefault();
      saved = true;
      // In a later turn, because a quit during this event would be ignored.
      void desktop
        .closeFolder()
        .then(() => core.stop())
        .then(() => settings.settled())
        .then(() => setImmediate(() => app.quit()));
    });
    window = openWindow(builtPath('preload', 'preload.cjs'), settings);
    closing.guard(window);
    window.on('closed', () => {
      window = null;
    });
    // Created meanwhile, which takes as long. Nothing is loaded before.
    await locked;
    void window?.loadURL(APP_URL);
  });
}

type DesktopRequest = Extract<Parsed, { name: keyof DesktopHandlers }>;

function isForDesktop(handlers: DesktopHandlers, request: Parsed): request is DesktopRequest {
  return Object.hasOwn(handlers, request.name);
}

function callDesktop(desktop: Desktop, request: DesktopRequest, requestId: string): Promise<Reply<unknown>> {
  const handle: (args: never, requestId: string) => Promise<Reply<unknown>> = desktop.handlers[request.name];
  // The arguments were checked with the schema for this name.
  return handle(request.args as never, requestId);
}
