/* The least that an app like this can be: a window with React, and a process beside it that waits. */
import { app, BrowserWindow, utilityProcess } from 'electron';

// Not awaited, because Electron becomes ready only after this module has been evaluated.
void app.whenReady().then(() => {
  utilityProcess.fork(new URL('core.js', import.meta.url).pathname);
  const window = new BrowserWindow({ width: 1200, height: 760, show: false, autoHideMenuBar: true });
  window.once('ready-to-show', () => window.show());
  return window.loadFile('page/index.html');
});
