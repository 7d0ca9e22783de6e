import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hasDisplay, startVirtualDisplay } from './display.ts';
import { bindingIsMissing, provideFallbackBinding } from './fallback-binding.ts';
import {
  electronIsMissing,
  fallbackFits,
  fallbackVersion,
  provideFallbackElectron,
} from './fallback-electron.ts';
import { root, run, Stop, say } from './run.ts';
import { ensureSystemPackages } from './system-packages.ts';

/** The Electron on which the app runs here: its folder, its program, and the environment variables that select it. */
export type Runtime = {
  readonly folder: string;
  readonly program: string;
  readonly version: string;
  /** Whether it is only for development and tests, and must never be shipped. */
  readonly isFallback: boolean;
  readonly env: NodeJS.ProcessEnv;
};

const programPath =
  { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[String(process.platform)] ??
  'electron';
const packageFolder = join(root, 'node_modules/electron');
const officialVersion: string = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version;

/**
 * Finds or downloads an Electron and the system packages that it needs. The order is: the folder that
 * ELECTRON_OVERRIDE_DIST_PATH names, the official one, the fallback.
 */
export async function prepareRuntime(): Promise<Runtime> {
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (given) {
    await ensureSystemPackages({ Xvfb: !hasDisplay() });
    return describeGiven(given);
  }
  if (isInstalled() || isDownloaded() || !fallbackFits || (await canDownload())) {
    await ensureSystemPackages({ Xvfb: !hasDisplay() });
    if (await installOfficial()) return describeOfficial();
  }
  if (fallbackFits) return provideFallback();
  throw new Stop(
    `Electron ${officialVersion} could not be downloaded from GitHub. Connect to the internet once, or unpack an Electron ` +
      'into a folder and set ELECTRON_OVERRIDE_DIST_PATH to that folder',
  );
}

/** An environment in which the app can open windows, even without a display or as root. */
export async function prepareWindows(runtime: Runtime): Promise<NodeJS.ProcessEnv> {
  const display = hasDisplay() ? {} : await startVirtualDisplay();
  return { ...prepareApp(runtime), ...display };
}

/** The same without a display, for those that start one themselves. */
export function prepareApp(runtime: Runtime): NodeJS.ProcessEnv {
  return { ...cleanEnvironment(), ...runtime.env, ...chooseSandbox() };
}

function describeGiven(folder: string): Runtime {
  const version = readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  say(`using Electron ${version} from ${folder}, as ELECTRON_OVERRIDE_DIST_PATH says`);
  const program = join(folder, programPath);
  const { BETTER_SQLITE3_BINDING: binding } = process.env;
  const env = { ELECTRON_OVERRIDE_DIST_PATH: folder, ...(binding && { BETTER_SQLITE3_BINDING: binding }) };
  return { folder, program, version, isFallback: version !== officialVersion, env };
}

function describeOfficial(): Runtime {
  const folder = join(packageFolder, 'dist');
  const program = join(folder, programPath);
  return { folder, program, version: officialVersion, isFallback: false, env: {} };
}

async function provideFallback(): Promise<Runtime> {
  await ensureSystemPackages({
    Xvfb: !hasDisplay(),
    unzip: await electronIsMissing(),
    'g++': await bindingIsMissing(),
  });
  const folder = await provideFallbackElectron();
  const program = join(folder, programPath);
  const binding = await provideFallbackBinding(program);
  say(
    `Electron ${officialVersion} cannot be downloaded from GitHub now: this is Electron ${fallbackVersion}, ` +
      'for development and tests only (it gets no security fixes); users get the newest',
  );
  const env = { ELECTRON_OVERRIDE_DIST_PATH: folder, BETTER_SQLITE3_BINDING: binding };
  return { folder, program, version: fallbackVersion, isFallback: true, env };
}

function isInstalled(): boolean {
  return existsSync(join(packageFolder, 'path.txt')) && existsSync(join(packageFolder, 'dist/version'));
}

/** Whether the official Electron is in its download cache. Only asked on Linux. */
function isDownloaded(): boolean {
  const cache =
    process.env.electron_config_cache ??
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'electron');
  return globSync(`*/electron-v${officialVersion}-linux-x64.zip`, { cwd: cache }).length > 0;
}

/** Requests the archive itself, because the page that links to it is on another server. */
async function canDownload(): Promise<boolean> {
  const mirror = process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/download/';
  const address = `${mirror}v${officialVersion}/electron-v${officialVersion}-linux-x64.zip`;
  try {
    return (await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(3_000) })).ok;
  } catch {
    return false; // Whatever the reason, it cannot be downloaded now.
  }
}

async function installOfficial(): Promise<boolean> {
  if (isInstalled()) return true;
  say(`downloading Electron ${officialVersion} from GitHub, once: the app runs on it`);
  return (await run(process.execPath, [join(packageFolder, 'install.js')])) === 0;
}

/** Our environment, without the variable that makes Electron run as plain Node. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return env;
}

/** Turns Chromium's sandbox off for root and where user namespaces are forbidden: Electron would not start with it. */
function chooseSandbox(): Record<string, string> {
  if (process.platform !== 'linux') return {};
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && spawnSync('unshare', ['-r', '-p', '-n', '-f', 'true']).status === 0) return {};
  const reason = isRoot ? 'root' : 'a user without user namespaces';
  say(`running as ${reason}: without Chromium's sandbox, which the installed app always has`);
  return { ELECTRON_DISABLE_SANDBOX: '1' };
}
