/*
 * The least that an app like this can be: a window with React, and a process beside it that waits. `BARE_WINDOW` names
 * another page, another script for that process, and what the process is to answer before the page is loaded.
 */
import { app, BrowserWindow, utilityProcess } from 'electron';

const { page = 'index', script = 'core.js', request = null } = JSON.parse(process.env.BARE_WINDOW ?? '{}');

// Not awaited, because Electron becomes ready only after this module has been evaluated.
void app.whenReady().then(async () => {
  const core = utilityProcess.fork(new URL(script, import.meta.url).pathname);
  const window = new BrowserWindow({ width: 1200, height: 760, show: false, autoHideMenuBar: true });
  window.once('ready-to-show', () => window.show());
  if (request !== null) {
    core.postMessage(request);
    const { reply } = await new Promise((done) => core.once('message', done));
    if (!reply.ok) throw new Error(reply.error.message);
  }
  return window.loadFile(`${page}/${page}.html`);
});
