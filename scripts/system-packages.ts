import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { mustRun, Stop, say } from './run.ts';

/** A shared library or a program of the operating system, and the Debian package that contains it. */
type Need = { readonly name: string; readonly package: string; readonly why: string };

const always: readonly Need[] = [
  { name: 'libgtk-3.so.0', package: 'libgtk-3-0', why: 'Electron' },
  { name: 'libnss3.so', package: 'libnss3', why: 'Electron' },
  { name: 'libasound.so.2', package: 'libasound2', why: 'Electron' },
  { name: 'libgbm.so.1', package: 'libgbm1', why: 'Electron' },
  { name: 'gio', package: 'libglib2.0-bin', why: "the desktop's trash" },
];
const programs = {
  'g++': { name: 'g++', package: 'g++', why: "compiling better-sqlite3's binding for the fallback Electron" },
  unzip: { name: 'unzip', package: 'unzip', why: 'unpacking the fallback Electron' },
  strace: { name: 'strace', package: 'strace', why: 'tests that count the calls of a process' },
  Xvfb: { name: 'Xvfb', package: 'xvfb', why: 'windows without a display' },
} as const satisfies Record<string, Need>;

/**
 * Checks that the libraries that Electron always needs and the chosen programs are installed. As root on a Debian-like
 * system, it installs what is missing. Does nothing on systems other than Linux.
 * @throws a `Stop` that says what to install, if it cannot do so itself
 */
export async function ensureSystemPackages(
  chosen: Partial<Record<keyof typeof programs, boolean>>,
): Promise<void> {
  if (process.platform !== 'linux') return;
  const missing = [...always, ...Object.values(programs).filter((need) => chosen[need.name])].filter(
    isMissing,
  );
  if (missing.length === 0) return;
  const reasons = missing.map((need) => `${need.name} (${need.why})`).join(', ');
  if (!hasProgram('apt-get')) throw new Stop(`install what is missing with your package manager: ${reasons}`);
  if (process.getuid?.() !== 0) {
    throw new Stop(
      `missing: ${reasons}. Run this, then try again:\n` +
        `  sudo apt-get update && sudo apt-get install -y ${debianNames(missing).join(' ')}`,
    );
  }
  say(`installing system packages for ${reasons}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = ['-qq', '-o', 'Dpkg::Use-Pty=0'];
  await mustRun('refresh the package lists', 'apt-get', [...quiet, 'update'], { env });
  const install = [...quiet, 'install', '-y', '--no-install-recommends', ...debianNames(missing)];
  await mustRun('install system packages', 'apt-get', install, {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const still = missing.filter(isMissing);
  if (still.length > 0) throw new Stop(`still missing: ${still.map((need) => need.name).join(', ')}`);
}

function isMissing(need: Need): boolean {
  return need.name.includes('.so') ? !hasLibrary(need.name) : !hasProgram(need.name);
}

function hasLibrary(name: string): boolean {
  const path = `/usr/sbin:/sbin:${process.env.PATH ?? ''}`;
  const answer = spawnSync('ldconfig', ['-p'], { encoding: 'utf8', env: { PATH: path } });
  return answer.stdout?.includes(`${name} `) ?? false;
}

function hasProgram(name: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, name)));
}

/** Package names of this Debian release. Newer ones renamed some packages (`…t64`) when time_t became 64 bits wide. */
function debianNames(needs: readonly Need[]): readonly string[] {
  return needs.map((need) => {
    const renamed = `${need.package}t64`;
    const answer = spawnSync('apt-cache', ['show', renamed], { stdio: 'ignore' });
    return answer.status === 0 ? renamed : need.package;
  });
}
