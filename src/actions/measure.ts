import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import type { Progress } from '../model/progress.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { folderOfKind, parseSnapshotId } from '../snapshots/names.ts';
import { clockMs } from '../system/clock.ts';
import { stat } from '../system/files.ts';
import { advanceOverall, beginOverall, type Cost } from '../system/overall-progress.ts';

/** What the phases of an action cost, in their usual order: how often they go over the bytes, told by measurement. */
const COSTS = {
  take: [['take', 'database', 1]],
  check: [['check-snapshots', 'database', 1]],
  diff: [
    ['copy-database', 'database', 0.3],
    ['read-snapshot', 'snapshot', 2],
    ['compare', 'database', 0.5],
  ],
  plan: [
    ['copy-database', 'database', 0.3],
    ['read-snapshot', 'snapshot', 2],
    ['compare', 'database', 1],
    ['rehearse', 'database', 1.5],
  ],
  apply: [
    ['read-snapshot', 'snapshot', 2],
    ['compare', 'database', 1],
    ['safety-copy', 'database', 0.5],
    ['apply', 'database', 0.5],
    ['verify', 'database', 1],
    ['checkpoint', 'snapshot', 0.5],
    ['commit', 'database', 0.05],
  ],
} as const satisfies {
  readonly [action: string]: readonly (readonly [Progress['phase'], keyof Sizes, number])[];
};

/** In bytes. */
type Sizes = { readonly database: number; readonly snapshot: number };
type Subject = { readonly folder: DataFolder; readonly snapshotId?: SnapshotId };

/** Runs an action whose reports also tell the whole. If there were reports, the last one of an action that succeeds says that all is done. */
export async function measure<T>(
  action: keyof typeof COSTS,
  subject: Subject,
  task: TaskOptions,
  run: (measured: TaskOptions) => Promise<T>,
): Promise<T> {
  const { onProgress } = task;
  if (onProgress === undefined) return run(task);
  const sizes = await findSizes(subject);
  const costs = COSTS[action].map(([phase, of, times]): Cost => ({ phase, bytes: times * sizes[of] }));
  let state = beginOverall(costs, clockMs());
  let finish: () => void = () => undefined;
  const report = (progress: Progress) => {
    state = advanceOverall(state, progress, clockMs());
    onProgress({ ...progress, overall: state.overall });
    finish = () => onProgress({ ...progress, overall: { fraction: 1, leftMs: 0 } });
  };
  const result = await run({ ...task, onProgress: report });
  finish();
  return result;
}

/** A safety copy is about as large as the database. What cannot be found out does not matter: the action says why. */
async function findSizes({ folder, snapshotId }: Subject): Promise<Sizes> {
  const database = await sizeOf(() => folder.databaseFile);
  if (snapshotId === undefined) return { database, snapshot: database };
  const snapshot = await sizeOf(() => {
    const { kind, name } = parseSnapshotId(snapshotId);
    return join(folder.dir, ...folderOfKind(kind), `${name}.json`);
  });
  return { database, snapshot: snapshot === 0 ? database : snapshot };
}

async function sizeOf(path: () => string): Promise<number> {
  try {
    return (await stat(path())).size;
  } catch {
    return 0;
  }
}
