// What the `electron` program of the fallback runtime runs: `electron [-r module]... FOLDER [arguments]`.
// An official Electron has such a stand-in of its own. Top-level await is essential: Electron holds its
// 'ready' event until this module has finished, so the app can still do what must be done before it.
import { existsSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const { preload, target } = readArguments(process.argv.slice(1));
if (target === undefined) {
  console.error('usage: electron [-r module]... FOLDER [arguments]');
  process.exit(1);
}
// Playwright's loader comes as such a module.
Module._preloadModules(preload);

try {
  // Electron's own way to tell an app that it runs from its sources.
  Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
  const folder = resolve(target);
  adoptPackage(folder);
  await import(pathToFileURL(Module._resolveFilename(folder, null, true)).href);
} catch (error) {
  console.error('The app could not be loaded:', error);
  process.exit(1);
}

function readArguments(given) {
  const preload = [];
  for (let at = 0; at < given.length; at += 1) {
    if (given[at] === '-r' || given[at] === '--require') {
      at += 1;
      preload.push(given[at]);
    } else if (!given[at].startsWith('-')) {
      return { preload, target: given[at] };
    }
  }
  return { preload, target: undefined };
}

function adoptPackage(folder) {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return;
  const { name, productName, version } = JSON.parse(readFileSync(file, 'utf8'));
  if (version) app.setVersion(version);
  app.name = productName ?? name ?? app.name;
  app.setDesktopName(`${app.name}.desktop`);
  app.setAppPath(folder);
}
