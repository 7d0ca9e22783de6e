import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import * as v from 'valibot';
import type { Protection } from '../../src/index.ts';
import type { Recent, Theme } from '../contract.ts';

const MOST_RECENTS = 8;

const recentFolder = v.object({
  dir: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  database: v.nullable(v.pipe(v.string(), v.maxLength(512))),
  demo: v.boolean(),
});
/** What may be done by itself in a folder while it is open. */
const protectedFolder = v.object({
  dir: recentFolder.entries.dir,
  database: recentFolder.entries.database,
  take: v.boolean(),
  tidy: v.boolean(),
});
const pixels = v.pipe(v.number(), v.integer());
const bounds = v.object({ x: pixels, y: pixels, width: pixels, height: pixels, maximized: v.boolean() });
/** A part that is missing or damaged counts as not set; the others stay. */
const settings = v.object({
  recents: v.fallback(v.pipe(v.array(recentFolder), v.maxLength(100)), []),
  bounds: v.fallback(v.nullable(bounds), null),
  /** The data folder in which closing the window stopped a restore, until the window has said so. */
  stoppedIn: v.fallback(v.nullable(v.pipe(v.string(), v.maxLength(4096))), null),
  protections: v.fallback(v.pipe(v.array(protectedFolder), v.maxLength(1000)), []),
  theme: v.fallback(v.picklist(['system', 'light', 'dark']), 'system'),
});

export type RecentFolder = Readonly<v.InferOutput<typeof recentFolder>>;
type ProtectedFolder = Readonly<v.InferOutput<typeof protectedFolder>>;
export type WindowBounds = Readonly<v.InferOutput<typeof bounds>>;
type Settings = {
  readonly recents: readonly RecentFolder[];
  readonly bounds: WindowBounds | null;
  readonly stoppedIn: string | null;
  readonly protections: readonly ProtectedFolder[];
  readonly theme: Theme;
};

export type SettingsStore = {
  readonly current: () => Settings;
  /** Takes effect at once. The file is written afterwards, one write at a time, in order. Never rejects: a failure is only reported. */
  readonly update: (change: Partial<Settings>) => Promise<void>;
  /** Resolves when all changes are written. */
  readonly settled: () => Promise<void>;
};

/** Reads the settings file; what is missing or damaged counts as not set. Each change replaces the file as a whole. */
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
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), settings), text);
  return success ? output : v.parse(settings, {});
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

/** The same folder and database always get the same id, which reveals nothing about the path. */
export function recentId(folder: RecentFolder): string {
  return createHash('sha256')
    .update(`${folder.dir}\0${folder.database ?? ''}`)
    .digest('hex')
    .slice(0, 16);
}

/** Puts a folder first. Each folder is listed once, and the list stays short. */
export function rememberFolder(
  recents: readonly RecentFolder[],
  folder: RecentFolder,
): readonly RecentFolder[] {
  const id = recentId(folder);
  return [folder, ...recents.filter((other) => recentId(other) !== id)].slice(0, MOST_RECENTS);
}

/** What may be done by itself in a folder. Nothing, until a person says so. */
export function protectionOf(protections: Settings['protections'], folder: OfFolder): Protection {
  const { take = false, tidy = false } = protections.find((one) => isOf(one, folder)) ?? {};
  return { take, tidy };
}

/** The settings with what may be done by itself in a folder. What is off is not listed. */
export function withProtection(
  protections: Settings['protections'],
  folder: OfFolder,
  { take, tidy }: Protection,
): Settings['protections'] {
  const others = protections.filter((one) => !isOf(one, folder));
  return take || tidy ? [...others, { dir: folder.dir, database: folder.database, take, tidy }] : others;
}

type OfFolder = Pick<RecentFolder, 'dir' | 'database'>;

function isOf(one: OfFolder, { dir, database }: OfFolder): boolean {
  return one.dir === dir && one.database === database;
}

/** What the window may know about a recent folder. */
export function describeRecent(folder: RecentFolder, home: string): Recent {
  return {
    recentId: recentId(folder),
    name: basename(folder.dir),
    place: shortenPlace(dirname(folder.dir), home),
    demo: folder.demo,
  };
}

/** A path for display, with the home folder as `~`. */
export function shortenPlace(path: string, home: string): string {
  if (path === home) return '~';
  return path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}
