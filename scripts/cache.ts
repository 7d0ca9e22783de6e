import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Outside the checkout, so that fresh clones share it. Deleting it only costs a download. */
const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'snapback-dev');

/** The folder for a key, whether or not it exists. */
export function cachePath(key: string): string {
  return join(cacheFolder, key);
}

/**
 * The folder for a key. If it is missing, `fill` fills a temporary folder, which is then renamed. So a killed run leaves no
 * half entry, and of two simultaneous runs one wins.
 */
export async function cached(key: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const place = cachePath(key);
  if (existsSync(place)) return place;
  await mkdir(cacheFolder, { recursive: true });
  const draft = await mkdtemp(join(cacheFolder, '.draft-'));
  try {
    const content = join(draft, 'content');
    await mkdir(content);
    await fill(content);
    await rename(content, place).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return place;
}

/** A short hash of the files' bytes. As part of a key it ensures a new entry whenever one of the files changes. */
export async function hashFiles(...files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file)).update('\0');
  return hash.digest('hex').slice(0, 12);
}
