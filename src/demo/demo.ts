import { dirname, join, resolve } from 'node:path';
import { OWN, SNAPSHOTS } from '../host/folders.ts';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { openPrivateDatabase } from '../sqlite/database.ts';
import { tidy } from '../system/durable.ts';
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
import { isAlive } from '../system/process-mark.ts';
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

const MARKER = join(OWN, 'demo.json');
const DATABASE = 'chat.db';
const DEFAULT_SEED = 20;
/** Rows that no snapshot speaks of. */
const BYSTANDERS = `
INSERT INTO settings VALUES ('theme', 'dusk'), ('font_size', '15');
INSERT INTO drafts VALUES ('observatory', 'Ask Dr. Sato about the fourth night');
`;

/**
 * Builds the sample data folder: weeks of chats, a mistaken rewind 28 minutes before `now`, a damaged snapshot. `dir`
 * must be empty or not exist, or hold what a killed building left, which is taken up: a finished world as it is. All is
 * made in a folder inside it and moved up when whole, the mark of a demo last; after a failure or a cancel `dir` is as it
 * was.
 * @throws `target-exists`, `folder-read-only`, `disk-full`, `io-failed`, `cancelled`
 */
export async function buildDemo(dir: string, options: DemoOptions, task: TaskOptions): Promise<void> {
  const target = resolve(dir);
  try {
    const created = await makeFolder(target);
    try {
      if (created || !(await takeUp(target))) await buildInside(target, options, task);
    } catch (error) {
      if (created) await tidy(() => rmdir(target));
      throw error;
    }
  } catch (error) {
    throw explainWriteError(error, target);
  }
}

/** Whether a data folder is one that `buildDemo` made, to its end. */
export async function isDemo(dir: string): Promise<boolean> {
  return (await isFile(join(dir, MARKER))) && (await isFile(join(dir, DATABASE)));
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return false;
    throw error;
  }
}

/** True where it was made, false where there is something already. */
async function makeFolder(target: string): Promise<boolean> {
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(target);
    return true;
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Goes on with what a killed building left in a folder: true where its world was whole, and is now in its place. False
 * where there is nothing of one any more, and nothing else either.
 */
async function takeUp(target: string): Promise<boolean> {
  const names = (await stat(target)).isDirectory() ? await readdir(target) : null;
  const left = names?.find(isAbandoned);
  if (left !== undefined) {
    const draft = join(target, left);
    // The mark is the last part that is made: with it, all of them are whole, wherever they are by now.
    const whole = (await isFile(join(draft, MARKER))) || (await isFile(join(target, MARKER)));
    if (whole) await moveUp(draft, target);
    await tidy(() => rm(draft, { recursive: true, force: true }));
    if (whole) return true;
  }
  if (names === null || (await readdir(target)).length > 0)
    throw new SnapbackError(
      'target-exists',
      'The demo needs a folder of its own, one that is empty or does not exist yet.',
      { path: target },
    );
  return false;
}

const DRAFT = /^\.snapback-demo-(?:(\d{1,10})-)?[A-Za-z0-9]{6}$/;

/** Whether a name is that of a folder in which a process that is no more was building. Earlier versions did not name theirs. */
function isAbandoned(name: string): boolean {
  const found = DRAFT.exec(name);
  return found !== null && (found[1] === undefined || !isAlive(Number(found[1])));
}

async function buildInside(target: string, options: DemoOptions, task: TaskOptions): Promise<void> {
  const draft = await mkdtemp(join(target, `.snapback-demo-${process.pid}-`));
  try {
    await buildDraft(draft, options, task);
    await moveUp(draft, target);
  } finally {
    await tidy(() => rm(draft, { recursive: true, force: true }));
  }
}

/** Moves what is still in the draft to its place, the mark last: a folder with it lacks nothing. */
async function moveUp(draft: string, target: string): Promise<void> {
  for (const name of [SNAPSHOTS, DATABASE, OWN])
    if ((await readdir(draft)).includes(name)) await rename(join(draft, name), join(target, name));
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
  await mkdir(join(draft, OWN));
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
