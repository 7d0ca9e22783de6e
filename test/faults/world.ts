import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readState } from '../support/state.ts';

/* A world is one folder with all that an action may touch: data folder, cache, temporary folder, and where files are saved. */

/** The folders of a world. */
const PARTS = ['data', 'cache', 'tmp', 'out'] as const;

/** What a verb has to know about its world, told by whoever made it. */
export type Known = {
  /** The snapshot that the verb is about. */
  readonly id: string;
  readonly trashName?: string;
  readonly keptId?: string;
  /** The snapshot that is merged and the one just after the rewind, in a world of their own. */
  readonly mergedId?: string;
  readonly baseId?: string;
};

/** Copies a world as it is at this moment, hard links and times included. */
export function copyWorld(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

export function removeWorld(world: string): void {
  rmSync(world, { recursive: true, force: true });
}

/** What counts of a world, judged without any code of the product. Files by their path, as hashes of their bytes. */
export type Facts = {
  readonly database: string;
  readonly snapshots: Readonly<Record<string, string>>;
  readonly kept: Readonly<Record<string, string>>;
  readonly trash: Readonly<Record<string, string>>;
  readonly out: Readonly<Record<string, string>>;
  readonly journal: string;
  /** Files that only a verb under way may have, in any of the folders. */
  readonly left: readonly string[];
};

export function readFacts(world: string): Facts {
  const data = join(world, 'data');
  const all = PARTS.flatMap((part) => listFiles(join(world, part)).map((name) => `${part}/${name}`));
  const below = (folder: string) =>
    Object.fromEntries(
      all
        .filter((name) => name.startsWith(`${folder}/`) && !isDraft(name))
        .map((name) => [name, hash(readFileSync(join(world, name)))]),
    );
  return {
    database: hash(JSON.stringify(readState(join(data, 'app.db')))),
    snapshots: below('data/snapshots'),
    kept: below('data/snapback/kept'),
    trash: below('data/snapback/trash'),
    out: below('out'),
    journal: existsSync(join(data, 'snapback/journal.jsonl'))
      ? readFileSync(join(data, 'snapback/journal.jsonl'), 'utf8')
      : '',
    left: all.filter((name) => isDraft(name) || name.startsWith('tmp/')),
  };
}

/** Hidden names, and what SQLite keeps beside a database that is being written. */
function isDraft(name: string): boolean {
  return /(?:^|\/)\.[^/]*$|-journal$/.test(name);
}

function listFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** The same for two worlds that hold the same files with the same bytes. What SQLite shares between processes does not count. */
export function hashWorld(world: string): string {
  const digest = createHash('sha256');
  for (const part of PARTS)
    for (const name of listFiles(join(world, part)))
      if (!name.endsWith('-shm'))
        digest.update(`${part}/${name}\0`).update(hash(readFileSync(join(world, part, name))));
  return digest.digest('hex');
}

export function hash(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The files of a world that this process has open. Empty where the system does not say. */
export function listOpenFiles(world: string): readonly string[] {
  if (!existsSync('/proc/self/fd')) return [];
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(`${world}/`) ? [path.slice(world.length + 1)] : [];
    } catch {
      return [];
    }
  });
}
