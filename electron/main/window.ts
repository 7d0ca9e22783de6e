import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, type Session, screen, session } from 'electron';
import { APP_URL } from './app-protocol.ts';
import type { SettingsStore, WindowBounds } from './settings.ts';

const LEAST_WIDTH = 900;
const LEAST_HEIGHT = 600;
const LEAST_LIFE_MS = 10_000;
/** A proxy that can't be reached: the port of this computer on which nothing may listen. */
const NOWHERE = 'socks5://127.0.0.1:0';

/** Shuts what this app never needs: the network, permissions, devices, downloads, further windows, and leaving its own page. */
export async function lockDown(target: Session = session.defaultSession): Promise<void> {
  target.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  target.setPermissionCheckHandler(() => false);
  target.setDevicePermissionHandler(() => false);
  target.on('will-download', (event) => event.preventDefault());
  target.webRequest.onBeforeRequest(
    { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*'] },
    (_details, answer) => answer({ cancel: true }),
  );
  // What the filter above does not see, WebRTC's connections among it, finds a proxy that nobody is.
  await target.setProxy({ mode: 'fixed_servers', proxyRules: NOWHERE, proxyBypassRules: '<-loopback>' });
  app.on('web-contents-created', (_event, contents) => {
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-frame-navigate', (event) => {
      // Reading its own page anew is the one way to go.
      if (!event.isMainFrame || event.url !== APP_URL) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

/** Opens the one window where it was last, unless that place is on no screen any more. */
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
    // Must be what `--bg` is in tokens.css, so that nothing flashes before the first paint.
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
    // The page reads everything anew. One that dies at once stays down rather than spin.
    if (Date.now() - shownAt > LEAST_LIFE_MS) window.webContents.reload();
    shownAt = Date.now();
  });
  // The preload script keeps the page from leaving for `about:blank`, of which no event of this process asks.
  window.webContents.on('did-navigate', (_event, url) => {
    if (url !== APP_URL) void window.loadURL(APP_URL);
  });
  void window.loadURL(APP_URL);
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

/** The folder of the built main process; the other parts lie beside it. */
export function builtPath(...parts: readonly string[]): string {
  return join(import.meta.dirname, '..', ...parts);
}
