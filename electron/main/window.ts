import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, type Session, screen, session } from 'electron';
import { APP_URL } from './app-protocol.ts';
import type { SettingsStore, WindowBounds } from './settings.ts';

const LEAST_WIDTH = 900;
const LEAST_HEIGHT = 600;
const LEAST_LIFE_MS = 10_000;
/** A proxy that cannot exist: nothing can listen on port 0. */
const NOWHERE = 'socks5://127.0.0.1:0';

/**
 * Blocks what this app never needs: the network, permissions, devices, downloads, more windows, and leaving its page. A window
 * may be created at once, but must load nothing before this resolves.
 */
export async function lockDown(target: Session = session.defaultSession): Promise<void> {
  target.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  target.setPermissionCheckHandler(() => false);
  target.setDevicePermissionHandler(() => false);
  target.on('will-download', (event) => event.preventDefault());
  target.webRequest.onBeforeRequest(
    { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*'] },
    (_details, answer) => answer({ cancel: true }),
  );
  app.on('web-contents-created', (_event, contents) => {
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-frame-navigate', (event) => {
      // The only navigation allowed is to reload the page.
      if (!event.isMainFrame || event.url !== APP_URL) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
  // The filter above does not see all connections, such as those of WebRTC. This proxy stops the others.
  await target.setProxy({ mode: 'fixed_servers', proxyRules: NOWHERE, proxyBypassRules: '<-loopback>' });
}

/**
 * Creates the only window where it was last, unless no screen shows that place any more. It loads nothing yet, and appears
 * when it has.
 */
export function openWindow(preload: string, settings: SettingsStore): BrowserWindow {
  const remembered = onSomeScreen(settings.current().bounds);
  const window = new BrowserWindow({
    width: 1200,
    height: 760,
    ...(remembered === null ? {} : pickRectangle(remembered)),
    minWidth: LEAST_WIDTH,
    minHeight: LEAST_HEIGHT,
    title: 'Snapback',
    show: false,
    autoHideMenuBar: true,
    // Must equal `--bg` in tokens.css, so that nothing flashes before the first paint.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14171b' : '#f6f7f9',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  if (remembered?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    const bounds = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    void settings.update({ bounds });
  });
  let shownAt = Date.now();
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    console.error(`The window's process ended: ${reason}`);
    // The page reads everything again. One that dies at once is not reloaded, so that this cannot go on for ever.
    if (Date.now() - shownAt > LEAST_LIFE_MS) window.webContents.reload();
    shownAt = Date.now();
  });
  // No event of this process can refuse `about:blank`. The preload script does; this brings the page back if that failed.
  window.webContents.on('did-navigate', (_event, url) => {
    if (url !== APP_URL) void window.loadURL(APP_URL);
  });
  return window;
}

function pickRectangle({ x, y, width, height }: WindowBounds) {
  return { x, y, width: Math.max(width, LEAST_WIDTH), height: Math.max(height, LEAST_HEIGHT) };
}

function onSomeScreen(bounds: WindowBounds | null): WindowBounds | null {
  if (bounds === null) return null;
  const { workArea } = screen.getDisplayMatching(bounds);
  const visible =
    bounds.x < workArea.x + workArea.width - 100 &&
    bounds.x + bounds.width > workArea.x + 100 &&
    bounds.y >= workArea.y - 20 &&
    bounds.y < workArea.y + workArea.height - 60;
  return visible ? bounds : null;
}

/** A path in the folder of the built app, in which the main process has a folder of its own. */
export function builtPath(...parts: readonly string[]): string {
  return join(import.meta.dirname, '..', ...parts);
}
