import { AsyncLocalStorage } from 'node:async_hooks';
import type { BigIntStats } from 'node:fs';
import promises from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/*
 * Lets the core find files under another spelling of their names, as a file system does that ignores case. Import it before
 * anything of the core, which takes Node's functions as they are when it is loaded.
 */

/**
 * How such a file system answers. `tells`: it says how a path is really spelled, and a folder has one inode, as on macOS and
 * Windows. `repeats`: it says what it was asked, and a folder has an inode for each spelling, as exFAT on Linux.
 */
export type Answering = 'tells' | 'repeats';

const answering = new AsyncLocalStorage<Answering>();

const { readdir, realpath } = promises;
const calls = promises as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>;

/** The path as it is really spelled, as far as there is such a file. */
async function spell(path: string): Promise<string> {
  const folder = dirname(path);
  if (folder === path) return path;
  const place = await spell(folder);
  const name = basename(path);
  const names = await readdir(place).catch((): string[] => []);
  const isSame = (one: string) => one.toLowerCase() === name.toLowerCase();
  return join(place, names.includes(name) ? name : (names.find(isSame) ?? name));
}

for (const name of ['access', 'chmod', 'chown', 'lstat', 'mkdir', 'open', 'readdir', 'stat']) {
  const call = calls[name];
  calls[name] = async (path, ...rest) => {
    const how = answering.getStore();
    if (how === undefined || typeof path !== 'string') return call?.(path, ...rest);
    const spelled = await spell(path);
    const answer = await call?.(spelled, ...rest);
    return name === 'lstat' && how === 'repeats' && spelled !== path ? withOwnInode(answer) : answer;
  };
}

function withOwnInode(facts: unknown): unknown {
  const found = facts as BigIntStats;
  return found.isDirectory() ? Object.assign(found, { ino: -found.ino }) : found;
}

Object.assign(promises, {
  async realpath(path: string) {
    const how = answering.getStore();
    if (how === undefined) return realpath(path);
    const real = await realpath(await spell(path));
    if (how === 'tells') return real;
    return real.toLowerCase() === path.toLowerCase() ? path : real;
  },
});

/** Does some work on a file system that ignores case, of one kind or the other. */
export function whileIgnoringCase<T>(how: Answering, work: () => Promise<T>): Promise<T> {
  return answering.run(how, work);
}
