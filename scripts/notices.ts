import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.ts';

type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
};

/**
 * The notices of all third-party code in a package, from the licence files of the installed modules. Electron brings its
 * own. @throws if a module says nothing about its licence, so that a person looks at it
 */
export function collectNotices(): string {
  const modules = [...closureOf(listImported())].sort(([a], [b]) => (a < b ? -1 : 1));
  return modules.map(([folder, manifest]) => describe(folder, manifest)).join(`\n${'-'.repeat(80)}\n\n`);
}

/** Every package that the app's own code imports, whether it is bundled or shipped as a module. Electron does not count. */
function listImported(): readonly string[] {
  const files = globSync('{src,words,electron,renderer}/**/*.{ts,tsx}', { cwd: root });
  const names = files.flatMap((file) =>
    [
      ...readFileSync(join(root, file), 'utf8').matchAll(
        / from '((?:@[^/']+\/)?[^./'][^/':]*)(?:\/[^']*)?';/g,
      ),
    ].flatMap((found) => found[1] ?? []),
  );
  return [...new Set(names)].filter((name) => name !== 'electron');
}

function describe(folder: string, { name, version, license }: Manifest): string {
  const files = globSync('{LICENSE,LICENCE,license,COPYING,NOTICE}*', { cwd: folder });
  if (files.length === 0 && license === undefined)
    throw new Error(`${name} neither has a licence file nor names its licence`);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `${[`${name} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n')}\n`;
}

/** The modules and all their dependencies, by folder. */
function closureOf(names: readonly string[]): ReadonlyMap<string, Manifest> {
  const found = new Map<string, Manifest>();
  const visit = (name: string, from: string) => {
    const folder = findModule(name, from);
    if (found.has(folder)) return;
    const manifest = readManifest(folder);
    found.set(folder, manifest);
    for (const next of Object.keys(manifest.dependencies ?? {})) visit(next, folder);
  };
  for (const name of names) visit(name, root);
  return found;
}

/** The folder where Node finds a module: in the `node_modules` of the importing module or of a folder above it. */
function findModule(name: string, from: string): string {
  for (let folder = from; ; folder = join(folder, '..')) {
    const candidate = join(folder, 'node_modules', name);
    if (globSync('package.json', { cwd: candidate }).length > 0) return candidate;
    if (folder === join(folder, '..')) throw new Error(`${name} is not installed`);
  }
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
