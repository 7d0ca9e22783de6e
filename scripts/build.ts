import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, root, say, tool } from './run.ts';

const sources = [
  'src/**',
  'words/**',
  'electron/**',
  'renderer/**',
  'electron.vite.config.ts',
  'scripts/{assigned-names,classic-first,link-worker,node-bundle}.ts',
  'package.json',
];
const stampName = '.sources';

/**
 * Brings `out/` up to date with the sources; does nothing if it already is. A new build is made in another folder and then
 * moved to `out/` as a whole, so that an app never starts from half a build.
 */
export async function buildIfStale(): Promise<void> {
  const stamp = hashSources();
  const out = join(root, 'out');
  const stampFile = join(out, stampName);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  say('building the app, because its sources have changed since the last build');
  const draft = await mkdtemp(join(root, 'out-'));
  try {
    const args = ['build', '--outDir', join(draft, 'new'), '--logLevel', 'warn'];
    await mustRun('build the app', tool('electron-vite'), args);
    await writeFile(join(draft, 'new', stampName), stamp);
    if (existsSync(out)) await rename(out, join(draft, 'old'));
    await rename(join(draft, 'new'), out);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function hashSources(): string {
  const hash = createHash('sha256');
  for (const name of globSync(sources, { cwd: root }).sort()) {
    const file = join(root, name);
    if (statSync(file).isFile()) hash.update(`${name}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

if (import.meta.main) await buildIfStale();
