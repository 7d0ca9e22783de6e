import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { tidy } from './durable.ts';
import { chmod, lstat, mkdtemp, readdir, rm, writeFile } from './files.ts';
import { readSmallFile } from './plain-file.ts';
import { isAlive, isRunning, ownMark, type ProcessMark, processMark } from './process-mark.ts';

const PREFIX = 'snapback-';
const NAME = /^snapback-(\d{1,10})-[A-Za-z0-9]{6}$/;
/** In each private folder: which process made it, told from a later one with the same number. */
const MARK = '.process.json';

/**
 * A folder in the system's place for temporary files that nobody else may look into: what lies in it holds chats.
 * `remove` removes it as far as the system lets us; what stays goes with a later sweep.
 */
export type PrivateFolder = { readonly path: string; readonly remove: () => Promise<void> };

/**
 * Makes a private folder (mode 0700). Whoever makes it removes it; what a killed process left behind goes with
 * `sweepPrivateFolders`. @throws `disk-full`, `folder-read-only`, `io-failed`; then there is none
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

/**
 * Does something for which a database is open in its place, while other Snapbacks can see that this process is one of
 * them. Where no mark can be left, they can't, and take it for a stranger. Passes on what the work returns or throws.
 */
export async function whileMarked<T>(work: () => Promise<T>): Promise<T> {
  let mark: PrivateFolder | null = null;
  await tidy(async () => {
    mark = await createPrivateFolder();
  });
  try {
    return await work();
  } finally {
    await leave(mark);
  }
}

async function leave(mark: PrivateFolder | null): Promise<void> {
  await mark?.remove();
}

/** Removes private folders of processes that are no more. Folders that can't be removed are another user's, and stay. */
export async function sweepPrivateFolders(): Promise<void> {
  for (const { path, pid, mark } of await listPrivateFolders())
    if (mark === null ? !isAlive(pid) : !isRunning(mark))
      await tidy(() => rm(path, { recursive: true, force: true }));
}

/**
 * The numbers of the processes that work in private folders of this user: Snapback's own, this one included. Empty where
 * the system does not tell when a process began: then a later one with the same number could not be told from it.
 */
export async function listOwnProcesses(): Promise<ReadonlySet<number>> {
  const folders = await listPrivateFolders();
  const own = folders.flatMap(({ uid, mark }) =>
    mark !== null && mark.started !== null && uid === process.geteuid?.() && isRunning(mark)
      ? [mark.pid]
      : [],
  );
  return new Set(own);
}

type Found = {
  readonly path: string;
  readonly uid: number;
  readonly pid: number;
  readonly mark: ProcessMark | null;
};

async function listPrivateFolders(): Promise<readonly Found[]> {
  const found: Found[] = [];
  await tidy(async () => {
    for (const name of await readdir(tmpdir())) {
      const pid = Number(NAME.exec(name)?.[1] ?? 0);
      const path = join(tmpdir(), name);
      if (pid > 0)
        await tidy(async () => {
          const { uid } = await lstat(path);
          found.push({ path, uid, pid, mark: await readMark(join(path, MARK)) });
        });
    }
  });
  return found;
}

const markFile = v.pipe(v.string(), v.parseJson(), processMark);

/** Null where there is none: in the folder of an earlier version, or of a process that was killed before it wrote it. */
async function readMark(path: string): Promise<ProcessMark | null> {
  const { success, output } = v.safeParse(markFile, await readSmallFile(path));
  return success ? output : null;
}
