import { dirname, join, resolve } from 'node:path';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { openPrivateDatabase } from '../sqlite/database.ts';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  truncate,
  utimes,
  writeFile,
} from '../system/files.ts';
import { explainWriteError } from '../system/refusals.ts';
import { createYielder } from '../system/yielder.ts';
import { createDemoHost } from './host.ts';
import { createRandom } from './random.ts';
import { liveDemoWorld } from './world.ts';

export type DemoOptions = {
  /** The same seed and `now` give the same world, to the byte in its snapshots. */
  readonly seed?: number;
  /** The demo's dates are relative to this moment. */
  readonly now?: Date;
  readonly nativeBinding?: string | undefined;
};

const MARKER = join('snapback', 'demo.json');
const DATABASE = 'chat.db';
const DEFAULT_SEED = 20;
/** Rows that no snapshot speaks of. */
const BYSTANDERS = `
INSERT INTO settings VALUES ('theme', 'dusk'), ('font_size', '15');
INSERT INTO drafts VALUES ('observatory', 'Ask Dr. Sato about the fourth night');
`;

/**
 * Builds the sample data folder: weeks of chats, a mistaken rewind 28 minutes before `now`, a damaged snapshot. `dir`
 * must be empty or not exist. All is made in a folder inside it and moved up when whole, the database last; after a
 * failure or a cancel `dir` is as it was.
 * @throws `target-exists`, `folder-read-only`, `disk-full`, `io-failed`, `cancelled`
 */
export async function buildDemo(dir: string, options: DemoOptions, task: TaskOptions): Promise<void> {
  const target = resolve(dir);
  try {
    const created = await claimFolder(target);
    try {
      await buildInside(target, options, task);
    } catch (error) {
      if (created) await rmdir(target);
      throw error;
    }
  } catch (error) {
    throw explainWriteError(error, target);
  }
}

/** Whether a data folder is one that `buildDemo` made. */
export async function isDemo(dir: string): Promise<boolean> {
  try {
    return (await stat(join(dir, MARKER))).isFile();
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return false;
    throw error;
  }
}

/** Makes sure that the folder is there and empty; true where it was made. */
async function claimFolder(target: string): Promise<boolean> {
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(target);
    return true;
  } catch (error) {
    if (!hasSystemCode(error, 'EEXIST')) throw error;
  }
  const occupied = (await stat(target)).isDirectory() ? (await readdir(target)).length > 0 : true;
  if (occupied)
    throw new SnapbackError(
      'target-exists',
      'The demo needs a folder of its own, one that is empty or does not exist yet.',
      {
        path: target,
      },
    );
  return false;
}

async function buildInside(target: string, options: DemoOptions, task: TaskOptions): Promise<void> {
  const draft = await mkdtemp(join(target, '.snapback-demo-'));
  try {
    await buildDraft(draft, options, task);
    for (const name of ['snapshots', dirname(MARKER), DATABASE])
      await rename(join(draft, name), join(target, name));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function buildDraft(draft: string, options: DemoOptions, task: TaskOptions): Promise<void> {
  const seed = options.seed ?? DEFAULT_SEED;
  const now = new Date(Math.floor((options.now ?? new Date()).getTime() / 1000) * 1000);
  const db = openPrivateDatabase(join(draft, DATABASE), { nativeBinding: options.nativeBinding });
  try {
    db.exec('BEGIN');
    const host = createDemoHost(db);
    const world = { host, random: createRandom(seed), now, dataDir: draft, yielder: createYielder(task) };
    await cutOff(await liveDemoWorld(world));
    db.exec(BYSTANDERS);
    db.exec('COMMIT');
    db.pragma('journal_mode = WAL');
  } finally {
    db.close();
  }
  await mkdir(join(draft, dirname(MARKER)));
  await writeFile(join(draft, MARKER), `${JSON.stringify({ madeFor: now.toISOString(), seed })}\n`);
}

/** Cuts a snapshot off in the middle of its memories, as a crash of the host would, and leaves its times as they were. */
async function cutOff(file: string): Promise<void> {
  const { atime, mtime } = await stat(file);
  const text = await readFile(file, 'latin1');
  const from = text.indexOf('"memories": [');
  const until = text.indexOf('"chats": [');
  await truncate(file, Math.floor((from + until) / 2));
  await utimes(file, atime, mtime);
}
