import type { DataFolder } from '../host/data-folder.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotId, SnapshotSummary } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SnapshotFile } from '../snapshots/files.ts';
import { takenAt } from '../snapshots/kinds.ts';
import { withSnapshotFile } from '../snapshots/open-file.ts';
import { throwIfCancelled } from '../system/yielder.ts';
import { type LiveLogFacts, readFacts } from './facts.ts';
import { judgeLineages, readLiveLogFacts } from './lineage.ts';
import { type Memory, pick, type Remembered, recall, remember } from './memory.ts';

type Lineages = ReadonlyMap<string, SnapshotSummary['lineage']>;

/** All files of a folder, and what was remembered of them when they were listed. */
export type Listing = {
  readonly folder: DataFolder;
  readonly files: readonly SnapshotFile[];
  readonly memory: Memory;
};

/** What is known about the files, by their keys. */
export type Findings = {
  readonly memory: Memory;
  readonly lineages: Lineages;
  readonly failures: ReadonlyMap<string, SnapbackError>;
};

/** Reads `chosen` files, newest first, and compares their logs with the live one. What was learnt is remembered, even after a cancel. */
export async function readWhole(
  { folder, files, memory }: Listing,
  chosen: readonly SnapshotFile[],
  task: TaskOptions,
): Promise<Findings> {
  const read = new Map<string, Remembered>();
  const failures = new Map<string, SnapbackError>();
  if (chosen.length === 0) return { memory, lineages: new Map(), failures };
  const live = await readLiveLogFacts(folder, task);
  const total = chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let done = 0;
  const report = (bytes: number) =>
    task.onProgress?.({ phase: 'check-snapshots', done: bytes, total, unit: 'bytes', cancellable: true });
  try {
    for (const file of chosen.toSorted((a, b) => takenAt(b).getTime() - takenAt(a).getTime())) {
      throwIfCancelled(task);
      const progress = { ...task, onProgress: (step: { readonly done: number }) => report(done + step.done) };
      const found = await readOne(folder, file, live, progress);
      if (found instanceof SnapbackError) failures.set(file.key, found);
      else read.set(found.key, found.facts);
      done += file.sizeBytes;
    }
    for (const [key, facts] of await judgeLineages(folder, read, task)) read.set(key, facts);
  } finally {
    // Another process may have remembered something meanwhile.
    if (read.size > 0) await remember(folder, new Map([...pick(await recall(folder), files), ...read]));
  }
  const lineages = new Map(
    [...read].map(([key, facts]) => [key, facts.lineage?.verdict ?? 'unknown'] as const),
  );
  return { memory: new Map([...memory, ...read]), lineages, failures };
}

async function readOne(folder: DataFolder, { id }: SnapshotFile, live: LiveLogFacts, task: TaskOptions) {
  try {
    return await withSnapshotFile(folder, id, async (file) => {
      const facts = await readFacts(folder, file, live, task);
      return { key: file.key, facts: { ...facts, lineage: null } };
    });
  } catch (error) {
    if (!(error instanceof SnapbackError)) return unexpected(id, error);
    if (error.code === 'cancelled') throw error;
    return error;
  }
}

/** Files are hostile: whatever one of them causes, the others are still listed. */
function unexpected(id: SnapshotId, error: unknown): SnapbackError {
  return new SnapbackError('internal', 'This file could not be checked.', { id, why: String(error) }, error);
}
