import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { orNull } from '../model/errors.ts';
import { tidy } from './durable.ts';
import { chmod, lstat, mkdtemp, readdir, rm, rmdir, unlink, writeFile } from './files.ts';
import { readSmallFile } from './plain-file.ts';
import { isAlive, isRunning, ownMark, type ProcessMark, processMark } from './process-mark.ts';

const PREFIX = 'snapback-';
const NAME = /^snapback-(\d{1,10})-[A-Za-z0-9]{6}$/;
/** A file in each private folder that says which process made it. */
const MARK = '.process.json';

/**
 * A temporary folder that only this user can read, because its files hold chats. `remove` removes as much of it as the
 * system allows; a later sweep removes the rest.
 */
export type PrivateFolder = { readonly path: string; readonly remove: () => Promise<void> };

/**
 * Makes a private folder (mode 0700). The caller removes it; `sweepPrivateFolders` removes what a killed process left.
 * @throws `disk-full`, `folder-read-only`, `io-failed`; then no folder is left
 */
export async function createPrivateFolder(): Promise<PrivateFolder> {
  const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const remove = () => tidy(() => rm(path, { recursive: true, force: true }));
  try {
    await chmod(path, 0o700);
    await writeFile(join(path, MARK), JSON.stringify(ownMark()), { mode: 0o600 });
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The mark of this process, and how many of its tasks need it now. */
type Mark = { readonly folder: Promise<PrivateFolder | null>; users: number };

/** Module state on purpose: tasks that know nothing of each other share one mark, since it is the process that is marked. */
let current: Mark | null = null;

/**
 * Marks this process as a Snapback while `work` has a database open, so that other Snapbacks do not take it for the chat
 * app. Tasks at the same time, and a task within another one, share one mark. Where it cannot be written, they do take it for
 * that. Returns and throws what `work` does.
 */
export async function whileMarked<T>(work: () => Promise<T>): Promise<T> {
  current ??= { folder: createPrivateFolder().catch(orNull()), users: 0 };
  const own = current;
  own.users += 1;
  try {
    await own.folder;
    return await work();
  } finally {
    own.users -= 1;
    if (own.users === 0) {
      current = null;
      await tidy(async () => leave(await own.folder));
    }
  }
}

/** Removes a folder that holds nothing but the mark. */
async function leave(folder: PrivateFolder | null): Promise<void> {
  if (folder === null) return;
  await unlink(join(folder.path, MARK));
  await rmdir(folder.path);
}

/** Removes the private folders of processes that have ended. Folders that cannot be removed (another user's) stay. */
export async function sweepPrivateFolders(): Promise<void> {
  for (const { path, pid, mark } of await listPrivateFolders())
    if (mark === null ? !isAlive(pid) : !isRunning(mark))
      await tidy(() => rm(path, { recursive: true, force: true }));
}

/**
 * Whether that is a running Snapback process of this user, by its private folders. False where the system does not say when
 * a process began: a later process could have the same id. Only its own folders are read: the longer that takes, the more
 * of them have come and gone meanwhile.
 */
export async function isOwnProcess(pid: number): Promise<boolean> {
  const folders = await listPrivateFolders(pid);
  return folders.some(
    ({ uid, mark }) =>
      mark !== null &&
      mark.pid === pid &&
      mark.started !== null &&
      uid === process.geteuid?.() &&
      isRunning(mark),
  );
}

type Found = {
  readonly path: string;
  readonly uid: number;
  readonly pid: number;
  readonly mark: ProcessMark | null;
};

async function listPrivateFolders(of?: number): Promise<readonly Found[]> {
  const found: Found[] = [];
  await tidy(async () => {
    const parent = tmpdir();
    for (const name of await readdir(parent)) {
      const pid = Number(NAME.exec(name)?.[1] ?? 0);
      const path = join(parent, name);
      if (pid > 0 && (of === undefined || of === pid))
        await tidy(async () => {
          const { uid } = await lstat(path);
          found.push({ path, uid, pid, mark: await readMark(join(path, MARK)) });
        });
    }
  });
  return found;
}

const markFile = v.pipe(v.string(), v.parseJson(), processMark);

/** Null where there is no mark: an earlier version made the folder, or the process was killed before it wrote one. */
async function readMark(path: string): Promise<ProcessMark | null> {
  const { success, output } = v.safeParse(markFile, await readSmallFile(path));
  return success ? output : null;
}
