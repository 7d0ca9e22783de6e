import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { z } from 'zod';
import type { Recent, Theme } from '../contract.ts';

const MOST_RECENTS = 8;

const recentFolder = z.object({
  dir: z.string().min(1).max(4096),
  database: z.string().max(512).nullable(),
  demo: z.boolean(),
});
const bounds = z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int(), maximized: z.boolean() });
const settings = z.object({
  recents: z.array(recentFolder).max(100).catch([]),
  bounds: bounds.nullable().catch(null),
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
});

export type RecentFolder = Readonly<z.infer<typeof recentFolder>>;
export type WindowBounds = Readonly<z.infer<typeof bounds>>;
export type Settings = {
  readonly recents: readonly RecentFolder[];
  readonly bounds: WindowBounds | null;
  readonly theme: Theme;
};

export type SettingsStore = {
  readonly current: () => Settings;
  /** Takes effect at once; the file follows, one write at a time, the last state always last. Never rejects for a bad disk: settings are a comfort. */
  readonly update: (change: Partial<Settings>) => Promise<void>;
  /** When everything is on the disk. */
  readonly settled: () => Promise<void>;
};

/** Reads the settings file; what is missing or damaged in it counts as never set. The file is replaced as a whole. */
export async function openSettings(
  file: string,
  onProblem: (error: unknown) => void,
): Promise<SettingsStore> {
  let current = parseSettings(await readFile(file, 'utf8').catch(() => '{}'));
  let writing = Promise.resolve();
  return {
    current: () => current,
    update(change) {
      current = { ...current, ...change };
      const text = JSON.stringify(current, null, 2);
      writing = writing.then(() => replaceFile(file, text)).catch(onProblem);
      return writing;
    },
    settled: () => writing,
  };
}

function parseSettings(text: string): Settings {
  const empty = settings.parse({});
  try {
    return settings.catch(empty).parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return empty;
    throw error;
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** The same folder and database always get the same id, and the id tells nothing of the path. */
export function recentId(folder: RecentFolder): string {
  return createHash('sha256')
    .update(`${folder.dir}\0${folder.database ?? ''}`)
    .digest('hex')
    .slice(0, 16);
}

/** Puts a folder first; each folder is there once, and the list stays short. */
export function rememberFolder(
  recents: readonly RecentFolder[],
  folder: RecentFolder,
): readonly RecentFolder[] {
  const id = recentId(folder);
  return [folder, ...recents.filter((other) => recentId(other) !== id)].slice(0, MOST_RECENTS);
}

/** What the window may know of a recent folder. */
export function describeRecent(folder: RecentFolder, home: string): Recent {
  return {
    recentId: recentId(folder),
    name: basename(folder.dir),
    place: shortenPlace(dirname(folder.dir), home),
    demo: folder.demo,
  };
}

/** A path for reading: the home folder as `~`. */
export function shortenPlace(path: string, home: string): string {
  if (path === home) return '~';
  return path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}
