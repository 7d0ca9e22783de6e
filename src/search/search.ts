import { basename, isAbsolute } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { readChatNames } from '../log/payload.ts';
import { SnapbackError } from '../model/errors.ts';
import type { Hit, NotSearched, SearchRequest, SearchResult } from '../model/search.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { listWithBackups, type SnapshotFile } from '../snapshots/files.ts';
import { snapshotTime } from '../snapshots/names.ts';
import { withLockPatience } from '../sqlite/transaction.ts';
import { meansNoDatabase, type Tables, withTables } from '../stage/own-tables.ts';
import { createPrivateFolder } from '../system/private-folder.ts';
import { createYielder } from '../system/yielder.ts';
import { preparePhrase } from './find-phrase.ts';
import { createFoundHits } from './found-hits.ts';
import { withRowIndex } from './index-file.ts';
import { addDatabase, addSnapshot, forgetUnsure, type SourcePlace } from './index-sources.ts';
import { joinRanges, type Ranges, subtractRanges } from './ranges.ts';
import type { KnownSource, RowIndex } from './row-index.ts';
import { createScan, type Match, type Part } from './scan-index.ts';

export type SearchTask = TaskOptions & {
  /** Told of hits as they are found. Which snapshots hold them is known of those that were searched so far. */
  readonly onFound?: ((hits: readonly Hit[]) => void) | undefined;
};

/**
 * Looks for a phrase in the database and in all snapshots, newest first, whatever their form. Each distinct row is looked
 * at once, and what is learnt of a snapshot is kept, so that later searches need not read it. A snapshot that cannot be
 * read is named in the answer. Reads only.
 * @throws `usage` for a phrase with nothing in it; as `withTables` and `listWithBackups`; `cancelled`
 */
export async function searchSnapshots(
  folder: DataFolder,
  request: SearchRequest,
  task: SearchTask = {},
): Promise<SearchResult> {
  const phrase = preparePhrase(request);
  const listed = (await listWithBackups(folder)).toSorted((a, b) => timeOf(b) - timeOf(a));
  const asked = listed.filter(({ kind }) => request.kind === null || kind === request.kind);
  const ids = asked.flatMap(({ id, problem }) => (problem === null ? [id] : []));
  const told = new Set<string>();
  const privateFolder = await createPrivateFolder();
  try {
    return await withTables(folder, ids, { signal: task.signal }, async (live) => {
      const names = await withLockPatience(task, () => readChatNames(live));
      return withRowIndex({ folder, schema: live.schema, privateFolder }, async (index) => {
        forgetUnsure(index);
        const found = createFoundHits(names);
        const scan = createScan(index, phrase, createYielder(task));
        const progress = createProgress(asked, task);
        const lookIn = (place: Part['in']) => {
          let scanned: Ranges = [];
          return async (source: KnownSource): Promise<void> => {
            const fresh: Match[] = [];
            const wasFull = found.isFull();
            const rows = subtractRanges(source.rows, scanned);
            scanned = joinRanges([...scanned, ...source.rows]);
            for await (const match of scan({ in: place, rows, isWanted: found.isWanted })) {
              // Where the index has to be made again, the same is found again.
              if (found.add(match) && !told.has(match.cell)) fresh.push(match);
              // No two rows of one source have the same key, so nothing more is to be learnt here of the hits that are kept.
              if (found.isFull() && !wasFull) break;
            }
            for (const { cell } of fresh) told.add(cell);
            if (fresh.length > 0) task.onFound?.(fresh.map(found.describe));
          };
        };
        const sources: KnownSource[] = [];
        const lookAtTexts = lookIn('texts');
        const now = await addUnlessGone(index, { folder, live }, task);
        if ('reason' in now) found.miss(now);
        else found.knowNow(now);
        if (request.kind === null && 'rows' in now) {
          sources.push(now);
          await lookAtTexts(now);
        }
        progress.next(null);
        for (const snapshot of asked) {
          const source = await addUnlessUnreadable(
            index,
            { folder, place: { folder: privateFolder, live }, snapshot },
            { ...task, onProgress: progress.within },
          );
          if (source !== null && 'rows' in source) {
            found.know(snapshot.id, source);
            sources.push(source);
            await lookAtTexts(source);
          } else if (source !== null) found.miss(source);
          progress.next(snapshot);
        }
        const lookAtReferences = lookIn('references');
        if (!found.isFull()) for (const source of sources) await lookAtReferences(source);
        if (request.kind === null) index.keepOnly(found.names());
        return found.result();
      });
    });
  } finally {
    await privateFolder.remove();
  }
}

/** The time of a snapshot, from its name or else from its file, in milliseconds since 1970. */
export function timeOf({ name, mtimeMs }: SnapshotFile): number {
  return snapshotTime(name)?.getTime() ?? mtimeMs;
}

/** Snapshots are needed most when the database is gone or damaged. */
async function addUnlessGone(
  index: RowIndex,
  { folder, live }: { readonly folder: DataFolder; readonly live: Tables },
  task: TaskOptions,
): Promise<KnownSource | NotSearched> {
  if (live.from === 'snapshots')
    return { id: null, reason: folder.databaseProblem?.message ?? 'It cannot be read.' };
  try {
    return await addDatabase(index, folder, task);
  } catch (error) {
    if (meansNoDatabase(error)) return { id: null, reason: withoutPaths(error) };
    throw error;
  }
}

type Adding = { readonly folder: DataFolder; readonly place: SourcePlace; readonly snapshot: SnapshotFile };

/** Null where the snapshot is gone: the host prunes too. */
async function addUnlessUnreadable(
  index: RowIndex,
  adding: Adding,
  task: TaskOptions,
): Promise<KnownSource | NotSearched | null> {
  const { id, problem } = adding.snapshot;
  if (problem !== null) return { id, reason: problem };
  try {
    return await addSnapshot(index, adding, task);
  } catch (error) {
    return whyNotRead(id, error);
  }
}

/** Why a snapshot could not be read; null where it is gone. @throws errors that are not about the snapshot */
export function whyNotRead(id: SnapshotId, error: unknown): NotSearched | null {
  if (!(error instanceof SnapbackError)) throw error;
  if (error.code === 'snapshot-missing') return null;
  if (!error.code.startsWith('snapshot-') && !['row-refused', 'schema-needs-host'].includes(error.code))
    throw error;
  return { id, reason: withoutPaths(error) };
}

/** Of a path, the last part says enough. */
function withoutPaths({ message, detail }: SnapbackError): string {
  const paths = Object.values(detail).filter((value) => typeof value === 'string' && isAbsolute(value));
  return paths.reduce<string>((text, path) => text.replaceAll(String(path), basename(String(path))), message);
}

/** Progress over the bytes of all snapshots. */
function createProgress(asked: readonly SnapshotFile[], { onProgress }: TaskOptions) {
  const total = asked.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let before = 0;
  const report = (done: number) =>
    onProgress?.({ phase: 'search', done, total, unit: 'bytes', cancellable: true });
  return {
    within: ({ phase, done, unit }: Parameters<NonNullable<TaskOptions['onProgress']>>[0]) => {
      if (phase === 'read-snapshot' && unit === 'bytes') report(before + done / 2);
    },
    next(snapshot: SnapshotFile | null) {
      before += snapshot?.sizeBytes ?? 0;
      report(before);
    },
  };
}
