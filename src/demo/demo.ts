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
import { DATABASE, isFile, MARKER } from './is-demo.ts';
import { createRandom } from './random.ts';
import { liveDemoWorld } from './world.ts';

export type DemoOptions = {
  /** The same seed and `now` give the same world; even the bytes of its snapshots are equal. */
  readonly seed?: number;
  /** The demo's dates are relative to this moment. */
  readonly now?: Date;
  readonly nativeBinding?: string | undefined;
};

const DEFAULT_SEED = 20;
/** Rows of tables that no snapshot names. */
const BYSTANDERS = `
INSERT INTO settings VALUES ('theme', 'dusk'), ('font_size', '15');
INSERT INTO drafts VALUES ('observatory', 'Ask Dr. Sato about the fourth night');
`;

/**
 * Builds the sample data folder: weeks of chats, a mistaken rewind 28 minutes before `now`, a damaged snapshot. `dir` must
 * not exist, be empty, or hold what a killed build left. Everything is built in a folder inside `dir` and moved up when it
 * is complete, the demo's marker last. What a killed build had completed is only moved up. After a failure or a cancel
 * `dir` is as before.
 * @throws `target-exists`, `folder-read-only`, `disk-full`, `io-failed`, `cancelled`
 */
export async function buildDemo(dir: string, options: DemoOptions, task: TaskOptions): Promise<void> {
  const target = resolve(dir);
  try {
    const created = await makeFolder(target);
    try {
      if (created || !(await finishAbandoned(target))) await buildInside(target, options, task);
    } catch (error) {
      if (created) await tidy(() => rmdir(target));
      throw error;
    }
  } catch (error) {
    throw explainWriteError(error, target);
  }
}

/** True where the folder was made, false where something is there already. */
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
 * Finishes or removes what a killed build left. True where its world was complete and is now in place, false where the
 * folder is now empty. @throws `target-exists` where anything else is in the folder
 */
async function finishAbandoned(target: string): Promise<boolean> {
  const names = (await stat(target)).isDirectory() ? await readdir(target) : null;
  const left = names?.find(isAbandoned);
  if (left !== undefined) {
    const draft = join(target, left);
    // The marker is built and moved last. Where it exists, all parts are complete, in either place.
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

/** Whether a process that has ended was building in a folder of this name. Earlier versions did not put the process into it. */
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

/** Moves what is still in the draft to its place. The marker comes last, so a folder that has it is complete. */
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

/** Cuts a snapshot off in the middle of its memories, as a crash of the host would. Its times stay as they were. */
async function cutOff(file: string): Promise<void> {
  const { atime, mtime } = await stat(file);
  const text = await readFile(file, 'latin1');
  const from = text.indexOf('"memories": [');
  const until = text.indexOf('"chats": [');
  await truncate(file, Math.floor((from + until) / 2));
  await utimes(file, atime, mtime);
}
