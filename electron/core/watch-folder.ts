import {
  type DataFolder,
  type Look,
  lookAtSnapshots,
  lstat,
  placesOf,
  SnapbackError,
  watch,
} from '../../src/index.ts';

const POLL_EVERY_MS = 2_000;
const SETTLE_MS = 120;

export type Changed = 'snapshots' | 'database';

/**
 * Tells when the snapshots, what was opened beside them, or the database change. File events of the system only say when to look, so a folder without
 * them (on a network drive) works too, with up to two seconds' delay. Only names, sizes and times are compared. No file is
 * opened, because closing it would drop SQLite's locks. Resolves after the first look, to a function that stops it.
 * `given`: a first look at the snapshots from just before. Whatever has changed since is told.
 */
export async function watchFolder(
  folderNow: () => DataFolder,
  onChange: (what: Changed) => void,
  given: Look | null = null,
): Promise<() => void> {
  const watchers = new Map<string, ReturnType<typeof watch>>();
  let last: Prints | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking = false;
  let again = false;
  let stopped = false;

  const later = (ms: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void look(), ms);
  };

  async function look(first: Look | null = null): Promise<void> {
    looking = true;
    const { prints, folders } = await takePrints(folderNow(), first);
    if (stopped) return;
    if (last !== null && last.snapshots !== prints.snapshots) onChange('snapshots');
    if (last !== null && last.database !== prints.database) onChange('database');
    last = prints;
    follow(folders);
    looking = false;
    later(again ? SETTLE_MS : POLL_EVERY_MS);
    again = false;
  }

  function follow(folders: readonly string[]): void {
    for (const [path, watcher] of watchers)
      if (!folders.includes(path)) {
        watcher.close();
        watchers.delete(path);
      }
    for (const path of folders) if (!watchers.has(path)) listen(path);
  }

  function listen(path: string): void {
    try {
      const watcher = watch(path, () => {
        if (looking) again = true;
        else later(SETTLE_MS);
      });
      // Without events, this folder is still looked at every two seconds.
      watcher.on('error', () => watcher.close());
      watchers.set(path, watcher);
    } catch (error) {
      if (!(error instanceof SnapbackError)) throw error;
    }
  }

  await look(given);
  return () => {
    stopped = true;
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
}

type Prints = { readonly [W in Changed]: string };

async function takePrints(
  folder: DataFolder,
  first: Look | null,
): Promise<{ prints: Prints; folders: readonly string[] }> {
  const { snapshots, own, records } = placesOf(folder);
  const { files, others, folders } = first ?? (await lookAtSnapshots(folder).catch(asNothing));
  const backups = folder.backups?.map(({ path }) => path) ?? [];
  const rest = await Promise.all([...others, ...records, ...backups].map((path) => print(path)));
  const prints = {
    snapshots: [...files.map(({ key }) => key), ...rest].join('\n'),
    // An empty WAL holds as much as none, and may be there only because somebody has looked at the database.
    database: `${await print(folder.databaseFile)}\n${await print(`${folder.databaseFile}-wal`, 1n)}`,
  };
  return { prints, folders: [folder.dir, snapshots, own, ...folders] };
}

/** Where the folder of snapshots cannot be read, or is a link to elsewhere, the list says so. */
function asNothing(error: unknown): Look {
  if (!(error instanceof SnapbackError)) throw error;
  return { files: [], others: [], folders: [] };
}

async function print(path: string, leastBytes = 0n): Promise<string> {
  const facts = await lstat(path, { bigint: true }).catch(() => null);
  return facts === null || facts.size < leastBytes
    ? `${path} -`
    : `${path} ${facts.ino} ${facts.size} ${facts.mtimeNs}`;
}
