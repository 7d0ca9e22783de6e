import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cached, cachePath, hashFiles } from './cache.ts';
import { mustRun, root, say } from './run.ts';

const modules = join(root, 'node_modules');
const sqlite = join(modules, 'better-sqlite3/deps/sqlite3');
const cSource = join(sqlite, 'sqlite3.c');
const packageFile = join(modules, 'better-sqlite3/package.json');
const definesFile = join(modules, 'better-sqlite3/deps/defines.gypi');
const cppSource = join(modules, 'better-sqlite3/src/better_sqlite3.cpp');
const header = join(import.meta.dirname, 'fallback-node-api.h');
const fileName = 'better_sqlite3.node';

/** Whether it still has to be compiled, which needs `g++`. */
export async function bindingIsMissing(): Promise<boolean> {
  return !existsSync(cachePath(await bindingKey()));
}

/**
 * better-sqlite3 for the fallback Electron, compiled and loaded once on first use.
 * Its stock binding asks for Node-API 10 because it keeps references to strings; the fallback has 9, where an
 * add-on may do so if it declares itself experimental. Compiled as such, the same source works in both.
 */
export async function provideFallbackBinding(electron: string): Promise<string> {
  const folder = await cached(await bindingKey(), async (target) => {
    say("compiling better-sqlite3's binding for the fallback Electron (a minute, once)");
    const draft = dirname(target);
    const compile = (args: readonly string[]) =>
      mustRun('compile better-sqlite3', 'g++', args, { cwd: draft });
    await Promise.all([
      compile(['-x', 'c', '-std=c99', '-w', ...common, ...(await readDefines()), '-c', cSource, '-o', 'c.o']),
      compile([...common, ...addOn, '-c', cppSource, '-o', 'cpp.o']),
    ]);
    const file = join(target, fileName);
    await compile(['-shared', 'cpp.o', 'c.o', '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL', '-o', file]);
    await tryBinding(electron, file);
  });
  return join(folder, fileName);
}

const common = ['-O3', '-DNDEBUG', '-fPIC', '-pthread', '-fvisibility=hidden', `-I${sqlite}`];
const addOn = [
  '-std=c++20',
  '-fno-rtti',
  '-fno-exceptions',
  '-fvisibility-inlines-hidden',
  '-DNAPI_VERSION=2147483647', // "experimental"
  '-DNAPI_DISABLE_CPP_EXCEPTIONS',
  '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
  `-I${join(modules, 'node-api-headers/include')}`,
  `-I${join(modules, 'node-addon-api')}`,
  '-include',
  header,
];

/** SQLite's compile-time options as the package sets them: a list of quoted strings. */
async function readDefines(): Promise<readonly string[]> {
  const text = await readFile(definesFile, 'utf8');
  return [...text.matchAll(/^\s*'([A-Z]\w+(?:=[^']*)?)',$/gm)].map(([, define]) => `-D${define}`);
}

/** Loads it where it will be used and collects garbage: what would be wrong shows here, not in some later test. */
async function tryBinding(electron: string, file: string): Promise<void> {
  const code = `
    const Database = require('better-sqlite3');
    const open = () => new Database(':memory:', { nativeBinding: ${JSON.stringify(file)} });
    const use = (db) => db.function('twice', (n) => 2 * n).prepare('SELECT twice(21)').get() && db.serialize();
    use(open());
    gc();
    use(open());
  `;
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  await mustRun('load the binding', electron, ['--expose-gc', '-e', code], { env });
}

async function bindingKey(): Promise<string> {
  return `better-sqlite3-${await hashFiles(packageFile, cSource, header, import.meta.filename)}`;
}
